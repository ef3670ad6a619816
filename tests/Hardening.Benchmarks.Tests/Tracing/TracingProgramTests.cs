namespace Hardening.Benchmarks.Tests.Tracing;

/// <summary>The program as people run it. Its figures mean nothing here; that frames and jobs have as many spans as were sampled does.</summary>
[CancelAfter(600_000)]
public sealed class TracingProgramTests
{
    [Test]
    public async Task Measures_frames_and_jobs_with_and_without_listeners(CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("Pools are of Linux alone.");
        }

        var result = await BenchmarksProgram.RunAsync(["tracing", "--short"], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(@"^\d+ goals? met, \d+ missed$"));
        Assert.That(result.Output, Does.Contain("all sampled"));
    }
}
