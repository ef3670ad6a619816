using System.Diagnostics;
using System.Globalization;

namespace Hardening.Benchmarks.Measuring;

/// <summary>Runs a program to its end: both pipes drained, a limit on its time, and nothing left of it whatever happens.</summary>
internal sealed class ChildProgram(TimeProvider time)
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux has fixed for /proc

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    /// <summary>Runs it. CPU time is right only while no other child of this process ends.</summary>
    public async Task<ChildResult> RunAsync(ProcessStartInfo start, TimeSpan limit, CancellationToken stop)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var timeout = new CancellationTokenSource(limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        var cpu = ChildrenCpu();
        var begin = time.GetTimestamp();
        using var process = Process.Start(start) ?? throw new BenchmarkException($"'{start.FileName}' does not start");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(end.Token);
            var errors = process.StandardError.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token);
            var elapsed = time.GetElapsedTime(begin);
            return new ChildResult(process.ExitCode, await output, await errors, new Sample(elapsed, ChildrenCpu() - cpu));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new BenchmarkException($"'{start.FileName} {string.Join(' ', start.ArgumentList)}' was not done within {limit}");
        }
        finally
        {
            if (!process.HasExited)
            {
                await EndAsync(process);
            }
        }
    }

    private async Task EndAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        using var limit = new CancellationTokenSource(KillLimit, time);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // A child's time is added to its parent's account when it is waited for, so before its exit is told.
    private static TimeSpan? ChildrenCpu()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // The name in parentheses may hold anything, so fields count from its end: cutime and cstime are fields 16 and 17, state is 3.
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }
}

/// <summary>How a program ended.</summary>
internal sealed record ChildResult(int ExitCode, string Output, string Errors, Sample Sample);
