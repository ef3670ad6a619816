using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>The limits of a <see cref="FramePipeline"/>.</summary>
public sealed class FramePipelineOptions
{
    /// <summary>The configuration section; the options of the pipeline <c>name</c> are bound to <c>Hardening:FramePipeline:name</c>.</summary>
    public const string SectionName = "Hardening:FramePipeline";

    /// <summary>How long all cameras together may take to open and start. 100 ms to 5 min; default 15 s.</summary>
    public TimeSpan OpenTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long one wait for a frame may take, and so how soon a capture thread notices that it shall stop. 1 ms to 1 s; default 100 ms.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A camera without a frame for this long, or for two of its periods if that is longer, counts as silent. 100 ms to 1 h; default 2 s.</summary>
    public TimeSpan SilentAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long frames in flight may still be processed once the pipeline stops; the rest is dropped and counted. 0 to 5 min; default 2 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long threads get to end after that. One that does not is abandoned and counted: a blocked native call cannot be ended. 100 ms to 5 min; default 2 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether damaged frames go through the stages (see <see cref="FrameInfo.Status"/>) instead of being dropped and counted. Default false.</summary>
    public bool DeliverIncomplete { get; set; }

    /// <summary>How a camera that is gone or silent is opened again.</summary>
    public FrameReconnectOptions Reconnect { get; set; } = new();

    /// <summary>A frame that is older when a stage is to work on it is dropped (<see cref="FrameDropReason.PastDeadline"/>) rather than worked on late. 1 ms to 1 h; null: none is. Default null.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Where and how urgently the capture threads run. Default: as the system likes.</summary>
    public FrameThreadOptions CaptureThreads { get; set; } = new();

    /// <summary>The bytes of a buffer at least, 1 byte to 1 GiB: for a camera that is not there at the start, or may come back with larger frames. Default null: the largest frame of the cameras.</summary>
    public int? FrameBytes { get; set; }

    /// <summary>A lease that is held for longer is named in a warning, once a minute: it may have leaked. 100 ms to 24 h; default 1 min.</summary>
    public TimeSpan LeaseWarningAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether the warning also tells where in the program a lease was taken. Takes some 10 µs and 1 KB a lease: to find a leak, not for ever. Default false.</summary>
    public bool TrackLeases { get; set; }

    /// <summary>The memory that the pool may take. 1 MiB to 1 TiB; default 2 GiB. A pipeline that needs more refuses to start and says how much.</summary>
    public long MaxPoolBytes { get; set; } = 2L << 30;
}

/// <summary>By hand rather than by attribute: it says why, and needs no reflection (AOT).</summary>
internal sealed class FramePipelineOptionsValidator : IValidateOptions<FramePipelineOptions>
{
    public ValidateOptionsResult Validate(string? name, FramePipelineOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(nameof(options.OpenTimeout), options.OpenTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Check(nameof(options.ReadTimeout), options.ReadTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Check(nameof(options.SilentAfter), options.SilentAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Check(nameof(options.DrainTimeout), options.DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Check(nameof(options.StopTimeout), options.StopTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Check(nameof(options.MaxAge), options.MaxAge ?? TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        Check(nameof(options.LeaseWarningAge), options.LeaseWarningAge, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24));
        Check("Reconnect." + nameof(options.Reconnect.FirstDelay), options.Reconnect.FirstDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Check("Reconnect." + nameof(options.Reconnect.MaxDelay), options.Reconnect.MaxDelay, options.Reconnect.FirstDelay, TimeSpan.FromHours(1));
        if (options.Reconnect.Jitter is not (>= 0 and <= 0.5))
        {
            result.AddError($"must be 0 to 0.5, but is {options.Reconnect.Jitter}.", "Reconnect." + nameof(options.Reconnect.Jitter));
        }

        if (options.FrameBytes is < 1 or > 1 << 30)
        {
            result.AddError($"must be 1 byte to 1 GiB, but is {options.FrameBytes:N0} bytes.", nameof(options.FrameBytes));
        }

        options.CaptureThreads.Check(nameof(options.CaptureThreads), result);
        if (options.MaxPoolBytes is < 1L << 20 or > 1L << 40)
        {
            result.AddError($"must be 1 MiB to 1 TiB, but is {options.MaxPoolBytes:N0} bytes.", nameof(options.MaxPoolBytes));
        }

        return result.Build();

        void Check(string property, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                result.AddError($"must be {least} to {most}, but is {value}.", property);
            }
        }
    }
}
