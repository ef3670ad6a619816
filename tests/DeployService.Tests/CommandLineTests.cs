using DeployService.CommandLine;

namespace DeployService.Tests;

public sealed class CommandLineTests
{
    [TestCase("--foo", "unknown option '--foo'", "--requests")]
    [TestCase("hardened --foo 3", "unknown option '--foo'", "--requests")]
    [TestCase("fast", "'fast'", "legacy, hardened or compare")]
    [TestCase("legacy hardened", "'hardened'", "legacy, hardened or compare")]
    [TestCase("--requests 0", "'0'", "1 to 100000")]
    [TestCase("--requests many", "'many'", "1 to 100000")]
    [TestCase("--requests", "--requests", "")]
    [TestCase("--concurrency 0", "'0'", "1 to 256")]
    [TestCase("--concurrency 257", "'257'", "1 to 256")]
    [TestCase("--seed -1", "'-1'", "0 to 1000000")]
    [TestCase("--max-processes 9", "'9'", "10 to 10000")]
    [TestCase("--requests 1 --requests 2", "--requests", "single")]
    [TestCase("serve", "serve", "legacy|hardened")]
    [TestCase("serve compare", "'compare'", "legacy or hardened")]
    [TestCase("serve hardened legacy", "'legacy'", "legacy or hardened")]
    [TestCase("serve hardened --port 65536", "'65536'", "0 to 65535")]
    [TestCase("serve hardened --places 0", "'0'", "1 to 1000")]
    [TestCase("serve hardened --queue -1", "'-1'", "0 to 1000")]
    [TestCase("serve hardened --deadline 0", "'0'", "0.1 to 3600")]
    [TestCase("serve hardened --deadline NaN", "'NaN'", "0.1 to 3600")]
    [TestCase("serve hardened --drain 0", "'0'", "0.1 to 3600")]
    [TestCase("serve hardened --requests 3", "--requests", "--deadline")]
    [TestCase("serve legacy --places 3", "--places", "for hardened")]
    [TestCase("serve --foo", "unknown option '--foo'", "--port")]
    public void Is_refused_in_one_line_that_says_what_is_allowed(string arguments, string what, string allowed)
    {
        Assert.That(new DeployCommand().TryParse(arguments.Split(' '), out _, out var problem), Is.False);
        Assert.That(problem, Does.Contain(what).And.Contain(allowed).And.Not.Contain('\n'));
    }

    [Test]
    public void Defaults_are_the_demonstration()
    {
        Assert.That(new DeployCommand().TryParse([], out var options, out _));
        var drive = (DriveOptions)options!;
        Assert.That(drive.Servers, Is.EqualTo(new[] { ServerKind.Legacy, ServerKind.Hardened }));
        Assert.That((drive.Requests, drive.Concurrency, drive.Seed, drive.MaxProcesses), Is.EqualTo((1000, 24, 1, 400)));
    }

    [Test]
    public void The_service_is_asked_for_by_name()
    {
        Assert.That(new DeployCommand().TryParse(["serve", "hardened", "--deadline", "0.5", "--places", "3", "--drain", "60"], out var options, out _));
        Assert.That(options, Is.EqualTo(new ServeOptions { Server = ServerKind.Hardened, Deadline = TimeSpan.FromSeconds(0.5), Places = 3, Drain = TimeSpan.FromMinutes(1) }));
    }

    [TestCase("--requests 0")]
    [TestCase("serve legacy --queue 3")]
    [TestCase("--json /no/such/folder/figures.json")]
    [CancelAfter(60_000)]
    public async Task Ends_the_program_with_2_and_one_line_on_stderr(string arguments, CancellationToken timeout)
    {
        await using var sample = await Sample.StartAsync(Path.GetTempPath(), null, timeout, arguments.Split(' '));
        var (exitCode, output, error) = await sample.WaitForEndAsync(timeout);
        Assert.That(exitCode, Is.EqualTo(2), error);
        Assert.That(error.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1), error);
        Assert.That(error, Does.StartWith("deploy-service: "));
        Assert.That(output, Is.Empty);
    }
}
