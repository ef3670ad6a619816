using System.Text;
using Hardening.Camera;
using Hardening.Pool;
using Hardening.Runtime.Tests.Processes;

namespace Hardening.Runtime.Tests.Pool.Foreign;

/// <summary>A whole pool of Python workers: what becomes of their failures, and of their frames.</summary>
[Platform("Linux")]
[TestFixtureSource(typeof(PythonInterpreters), nameof(PythonInterpreters.Names))]
public sealed class PythonPoolTests(string name) : IDisposable
{
    private readonly Scratch _scratch = new();
    private string _interpreter = "";

    [OneTimeSetUp]
    public void Find() => _interpreter = PythonInterpreters.Require(name);

    public void Dispose() => _scratch.Dispose();

    [Test, CancelAfter(90_000)]
    public async Task A_frame_goes_in_and_another_one_comes_back(CancellationToken timeout)
    {
        await using var pool = await StartAsync("""
            from hardening_worker import job_context
            def answer(frame, request):
                output = job_context().output
                output.write(bytes(bytearray(255 - value for value in bytearray(frame.data))))
                output.describe(frame.width, frame.height, "Mono8", frame.stride)
                return sum(bytearray(frame.data)) + request
            """, new ProcessPoolOptions { ResultSlots = 4, ResultSlotBytes = 4096 }, timeout);
        using var frames = new FramePool(4, 4096);
        for (var number = 1; number <= 20; number++)
        {
            using var frame = TestFrames.Publish(frames, sequence: number);
            using var result = await pool.RunAsync("1000"u8.ToArray(), frame, default, timeout);
            Assert.That(Encoding.UTF8.GetString(result.Payload), Is.EqualTo($"{(64 * number) + 1000}"));
            Assert.That(result.HasFrame);
            Assert.That((result.Frame.Info.Camera, result.Frame.Info.Sequence, result.Frame.Info.Width, result.Frame.Info.Length), Is.EqualTo(("test", (long)number, 8, 64)));
            Assert.That(result.Frame.Pixels.IndexOfAnyExcept((byte)(255 - number)), Is.EqualTo(-1));
        }
    }

    [Test, CancelAfter(90_000)]
    public async Task Failures_limits_and_deaths_are_told_apart_and_the_pool_goes_on(CancellationToken timeout)
    {
        await using var pool = await StartAsync("""
            import os, sys, time
            def answer(request):
                if request == "raise":
                    raise KeyError("no such part")
                if request == "die":
                    sys.stderr.write("out of paper\n")
                    os.kill(os.getpid(), 9)
                if request == "hang":
                    print("hanging")
                    time.sleep(1000)
                return request
            """, new ProcessPoolOptions { JobTimeout = TimeSpan.FromSeconds(20) }, timeout);
        var failed = (await Assert.ThrowsAsync<JobFailedException>(async () => await RunAsync(pool, "raise", timeout)))!;
        Assert.That(failed.ErrorType, Is.EqualTo("KeyError"));
        Assert.That(failed.WorkerTrace, Does.Contain("in answer"));
        var died = (await Assert.ThrowsAsync<WorkerExitedException>(async () => await RunAsync(pool, "die", timeout)))!;
        Assert.That((died.Signal, died.ErrorOutput), Is.EqualTo(((int?)9, "out of paper")));
        var options = new JobOptions { Timeout = TimeSpan.FromMilliseconds(300) };
        await Assert.ThrowsAsync<JobTimedOutException>(async () => await pool.RunAsync("\"hang\""u8.ToArray(), options, timeout));
        Assert.That(await RunAsync(pool, "still here", timeout), Is.EqualTo("\"still here\""));
    }

    private static async Task<string> RunAsync(ProcessPool pool, string request, CancellationToken timeout)
    {
        using var result = await pool.RunAsync(Encoding.UTF8.GetBytes($"\"{request}\""), default, timeout);
        return Encoding.UTF8.GetString(result.Payload);
    }

    private async Task<ProcessPool> StartAsync(string script, ProcessPoolOptions options, CancellationToken timeout)
    {
        var file = _scratch.File("pooled.py", $"from hardening_worker import job\n{script}\njob(answer)\n");
        options.Workers = 1;
        options.SpareWorkers = 0;
        var pool = new ProcessPool("python", WorkerCommand.Python(file, _interpreter), options);
        await pool.StartAsync(timeout);
        return pool;
    }
}
