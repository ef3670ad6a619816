using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>What code does that takes the time of a frame, as far as it can be read.</summary>
internal readonly struct WorkDone(string? work, string? preparation, bool shows, bool handsOn)
{
    /// <summary>Image work, I/O or heavy work, with the path to it: <c>Inspect → Cv2.Canny</c>.</summary>
    public string? Work { get; } = work;

    /// <summary>One pass over the pixels, as a viewer needs it: a change of size or colours.</summary>
    public string? Preparation { get; } = preparation;

    /// <summary>It shows frames in a window.</summary>
    public bool Shows { get; } = shows;

    /// <summary>It gives frames to a queue, a channel, a mailbox or the pool.</summary>
    public bool HandsOn { get; } = handsOn;

    public WorkDone And(WorkDone other) => new(Work ?? other.Work, Preparation ?? other.Preparation, Shows || other.Shows, HandsOn || other.HandsOn);

    public WorkDone Through(IMethodSymbol callee) =>
        new(Work is null ? null : $"{Names.Of(callee)} → {Work}", Preparation is null ? null : $"{Names.Of(callee)} → {Preparation}", Shows, HandsOn);
}
