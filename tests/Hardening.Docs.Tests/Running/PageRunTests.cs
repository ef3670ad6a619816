using Hardening.Docs.Tests.Parsing;

namespace Hardening.Docs.Tests.Running;

[Platform("Linux"), CancelAfter(60_000)]
public sealed class PageRunTests : IDisposable
{
    private const string Fence = "```";

    private readonly MarkedDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task A_page_is_followed_from_top_to_bottom(CancellationToken timeout)
    {
        const string Page =
            $"""
            {Fence}sh
            mkdir app && cd app
            {Fence}

            `data/names.txt`:

            {Fence}ini
            pear
            apple
            {Fence}

            {Fence}sh
            sort data/names.txt
            {Fence}

            {Fence}text
            apple
            pear
            {Fence}

            The same file, again, `data/names.txt`:

            {Fence}ini
            plum
            {Fence}

            {Fence}sh exits 1
            cat data/names.txt; grep --quiet pear data/names.txt
            {Fence}

            {Fence}text
            plum
            {Fence}
            """;
        await FollowAsync(Page, timeout);
    }

    [Test]
    public void A_page_that_says_another_output_fails_at_that_line(CancellationToken timeout) =>
        Assert.That(() => FollowAsync($"# A page\n\n{Fence}sh\necho one; echo three\n{Fence}\n\n{Fence}text\none\ntwo\n{Fence}\n", timeout),
            Throws.TypeOf<PageException>().With.Message.EqualTo("a.md:9: This line did not come after 'one':\n  two\nWhat came:\n  one\n  three"));

    [Test]
    public void A_page_with_a_command_that_fails_fails_at_that_line(CancellationToken timeout) =>
        Assert.That(() => FollowAsync($"# A page\n\n{Fence}sh\necho one\nls no-such-file\n{Fence}\n", timeout),
            Throws.TypeOf<PageException>().With.Message.StartsWith("a.md:5: A command failed with exit code 2:\n  ls no-such-file\nWhat came:\none\n").And.Message.Contains("No such file"));

    [Test]
    public void A_page_that_says_another_exit_code_fails(CancellationToken timeout) =>
        Assert.That(() => FollowAsync($"{Fence}sh exits 1\ntrue\n{Fence}\n", timeout),
            Throws.TypeOf<PageException>().With.Message.StartsWith("a.md:2: The exit code is 0, and not 1:\n  true"));

    [Test]
    public async Task A_page_that_hangs_fails_and_leaves_nothing(CancellationToken timeout)
    {
        Assert.That(() => FollowAsync($"{Fence}sh\nmkdir hangs && cd hangs\nsetsid sleep 300\n{Fence}\n", timeout, TimeSpan.FromSeconds(2)),
            Throws.TypeOf<PageException>().With.Message.StartsWith("a.md:2: The commands did not end within 00:00:02:\n  mkdir hangs && cd hangs\n  setsid sleep 300\n"));
        await Eventually.HoldsAsync(() => ProcessScan.In(Path.Combine(_directory.FullName, "hangs")).Count == 0, "nothing of the page runs", timeout);
    }

    [Test]
    public void A_page_writes_nothing_into_the_repository(CancellationToken timeout)
    {
        Assert.That(() => FollowAsync($"{Fence}sh\ncd '{Baseline.RepositoryRoot}'\n{Fence}\n`a.txt`:\n{Fence}ini\nx\n{Fence}\n", timeout),
            Throws.TypeOf<PageException>().With.Message.StartsWith("a.md:6: 'a.txt' would be written into the repository"));
        Assert.That(Path.Combine(Baseline.RepositoryRoot, "a.txt"), Does.Not.Exist);
    }

    private async Task FollowAsync(string text, CancellationToken timeout, TimeSpan? limit = null)
    {
        await using var shell = await ShellSession.StartAsync(_directory.FullName, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" });
        await new PageRun(DocPage.Parse("a.md", text), shell, limit ?? TimeSpan.FromSeconds(50)).RunAsync(timeout);
    }
}
