namespace Hardening.Docs.Tests.Running;

[Platform("Linux"), CancelAfter(60_000)]
public sealed class ShellSessionTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(50);

    private readonly MarkedDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task Directory_variables_and_functions_stay_from_block_to_block(CancellationToken timeout)
    {
        await using var shell = await StartAsync();
        var first = await shell.RunAsync("mkdir 'a folder'\ncd 'a folder'\nfruit=pear\nshow() { printf '%s' \"$1 $fruit\"; }\n", mayFail: false, Limit, timeout);
        Assert.That(first, Is.EqualTo(new ShellResult(ShellEnd.Done, 0, null, "")));
        Assert.That(shell.WorkingDirectory, Is.EqualTo(Path.Combine(_directory.FullName, "a folder")));
        var second = await shell.RunAsync("show one\n", mayFail: false, Limit, timeout);
        Assert.That(second.Output, Is.EqualTo("one pear"), "and a last line may have no end");
    }

    [Test]
    public async Task Both_outputs_come_in_the_order_in_which_they_were_written(CancellationToken timeout)
    {
        await using var shell = await StartAsync();
        var result = await shell.RunAsync("echo one\necho two >&2\necho three\n", mayFail: false, Limit, timeout);
        Assert.That(result.Output, Is.EqualTo("one\ntwo\nthree\n"));
    }

    [Test]
    public async Task A_command_that_reads_gets_nothing(CancellationToken timeout)
    {
        await using var shell = await StartAsync();
        var result = await shell.RunAsync("cat\necho read\n", mayFail: false, Limit, timeout);
        Assert.That(result.Output, Is.EqualTo("read\n"));
    }

    [TestCase("true\ntest -f no-such-file\necho not reached\n", 1, 2)]
    [TestCase("echo $no_such_variable\n", 1, null)]
    [TestCase("sh -c 'exit 7' | cat\n", 7, 1)]
    [TestCase("exit 3\n", 3, null)]
    public async Task A_command_that_fails_ends_the_block_with_its_line(string commands, int code, int? line, CancellationToken timeout)
    {
        await using var shell = await StartAsync();
        var result = await shell.RunAsync(commands, mayFail: false, Limit, timeout);
        Assert.That(result, Is.EqualTo(new ShellResult(ShellEnd.Failed, code, line, result.Output)));
        Assert.That(result.Output, Does.Not.Contain("not reached").And.Not.Contain("hardening-page"));
    }

    [Test]
    public async Task A_block_that_may_fail_tells_its_exit_code_and_the_shell_goes_on(CancellationToken timeout)
    {
        await using var shell = await StartAsync();
        Assert.That((await shell.RunAsync("sh -c 'exit 3'\n", mayFail: true, Limit, timeout)).ExitCode, Is.EqualTo(3));
        Assert.That((await shell.RunAsync("echo here\n", mayFail: false, Limit, timeout)).Output, Is.EqualTo("here\n"));
    }

    [Test]
    public async Task A_block_that_hangs_is_ended_with_all_that_it_started(CancellationToken timeout)
    {
        await using var shell = await StartAsync();
        var child = _directory.Child("hangs");
        var result = await shell.RunAsync($"cd '{child}'\nsetsid sleep 300 &\necho waiting\nsleep 300\n", mayFail: false, TimeSpan.FromSeconds(5), timeout);
        Assert.That(result.End, Is.EqualTo(ShellEnd.Late));
        Assert.That(result.Output, Is.EqualTo("waiting\n"));
        Assert.That(ProcessScan.In(child), Is.Empty);
    }

    [Test]
    public async Task A_block_that_does_not_stop_writing_is_ended(CancellationToken timeout)
    {
        await using var shell = await StartAsync();
        Assert.That((await shell.RunAsync("yes\n", mayFail: false, Limit, timeout)).End, Is.EqualTo(ShellEnd.TooMuch));
    }

    [Test]
    public async Task What_runs_in_the_background_ends_with_the_session(CancellationToken timeout)
    {
        var child = _directory.Child("background");
        await using (var shell = await StartAsync())
        {
            await shell.RunAsync($"cd '{child}'\nsleep 300 &\n", mayFail: false, Limit, timeout);
            Assert.That(ProcessScan.In(child), Is.Not.Empty);
        }

        Assert.That(ProcessScan.In(child), Is.Empty);
    }

    [Test]
    public async Task It_has_the_variables_that_it_is_given_and_no_others(CancellationToken timeout)
    {
        await using var shell = await ShellSession.StartAsync(_directory.FullName, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["GIVEN"] = "yes" });
        Assert.That((await shell.RunAsync("env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= | sort\n", mayFail: false, Limit, timeout)).Output, Is.EqualTo("GIVEN=yes\nPATH=/usr/bin:/bin\n"));
    }

    private Task<ShellSession> StartAsync() => ShellSession.StartAsync(_directory.FullName, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" });
}
