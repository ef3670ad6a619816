using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <summary>What a bounded hand-off does when a frame comes and there is no room. There is one lane per camera, so that no camera takes another's room.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LanePolicy
{
    private readonly int _capacity; // 0 in a default value, which is LatestWins

    private LanePolicy(LaneMode mode, int capacity, TimeSpan limit = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 4096);
        (Mode, _capacity, Limit) = (mode, capacity, limit);
    }

    /// <summary>One frame waits at most; a newer one takes its place (<see cref="FrameDropReason.ReplacedByNewer"/>). The least latency under overload.</summary>
    public static LanePolicy LatestWins => default;

    /// <summary>What happens when there is no room.</summary>
    public LaneMode Mode { get; }

    /// <summary>How many frames of one camera wait at most, 1 to 4,096.</summary>
    public int Capacity => Math.Max(_capacity, 1);

    /// <summary>How long the giver waits for room; zero unless <see cref="Mode"/> is <see cref="LaneMode.Block"/>.</summary>
    public TimeSpan Limit { get; }

    /// <summary>The frame that waits longest is dropped for the new one (<see cref="FrameDropReason.LaneFull"/>).</summary>
    /// <param name="capacity">How many frames of one camera wait at most, 1 to 4,096.</param>
    public static LanePolicy DropOldest(int capacity) => new(LaneMode.DropOldest, capacity);

    /// <summary>The new frame is dropped (<see cref="FrameDropReason.LaneFull"/>).</summary>
    /// <param name="capacity">How many frames of one camera wait at most, 1 to 4,096.</param>
    public static LanePolicy DropNewest(int capacity) => new(LaneMode.DropNewest, capacity);

    /// <summary>The giver waits for room; when the limit is over, the new frame is dropped (<see cref="FrameDropReason.LaneFull"/>).</summary>
    /// <param name="capacity">How many frames of one camera wait at most, 1 to 4,096.</param>
    /// <param name="limit">How long it waits, up to one minute. A camera that is not read meanwhile fills its driver's buffers.</param>
    public static LanePolicy Block(int capacity, TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeSpan.FromMinutes(1));
        return new(LaneMode.Block, capacity, limit);
    }
}

/// <summary>The kinds of <see cref="LanePolicy"/>.</summary>
public enum LaneMode
{
    /// <summary>A mailbox: see <see cref="LanePolicy.LatestWins"/>.</summary>
    LatestWins,

    /// <summary>See <see cref="LanePolicy.DropOldest"/>.</summary>
    DropOldest,

    /// <summary>See <see cref="LanePolicy.DropNewest"/>.</summary>
    DropNewest,

    /// <summary>See <see cref="LanePolicy.Block"/>.</summary>
    Block,
}
