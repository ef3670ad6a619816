using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>A camera that does not exist: what it sends, how fast, and what goes wrong with it.</summary>
public sealed class SyntheticFrameSourceOptions
{
    /// <summary>The name of the camera. Default <c>synthetic</c>.</summary>
    public string Name { get; set; } = "synthetic";

    /// <summary>Pixels in a row, 64 to 16,384; default 1,280.</summary>
    public int Width { get; set; } = 1280;

    /// <summary>Rows, 64 to 16,384; default 1,024.</summary>
    public int Height { get; set; } = 1024;

    /// <summary>One of Mono8, Mono10, Mono12, Mono16, the four Bayer formats of 8 bits, RGB8, BGR8 (grey in colour). Default Mono8.</summary>
    public PixelFormat PixelFormat { get; set; } = PixelFormat.Mono8;

    /// <summary>Frames per second, 0.1 to 10,000; null: the next frame is there as soon as it is asked for. Default 30.</summary>
    public double? FrameRate { get; set; } = 30;

    /// <summary>When the first frame comes, as a share of one period, 0 to 1: several cameras are spread out, or all fire at once. Default 0.</summary>
    public double Phase { get; set; }

    /// <summary>How many frames the driver keeps for a reader that is late, 1 to 1,024; older ones are lost and leave a gap. Default 3.</summary>
    public int DriverQueue { get; set; } = 3;

    /// <summary>The stream ends after this many frames, 0 or more; null: it does not end. Default null.</summary>
    public long? Frames { get; set; }

    /// <summary>The most defects that one frame shows, 0 to 64; how many it shows is drawn per frame. Default 8.</summary>
    public int MaxDefects { get; set; } = 8;

    /// <summary>What the picture, the defects and the faults are drawn from, any number: the same seed gives the same frames. Default 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>What goes wrong. Default: nothing.</summary>
    public SyntheticFaults Faults { get; set; } = new();
}

/// <summary>The faults of a synthetic camera, each on a dial of its own. Frames are counted from 0.</summary>
public sealed class SyntheticFaults
{
    /// <summary>By how much a frame may come early or late, as a share of one period, 0 to 0.45. Default 0.</summary>
    public double Jitter { get; set; }

    /// <summary>The share of frames that never arrive and leave a gap in the numbers, 0 to 1. Default 0.</summary>
    public double Loss { get; set; }

    /// <summary>The share of frames that arrive damaged, with their lower part missing, 0 to 1. Default 0.</summary>
    public double Corruption { get; set; }

    /// <summary>Before this frame, 0 or more, the camera stops sending for <see cref="StallFor"/>, without a gap in its numbers; null: never. Default null.</summary>
    public long? StallBefore { get; set; }

    /// <summary>How long the camera stalls; at most 1 h. Default 0.</summary>
    public TimeSpan StallFor { get; set; }

    /// <summary>Instead of this frame, 0 or more, the camera is gone for <see cref="GoneFor"/>; null: never. Default null.</summary>
    public long? DisconnectBefore { get; set; }

    /// <summary>How long the camera is gone, from then or from the first opening on; after that it can be opened, and counts its frames anew. At most 24 h; null: for ever. Default null.</summary>
    public TimeSpan? GoneFor { get; set; }

    /// <summary>From this frame on, 0 or more, it sends half as many rows as announced; null: never. Default null.</summary>
    public long? ShrinkFrom { get; set; }

    /// <summary>There is no such camera when it is opened, for <see cref="GoneFor"/>. Default false.</summary>
    public bool MissingAtStart { get; set; }
}

internal sealed class SyntheticFrameSourceOptionsValidator : IValidateOptions<SyntheticFrameSourceOptions>
{
    public static readonly PixelFormat[] Formats =
    [
        PixelFormat.Mono8, PixelFormat.Mono10, PixelFormat.Mono12, PixelFormat.Mono16,
        PixelFormat.BayerGR8, PixelFormat.BayerRG8, PixelFormat.BayerGB8, PixelFormat.BayerBG8, PixelFormat.RGB8, PixelFormat.BGR8,
    ];

    public ValidateOptionsResult Validate(string? name, SyntheticFrameSourceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(!string.IsNullOrWhiteSpace(options.Name), nameof(options.Name), "must not be empty");
        CheckRange(nameof(options.Width), options.Width, 64, 16_384);
        CheckRange(nameof(options.Height), options.Height, 64, 16_384);
        Check(Formats.Contains(options.PixelFormat), nameof(options.PixelFormat), $"must be one of {string.Join(", ", Formats)}, but is {options.PixelFormat}");
        if (options.FrameRate is { } rate)
        {
            CheckRange(nameof(options.FrameRate), rate, 0.1, 10_000);
        }

        CheckRange(nameof(options.Phase), options.Phase, 0, 1);
        CheckRange(nameof(options.DriverQueue), options.DriverQueue, 1, 1024);
        CheckRange(nameof(options.Frames), options.Frames ?? 0, 0, long.MaxValue);
        CheckRange(nameof(options.MaxDefects), options.MaxDefects, 0, 64);
        var faults = options.Faults;
        CheckRange("Faults." + nameof(faults.Jitter), faults.Jitter, 0, 0.45);
        CheckRange("Faults." + nameof(faults.Loss), faults.Loss, 0, 1);
        CheckRange("Faults." + nameof(faults.Corruption), faults.Corruption, 0, 1);
        CheckRange("Faults." + nameof(faults.StallBefore), faults.StallBefore ?? 0, 0, long.MaxValue);
        CheckRange("Faults." + nameof(faults.DisconnectBefore), faults.DisconnectBefore ?? 0, 0, long.MaxValue);
        CheckRange("Faults." + nameof(faults.ShrinkFrom), faults.ShrinkFrom ?? 0, 0, long.MaxValue);
        CheckRange("Faults." + nameof(faults.StallFor), faults.StallFor, TimeSpan.Zero, TimeSpan.FromHours(1));
        CheckRange("Faults." + nameof(faults.GoneFor), faults.GoneFor ?? TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(24));
        return result.Build();

        void CheckRange<T>(string property, T value, T least, T most)
            where T : IComparable<T> => Check(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0, property, $"must be {least} to {most}, but is {value}");

        void Check(bool holds, string property, string otherwise)
        {
            if (!holds)
            {
                result.AddError(otherwise + ".", property);
            }
        }
    }
}
