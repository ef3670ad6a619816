using Microsoft.Extensions.Options;
using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>What OpenCV is to open, and for how long it may be waited for.</summary>
public sealed class OpenCvFrameSourceOptions
{
    /// <summary>A configuration section for these options: an application binds it for itself.</summary>
    public const string SectionName = "Hardening:OpenCvFrameSource";

    /// <summary>The name of the camera in metrics and logs. Default <c>opencv</c>.</summary>
    public string Name { get; set; } = "opencv";

    /// <summary>A file, a URL (<c>rtsp://…</c>, <c>http://…</c>), or a GStreamer pipeline. Either this or <see cref="Device"/>.</summary>
    public string? Source { get; set; }

    /// <summary>The number of a device of this machine, 0 to 255: 0 is <c>/dev/video0</c>.</summary>
    public int? Device { get; set; }

    /// <summary>What opens it. Default: FFmpeg for a file or URL, Video4Linux for a device. Never <see cref="VideoCaptureAPIs.ANY"/>, which tries one after the other, each with a limit of its own.</summary>
    public VideoCaptureAPIs? Backend { get; set; }

    /// <summary>Whether it goes on for ever, so that an end is a break. Default: devices and URLs do, files (also <c>file://</c>) do not. OpenCV itself does not tell the two apart.</summary>
    public bool? IsLive { get; set; }

    /// <summary>How frames are delivered: <see cref="PixelFormat.BGR8"/> (default), which is how OpenCV decodes, or <see cref="PixelFormat.Mono8"/>, converted from that.</summary>
    public PixelFormat PixelFormat { get; set; } = PixelFormat.BGR8;

    /// <summary>How long opening may take, 100 ms to 5 min. Default 5 s.</summary>
    public TimeSpan OpenTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one frame may be waited for until the stream counts as broken, 100 ms to 5 min. Default 5 s.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long another capture of this process that is being opened may be waited for, since OpenCV opens one at a time; 100 ms to 10 min. Default 10 s.</summary>
    public TimeSpan OpenQueueTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many captures of this camera may hang in OpenCV, each with a thread, until it is not opened any more; 1 to 64. Default 4.</summary>
    public int MaxAbandoned { get; set; } = 4;

    /// <summary>Columns that a device is asked for, 1 to 65,536, with <see cref="Height"/>. Default: the device's own.</summary>
    public int? Width { get; set; }

    /// <summary>Rows that a device is asked for, 1 to 65,536, with <see cref="Width"/>. Default: the device's own.</summary>
    public int? Height { get; set; }

    /// <summary>Frames per second, 0.01 to 1,000: a device is asked for it; of a stream it is known better than its header says. Default: what OpenCV tells.</summary>
    public double? FrameRate { get; set; }

    /// <summary>The four letters of the coding that a device is asked for, such as <c>MJPG</c>. Default: the device's own.</summary>
    public string? FourCc { get; set; }

    /// <summary>Further values to open with, by their CAP_PROP number, such as 70 (decoder threads, OpenCV 4.9 on). OpenCV refuses to open with one that the backend does not know. Not 53 and 54, which are <see cref="OpenTimeout"/> and <see cref="ReadTimeout"/>.</summary>
    public IDictionary<int, int> OpenParameters { get; } = new Dictionary<int, int>();
}

/// <summary>By hand rather than by attribute: it says why, relates properties, and needs no reflection (AOT).</summary>
internal sealed class OpenCvFrameSourceOptionsValidator : IValidateOptions<OpenCvFrameSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, OpenCvFrameSourceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(!string.IsNullOrWhiteSpace(options.Name), nameof(options.Name), "must not be empty");
        Check(
            string.IsNullOrWhiteSpace(options.Source) != (options.Device is null), nameof(options.Source),
            $"or {nameof(options.Device)} must be set, and not both: they say which camera it is");
        CheckRange(nameof(options.Device), options.Device, 0, 255);
        Check(
            options.Backend is not VideoCaptureAPIs.ANY, nameof(options.Backend),
            $"must not be {VideoCaptureAPIs.ANY}: it tries every backend in turn, each with a limit of its own");
        Check(
            options.PixelFormat is PixelFormat.BGR8 or PixelFormat.Mono8, nameof(options.PixelFormat),
            $"must be {PixelFormat.BGR8} or {PixelFormat.Mono8}, but is {options.PixelFormat}");
        CheckRange<TimeSpan>(nameof(options.OpenTimeout), options.OpenTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        CheckRange<TimeSpan>(nameof(options.ReadTimeout), options.ReadTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        CheckRange<TimeSpan>(nameof(options.OpenQueueTimeout), options.OpenQueueTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        CheckRange<int>(nameof(options.MaxAbandoned), options.MaxAbandoned, 1, 64);
        CheckRange(nameof(options.Width), options.Width, 1, 65_536);
        CheckRange(nameof(options.Height), options.Height, 1, 65_536);
        CheckRange(nameof(options.FrameRate), options.FrameRate, 0.01, 1_000);
        Check(options.FourCc is null or { Length: 4 }, nameof(options.FourCc), $"must have four letters, but is '{options.FourCc}'");
        Check((options.Width is null) == (options.Height is null), nameof(options.Width), $"and {nameof(options.Height)} go together");
        Check(
            options.Device is not null || (options.Width is null && options.FourCc is null), nameof(options.Device),
            $"must be set where {nameof(options.Width)}, {nameof(options.Height)} or {nameof(options.FourCc)} are: a file or stream has its own");
        Check(
            !options.OpenParameters.ContainsKey(OpenCvTarget.OpenTimeoutProperty) && !options.OpenParameters.ContainsKey(OpenCvTarget.ReadTimeoutProperty), nameof(options.OpenParameters),
            $"must not have 53 and 54, which are {nameof(options.OpenTimeout)} and {nameof(options.ReadTimeout)}");
        return result.Build();

        void CheckRange<T>(string property, T? value, T least, T most)
            where T : struct, IComparable<T> =>
            Check(value is not { } given || (given.CompareTo(least) >= 0 && given.CompareTo(most) <= 0), property, $"must be {least} to {most}, but is {value}");

        void Check(bool holds, string property, string otherwise)
        {
            if (!holds)
            {
                result.AddError(otherwise + ".", property);
            }
        }
    }
}
