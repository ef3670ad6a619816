using Inspection.Timeline;

namespace Inspection.Reporting.Html;

/// <summary>The axis of time, the same for all servers: from the start to the end of the longest run.</summary>
internal sealed class TimeScale(double seconds)
{
    private const int MaxColumns = 240;
    private const int MaxTicks = 10;
    private static readonly double[] Steps = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];

    public double Seconds { get; } = Math.Max(seconds, 0.1);

    /// <summary>Its marks, and whether each is one that a narrow page keeps.</summary>
    public IEnumerable<(double Seconds, bool IsMajor)> Ticks
    {
        get
        {
            var step = Steps.FirstOrDefault(step => Seconds / step <= MaxTicks, Steps[^1]);
            return Enumerable.Range(0, (int)(Seconds / step) + 1).Select(i => (i * step, i % 2 == 0));
        }
    }

    /// <summary>Where a moment is, in percent of the axis.</summary>
    public double At(double moment) => Math.Clamp(100 * moment / Seconds, 0, 100);

    /// <summary>Seconds in a row as one, where there are more of them than a chart can show.</summary>
    public static IReadOnlyList<SecondFigures> Merge(IReadOnlyList<SecondFigures> seconds) => seconds.Count <= MaxColumns
        ? seconds
        : [.. seconds.Chunk((seconds.Count + MaxColumns - 1) / MaxColumns).Select(chunk => new SecondFigures(
            chunk[^1].UntilSeconds,
            chunk.Sum(second => second.ForSeconds),
            [.. chunk[0].Cameras.Select((_, i) => new CameraSecond(
                chunk.Sum(second => second.Cameras[i].Fps * second.ForSeconds) / chunk.Sum(second => second.ForSeconds),
                chunk.Sum(second => second.Cameras[i].Lost), chunk.Sum(second => second.Cameras[i].Dropped), chunk.Sum(second => second.Cameras[i].Missed)))]))];
}
