using Microsoft.Extensions.Options;

namespace Hardening.Camera.Pictures;

/// <summary>Which pictures a <see cref="PictureFolderFrameSource"/> shows, and how fast.</summary>
public sealed class PictureFolderFrameSourceOptions
{
    /// <summary>The name of the camera. Default <c>pictures</c>.</summary>
    public string Name { get; set; } = "pictures";

    /// <summary>A folder: its files that end in <c>.pgm</c>, <c>.ppm</c> or <c>.pnm</c> are shown in the order in which people count (frame2 before frame10). This or <see cref="Files"/> is required.</summary>
    public string? Folder { get; set; }

    /// <summary>The files to be shown, in this order.</summary>
    public IReadOnlyList<string>? Files { get; set; }

    /// <summary>Pictures per second, 0.1 to 10,000; null: the next one is there as soon as it is asked for, and none is lost. Default 30.</summary>
    public double? FrameRate { get; set; } = 30;

    /// <summary>Whether it begins anew after the last picture, with frame numbers that go on. Default false: the stream ends.</summary>
    public bool Repeat { get; set; }

    /// <summary>How many pictures are kept for a reader that is late, 1 to 1,024; older ones are lost and leave a gap. Default 3.</summary>
    public int DriverQueue { get; set; } = 3;
}

internal sealed class PictureFolderFrameSourceOptionsValidator : IValidateOptions<PictureFolderFrameSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, PictureFolderFrameSourceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(!string.IsNullOrWhiteSpace(options.Name), nameof(options.Name), "must not be empty");
        Check(
            (options.Folder is null) != (options.Files is null) && options.Folder?.Trim().Length != 0, nameof(options.Folder),
            $"or {nameof(options.Files)} must say which pictures are shown, and not both");
        Check(options.Files is not { Count: 0 }, nameof(options.Files), "must not be empty");
        Check(options.FrameRate is null or (>= 0.1 and <= 10_000), nameof(options.FrameRate), $"must be 0.1 to 10000, but is {options.FrameRate}");
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
