using System.Globalization;

namespace Hardening.Benchmarks.Peers;

/// <summary>What happens to a frame when its queue is full.</summary>
public enum Overflow
{
    /// <summary>The one that waits longest is dropped.</summary>
    DropOldest,

    /// <summary>A newer one takes its place: a queue of one.</summary>
    Latest,

    /// <summary>As <see cref="DropOldest"/>, and what is older than <see cref="Workload.Deadline"/> is not worked on.</summary>
    Deadline,

    /// <summary>Whoever takes frames from the driver waits.</summary>
    Wait,
}

/// <summary>What every contender gets to do, in whatever language: one text on the command line.</summary>
/// <param name="Cameras">How many.</param>
/// <param name="Width">Pixels in a row, a multiple of 32.</param>
/// <param name="Height">Rows, a multiple of 8.</param>
/// <param name="Rate">Frames a second of each camera; 0: the next frame is there as soon as somebody wants it.</param>
/// <param name="IsSynchronous">Whether all cameras expose at once; else their frames are spread over the period.</param>
/// <param name="WarmUp">Seconds before it counts.</param>
/// <param name="Seconds">Seconds that count.</param>
/// <param name="WorkMilliseconds">CPU time of the work on a frame; 0: the kernel once.</param>
/// <param name="WhenFull">What happens to a frame when its queue is full.</param>
/// <param name="Queue">How many frames of a camera wait at most, where the contender has a limit.</param>
public sealed record Workload(int Cameras, int Width, int Height, double Rate, bool IsSynchronous, double WarmUp, double Seconds, double WorkMilliseconds, Overflow WhenFull, int Queue)
{
    /// <summary>How many frames the driver keeps for a reader that is late; older ones are lost.</summary>
    public const int DriverBuffers = 3;

    /// <summary>How many threads or processes work on frames, where a contender has a number of them.</summary>
    public const int Workers = 2;

    /// <summary>A pixel that is at least as bright is in the mask.</summary>
    public const byte Threshold = 200;

    /// <summary>How old a frame may be with <see cref="Overflow.Deadline"/>.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(66);

    public int FrameBytes => Width * Height;

    public bool IsPaced => Rate > 0;

    public static Workload Parse(string text)
    {
        var parts = text.Split(',');
        double Number(int part) => double.Parse(parts[part], CultureInfo.InvariantCulture);
        return new((int)Number(0), (int)Number(1), (int)Number(2), Number(3), parts[4] == "1", Number(5), Number(6), Number(7), Enum.Parse<Overflow>(parts[8]), (int)Number(9));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Cameras},{Width},{Height},{Rate},{(IsSynchronous ? 1 : 0)},{WarmUp},{Seconds},{WorkMilliseconds},{WhenFull},{Queue}");
}
