using Hardening.Docs.Tests.Parsing;
using Hardening.Docs.Tests.Running;

namespace Hardening.Docs.Tests.Pages;

/// <summary>The first commands of the first page, which make the packages and the source that all pages need: run once, and followed up by the page's own test.</summary>
[SetUpFixture]
public sealed class PreparedMachine
{
    internal const string FirstPage = "docs/getting-started.md";

    /// <summary>Of each block of commands.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private static ShellSession? _shell;

    /// <summary>The first page, after its first commands.</summary>
    internal static PageRun GettingStarted { get; private set; } = null!;

    /// <summary>Begins to follow a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="broker">What the reader of a page that needs a broker has; else null.</param>
    internal static Task<ShellSession> StartAsync(DocPage page, Uri? broker = null) =>
        ShellSession.StartAsync(page.RunsInRepository ? Baseline.RepositoryRoot : CleanMachine.FolderFor(page.Name), CleanMachine.Variables(page.RunsInRepository, broker));

    [OneTimeSetUp]
    public async Task PackAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("The pages are for Linux.");
        }

        using var limit = new CancellationTokenSource(Limit);
        CleanMachine.Prepare();
        var page = DocPage.Read(FirstPage);
        _shell = await StartAsync(page);
        GettingStarted = new PageRun(page, _shell, Limit);
        await _shell.RunAsync(CleanMachine.TakeWhatIsBuilt, mayFail: false, Limit, limit.Token);
        await GettingStarted.RunNextCommandsAsync(limit.Token);
        await _shell.RunAsync(CleanMachine.LeaveRepository, mayFail: false, Limit, limit.Token);
        await GettingStarted.RunNextCommandsAsync(limit.Token);
    }

    [OneTimeTearDown]
    public async Task DeleteAsync()
    {
        if (_shell is not null)
        {
            await _shell.DisposeAsync();
        }

        Directory.Delete(CleanMachine.Home, recursive: true);
    }
}
