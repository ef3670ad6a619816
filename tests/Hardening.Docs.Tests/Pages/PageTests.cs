using Hardening.Docs.Tests.Parsing;
using Hardening.Docs.Tests.Running;
using Hardening.Testing.Broker;

namespace Hardening.Docs.Tests.Pages;

/// <summary>A stranger who copies the commands and files of a page, from top to bottom, gets what it says.</summary>
[Platform("Linux"), CancelAfter(480_000)]
public sealed class PageTests
{
    private static IEnumerable<string> OtherPages =>
        Directory.EnumerateFiles(Path.Combine(Baseline.RepositoryRoot, "docs", "migration"), "*.md")
            .Select(file => Path.GetRelativePath(Baseline.RepositoryRoot, file))
            .Where(page => Path.GetFileName(page) != "index.md")
            .Order(StringComparer.Ordinal)
            .Prepend("README.md");

    [Test]
    public Task Getting_started_is_as_it_says(CancellationToken timeout) => PreparedMachine.GettingStarted.RunAsync(timeout);

    [TestCaseSource(nameof(OtherPages))]
    public async Task Is_as_it_says(string name, CancellationToken timeout)
    {
        var page = DocPage.Read(name);
        Assert.That(page.Steps.OfType<ShellStep>(), Is.Not.Empty, "It has commands, and they are run.");
        await using var broker = NeedsBroker(page) ? await TestBroker.StartAsync(timeout) : null;
        await using var shell = await PreparedMachine.StartAsync(page, broker?.Uri);
        await new PageRun(page, shell, PreparedMachine.Limit).RunAsync(timeout);
    }

    private static bool NeedsBroker(DocPage page) => page.Steps.OfType<ShellStep>().Any(step => step.Text.Contains($"${CleanMachine.BrokerVariable}", StringComparison.Ordinal));
}
