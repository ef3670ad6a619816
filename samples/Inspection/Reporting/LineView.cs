namespace Inspection.Reporting;

/// <summary>One line per second, for files and pipes.</summary>
internal sealed class LineView(TextWriter output) : IProgressView
{
    public void Follow(Action<Action<Progress>> run) => run(Show);

    private void Show(Progress progress)
    {
        var cameras = progress.Cameras;
        output.WriteLine(
            $"{progress.Server} {progress.Elapsed.TotalSeconds,4:F0} s: {cameras.Sum(c => c.Fps),6:F1} fps, {cameras.Sum(c => c.Account.Processed),6} processed, "
            + $"{cameras.Sum(c => c.Account.InFlight),4} in flight, {cameras.Sum(c => c.Account.Dropped),4} dropped, {cameras.Sum(c => c.Account.Lost),5} lost before us, "
            + $"p99 {cameras.Max(c => c.Results.Latency.P99.TotalMilliseconds),7:F1} ms, {progress.Stalls} stalls");
    }
}
