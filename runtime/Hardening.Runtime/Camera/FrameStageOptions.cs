using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>How a stage of a <see cref="FramePipeline"/> works.</summary>
public sealed class FrameStageOptions
{
    /// <summary>
    /// The number of threads, 0 to 1,024. 0: no thread of its own, and no lane: the thread that brings a frame, a camera's for the first stage, works on it at once, while it is in the cache of
    /// that processor. The least time and the most frames, for work that is short beside the camera's period: what comes meanwhile is the driver's to keep, a call that hangs holds its camera, and
    /// there is an instance for each camera. Default 1.
    /// </summary>
    public int Workers { get; set; } = 1;

    /// <summary>
    /// The hand-off before the stage, if it has threads. Default: <see cref="LanePolicy.DropOldest"/> of 4 for the first stage with threads, so that capture never waits; <see cref="LanePolicy.Block"/>
    /// of 4 for up to 1 s after that, so that work that was done is not thrown away.
    /// </summary>
    public LanePolicy? Lane { get; set; }

    /// <summary>How many frames of one camera are worked on at once, 1 to 64. They leave the stage in order whatever it is. Default 1.</summary>
    public int ParallelPerCamera { get; set; } = 1;

    /// <summary>
    /// How long the work on one frame may take, 1 ms to 1 h; null: for ever. Then its token is cancelled, the frame is dropped (<see cref="FrameDropReason.StageTimedOut"/>),
    /// and another thread takes the place of the one that hangs, up to <see cref="MaxAbandoned"/> times; what the frame lies in is not reused before the call returns. Default 30 s.
    /// </summary>
    public TimeSpan? Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many threads that hang may be replaced, as long as they do, 0 to 1,024: each keeps a buffer and whatever it holds. Default 4.</summary>
    public int MaxAbandoned { get; set; } = 4;

    /// <summary>Where and how urgently the threads run. Default: as the system likes.</summary>
    public FrameThreadOptions Threads { get; set; } = new();
}

internal sealed class FrameStageOptionsValidator : IValidateOptions<FrameStageOptions>
{
    public ValidateOptionsResult Validate(string? name, FrameStageOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(nameof(options.Workers), options.Workers, 0, 1024);
        Check(nameof(options.ParallelPerCamera), options.ParallelPerCamera, 1, 64);
        Check(nameof(options.Timeout), options.Timeout ?? TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        Check(nameof(options.MaxAbandoned), options.MaxAbandoned, 0, 1024);
        options.Threads.Check(nameof(options.Threads), result);
        return result.Build();

        void Check<T>(string property, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                result.AddError($"must be {least} to {most}, but is {value}.", property);
            }
        }
    }
}
