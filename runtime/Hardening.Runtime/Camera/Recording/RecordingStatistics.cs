using System.Runtime.InteropServices;

namespace Hardening.Camera.Recording;

/// <summary>Why a frame was not recorded.</summary>
public enum RecordingDropReason
{
    /// <summary><see cref="RecordingSinkOptions.QueueFrames"/> of its camera waited already: the disk is too slow.</summary>
    QueueFull,

    /// <summary>The disk was full, or would have had less than <see cref="RecordingSinkOptions.MinFreeBytes"/> left.</summary>
    DiskFull,

    /// <summary>The disk refused, now or shortly before.</summary>
    WriteFailed,

    /// <summary>The sink was stopping, and its time to write was over.</summary>
    Stopping,
}

/// <summary>How many frames were not recorded for one reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Count">How many.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RecordingDrops(RecordingDropReason Reason, long Count);

/// <summary>What became of the frames of one camera that a <see cref="RecordingSink"/> was given: <see cref="Consumed"/> is <see cref="Written"/> and <see cref="Dropped"/> and <see cref="Waiting"/> together.</summary>
public sealed record RecordedCamera
{
    /// <summary>The camera.</summary>
    public required string Camera { get; init; }

    /// <summary>How many frames the sink was given.</summary>
    public required long Consumed { get; init; }

    /// <summary>How many are in files.</summary>
    public required long Written { get; init; }

    /// <summary>The bytes that those take.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many wait for the disk, the one that is being written included.</summary>
    public required int Waiting { get; init; }

    /// <summary>How many were not recorded, by reason; reasons that did not occur are left out.</summary>
    public required IReadOnlyList<RecordingDrops> Drops { get; init; }

    /// <summary>How many were not recorded.</summary>
    public long Dropped => Drops.Sum(drop => drop.Count);

    /// <summary>How many files were begun.</summary>
    public required int Files { get; init; }

    /// <summary>How many old files were deleted to make room.</summary>
    public required int FilesDeleted { get; init; }

    /// <summary>How often the disk refused.</summary>
    public required long Errors { get; init; }
}

/// <summary>The books of one camera; whoever reads or writes them holds the sink's lock.</summary>
internal sealed class RecordingTally(string camera)
{
    private static readonly RecordingDropReason[] Reasons = Enum.GetValues<RecordingDropReason>();

    private readonly long[] _drops = new long[Reasons.Length];
    private long _consumed;
    private long _written;
    private long _bytes;

    public void Taken() => _consumed++;

    public void Refused(RecordingDropReason reason)
    {
        _consumed++;
        Dropped(reason);
    }

    public void Written(int bytes) => (_written, _bytes) = (_written + 1, _bytes + bytes);

    public void Dropped(RecordingDropReason reason) => _drops[(int)reason]++;

    public RecordedCamera Snapshot(int waiting, RecordingTrack track) => new()
    {
        Camera = camera,
        Consumed = _consumed,
        Written = _written,
        Bytes = _bytes,
        Waiting = waiting,
        Drops = [.. Reasons.Where(reason => _drops[(int)reason] > 0).Select(reason => new RecordingDrops(reason, _drops[(int)reason]))],
        Files = track.Files,
        FilesDeleted = track.FilesDeleted,
        Errors = track.Errors,
    };
}
