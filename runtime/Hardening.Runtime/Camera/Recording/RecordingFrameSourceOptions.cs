using Microsoft.Extensions.Options;

namespace Hardening.Camera.Recording;

/// <summary>When a <see cref="RecordingFrameSource"/> gives its frames.</summary>
public enum RecordingPace
{
    /// <summary>With the distances in time that they were recorded with, like a camera: it does not wait for a reader that is late, and the oldest frames are lost then.</summary>
    AsRecorded,

    /// <summary>Each as soon as it is asked for. None is lost.</summary>
    AsFastAsPossible,
}

/// <summary>What a <see cref="RecordingFrameSource"/> replays, and how.</summary>
public sealed class RecordingFrameSourceOptions
{
    /// <summary>A recording, or a directory of them, which are replayed in the order in which they were made. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>The recorded camera, where the directory has recordings of several; null: the only one.</summary>
    public string? Camera { get; set; }

    /// <summary>The name of the camera in this pipeline. Default: <see cref="Camera"/>, or <c>recording</c>.</summary>
    public string? Name { get; set; }

    /// <summary>When the frames come. Default <see cref="RecordingPace.AsRecorded"/>.</summary>
    public RecordingPace Pace { get; set; }

    /// <summary>Whether it begins anew at the end, with frame numbers that go on. Default false: the stream ends.</summary>
    public bool Repeat { get; set; }

    /// <summary>A longer pause between two frames, within a file or from one to the next, is shortened to this. 0 to 24 h; default 5 s.</summary>
    public TimeSpan MaxPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many frames are kept for a reader that is late, with <see cref="RecordingPace.AsRecorded"/>, 1 to 1,024; older ones are lost and leave a gap. Default 3.</summary>
    public int DriverQueue { get; set; } = 3;
}

internal sealed class RecordingFrameSourceOptionsValidator : IValidateOptions<RecordingFrameSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, RecordingFrameSourceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(!string.IsNullOrWhiteSpace(options.Path), nameof(options.Path), "must name a recording, or a directory of them");
        Check(options.Name is null || options.Name.Trim().Length > 0, nameof(options.Name), "must not be empty");
        Check(options.Camera is null || options.Camera.Length > 0, nameof(options.Camera), "must not be empty");
        Check(Enum.IsDefined(options.Pace), nameof(options.Pace), $"must be one of {string.Join(", ", Enum.GetNames<RecordingPace>())}, but is {options.Pace}");
        Check(options.MaxPause >= TimeSpan.Zero && options.MaxPause <= TimeSpan.FromHours(24), nameof(options.MaxPause), $"must be 0 to 24 h, but is {options.MaxPause}");
        Check(options.DriverQueue is >= 1 and <= 1024, nameof(options.DriverQueue), $"must be 1 to 1024, but is {options.DriverQueue}");
        return result.Build();

        void Check(bool holds, string property, string otherwise)
        {
            if (!holds)
            {
                result.AddError(otherwise + ".", property);
            }
        }
    }
}
