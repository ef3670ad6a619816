using System.Text;

namespace Hardening.Pool.Tests;

/// <summary>Python scripts as workers, well and badly behaved.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[TestFixture("python3")]
[TestFixture("python2.7")]
public sealed class PythonTests(string interpreter) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hardening-python-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Test]
    public async Task What_the_function_raises_reaches_the_caller_with_its_traceback(CancellationToken timeout)
    {
        await using var pool = await StartAsync("""
            def look(image):
                raise ValueError("no image in " + image)

            @job(raw=True)
            def inspect(request):
                return look(request.decode())
            """, timeout);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => pool.RunAsync("frame 7", default, timeout));
        Assert.That((failure!.ErrorType, failure.ErrorMessage), Is.EqualTo(("ValueError", "no image in frame 7")));
        Assert.That(failure.ToString(), Does.Contain("in look").And.Contain("script.py"));
        await Assert.ThrowsAsync<JobFailedException>(() => pool.RunAsync("frame 8", default, timeout));
        Assert.That((pool.Statistics.Failed, pool.Statistics.Restarts), Is.EqualTo((2L, 0L)));
    }

    [Test]
    public async Task What_it_prints_goes_to_the_log_and_not_into_the_results(CancellationToken timeout)
    {
        await using var pool = await StartAsync("""
            import os, sys

            @job(raw=True)
            def inspect(request):
                print("printed by " + request.decode())
                sys.stdout.flush()
                os.system("echo echoed by " + request.decode())
                return request
            """, timeout);
        Assert.That(await pool.RunAsync("one", default, timeout), Is.EqualTo("one"));
        await Eventually.HoldsAsync(
            () => pool.Log.Records.Any(record => record.Message.Contains("printed by one", StringComparison.Ordinal)) && pool.Log.Records.Any(record => record.Message.Contains("echoed by one", StringComparison.Ordinal)),
            "both are in the log",
            timeout);
    }

    [Test]
    public async Task Children_that_it_forks_end_with_the_pool(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        await using var pool = await StartAsync("""
            import os, time

            @job(raw=True)
            def inspect(request):
                for i in range(3):
                    if os.fork() == 0:
                        os.setsid()
                        os.chdir(request)
                        time.sleep(1000)
                return request
            """, timeout);
        Assert.That(await pool.RunAsync(marked.FullName, default, timeout), Is.EqualTo(marked.FullName));
        await Eventually.HoldsAsync(() => marked.Processes.Count == 3, "they run", timeout);
        Assert.That(await pool.RunAsync(marked.FullName, default, timeout), Is.EqualTo(marked.FullName), "they say nothing in its name");
        await pool.Pool.DisposeAsync();
        Assert.That(marked.Processes, Is.Empty);
    }

    [Test]
    public async Task One_that_ends_or_hangs_takes_its_job_and_no_other(CancellationToken timeout)
    {
        await using var pool = await StartAsync("""
            import os, time

            @job(raw=True)
            def inspect(request):
                if request == b"exit":
                    os._exit(9)
                if request == b"hang":
                    time.sleep(1000)
                return request
            """, timeout);
        var exit = pool.RunAsync("exit", default, timeout);
        var hang = pool.RunAsync("hang", new JobOptions { Timeout = TimeSpan.FromMilliseconds(500) }, timeout);
        var others = Enumerable.Range(0, 20).Select(i => pool.RunAsync($"{i}", default, timeout)).ToList();
        Assert.That((await Assert.ThrowsAsync<WorkerExitedException>(() => exit))!.ExitCode, Is.EqualTo(9));
        await Assert.ThrowsAsync<JobTimedOutException>(() => hang);
        Assert.That(await Task.WhenAll(others), Is.EqualTo(Enumerable.Range(0, 20).Select(i => $"{i}")));
    }

    private async Task<TestPool> StartAsync(string script, CancellationToken timeout)
    {
        var path = Path.Combine(_directory, "script.py");
        await File.WriteAllTextAsync(path, "from hardening_worker import job\n\n" + script + "\n", new UTF8Encoding(false), timeout);
        return await TestPool.StartAsync(timeout, worker: WorkerCommand.Python(path, PythonInterpreters.Require(interpreter)));
    }
}
