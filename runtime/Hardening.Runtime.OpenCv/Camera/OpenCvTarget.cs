using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>What the options come to: which backend, what kind of stream, and with which limits of OpenCV's own.</summary>
internal sealed class OpenCvTarget
{
    // CAP_PROP_OPEN_TIMEOUT_MSEC and CAP_PROP_READ_TIMEOUT_MSEC, which OpenCvSharp4 has no names for.
    public const int OpenTimeoutProperty = 53;
    public const int ReadTimeoutProperty = 54;

    // A backend that keeps its limit says so itself, and better; ours comes after it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly Version GStreamerTimeouts = new(4, 7);

    private readonly OpenCvFrameSourceOptions _options;

    public OpenCvTarget(OpenCvFrameSourceOptions options)
    {
        _options = options;
        Backend = options.Backend ?? (options.Device is null ? VideoCaptureAPIs.FFMPEG : VideoCaptureAPIs.V4L2);
        Address = options.Source is { } source && source.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(source, UriKind.Absolute, out var uri) ? uri : null;
        IsLive = options.IsLive ?? (options.Device is not null || Address is { IsFile: false } || (Backend == VideoCaptureAPIs.GSTREAMER && IsPipeline(options.Source)));
    }

    public OpenCvFrameSourceOptions Options => _options;

    public string Name => _options.Name;

    public VideoCaptureAPIs Backend { get; }

    /// <summary>Where it is, when it is somewhere else.</summary>
    public Uri? Address { get; }

    /// <summary>Whether an end is a break.</summary>
    public bool IsLive { get; }

    public TimeSpan OpenLimit => _options.OpenTimeout + Grace;

    public TimeSpan ReadLimit => KeepsTimeouts ? _options.ReadTimeout + Grace : _options.ReadTimeout;

    /// <summary>As it may be shown: a URL without its password.</summary>
    public string Description =>
        _options.Device is { } device ? $"device {device}"
        : Address is { UserInfo.Length: > 0 } address ? $"'{new UriBuilder(address) { UserName = "", Password = "" }.Uri}'"
        : $"'{_options.Source}'";

    private bool KeepsTimeouts =>
        Backend == VideoCaptureAPIs.FFMPEG
        || (Backend == VideoCaptureAPIs.GSTREAMER && new Version(Cv2.GetVersionMajor(), Cv2.GetVersionMinor()) >= GStreamerTimeouts);

    /// <summary>Opens it. Blocks, for how long is not certain.</summary>
    public VideoCapture Open()
    {
        var parameters = new List<int>();
        if (KeepsTimeouts)
        {
            parameters.AddRange([OpenTimeoutProperty, (int)_options.OpenTimeout.TotalMilliseconds, ReadTimeoutProperty, (int)_options.ReadTimeout.TotalMilliseconds]);
        }

        foreach (var (property, value) in _options.OpenParameters)
        {
            parameters.AddRange([property, value]);
        }

        return _options.Device is { } device
            ? new VideoCapture(device, Backend, [.. parameters])
            : new VideoCapture(_options.Source!, Backend, [.. parameters]);
    }

    /// <summary>Sets what the options ask for, and reads back what a device made of it.</summary>
    public FrameFormat Configure(VideoCapture capture)
    {
        if (_options.FourCc is { } coding)
        {
            capture.Set(VideoCaptureProperties.FourCC, VideoWriter.FourCC(coding[0], coding[1], coding[2], coding[3]));
        }

        if (_options.Device is not null && _options.Width is not null)
        {
            capture.Set(VideoCaptureProperties.FrameWidth, _options.Width.Value);
            capture.Set(VideoCaptureProperties.FrameHeight, _options.Height!.Value);
        }

        if (_options.Device is not null && _options.FrameRate is not null)
        {
            capture.Set(VideoCaptureProperties.Fps, _options.FrameRate.Value);
        }

        var (width, height) = ((int)capture.Get(VideoCaptureProperties.FrameWidth), (int)capture.Get(VideoCaptureProperties.FrameHeight));
        if (width is < 1 or > 65_536 || height is < 1 or > 65_536)
        {
            throw new FrameSourceException(Name, $"OpenCV opened {Description} (camera '{Name}') by {Backend}, but tells a frame size of {width} x {height}; it is no video, or this backend cannot read it.");
        }

        if ((_options.Width ?? width, _options.Height ?? height) != (width, height))
        {
            throw new FrameSourceException(Name, $"Camera '{Name}' ({Description}) was asked for {_options.Width} x {_options.Height} and made {width} x {height} of it; use a size that it has ({nameof(_options.FourCc)} may open others).");
        }

        var rate = _options.FrameRate ?? (capture.Get(VideoCaptureProperties.Fps) is >= 0.01 and <= 1_000 and var told ? told : null);
        return new FrameFormat(width, height, _options.PixelFormat, checked(_options.PixelFormat.RowBytes(width) * height), IsLive ? rate : null);
    }

    private static bool IsPipeline(string? source) => source?.Contains('!', StringComparison.Ordinal) == true;
}
