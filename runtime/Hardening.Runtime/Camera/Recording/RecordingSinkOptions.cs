using Microsoft.Extensions.Options;

namespace Hardening.Camera.Recording;

/// <summary>Where a <see cref="RecordingSink"/> writes, and how much.</summary>
public sealed class RecordingSinkOptions
{
    /// <summary>The name of the sink in metrics and logs. Default <c>recording</c>.</summary>
    public string Name { get; set; } = "recording";

    /// <summary>The directory of the files; made when it is not there. Required.</summary>
    public string Directory { get; set; } = "";

    /// <summary>How many frames of each camera may wait for the disk, 1 to 1,024; further ones are dropped and counted. The pipeline's pool has a buffer for each. Default 16.</summary>
    public int QueueFrames { get; set; } = 16;

    /// <summary>A file that would become larger is closed, and another begun. 1 MiB to 1 TiB; default 1 GiB. Only a file of one frame may be larger.</summary>
    public long MaxFileBytes { get; set; } = 1L << 30;

    /// <summary>What the files of one camera may take together: the oldest are deleted for a new one. At least twice <see cref="MaxFileBytes"/>; null: no limit. Default null.</summary>
    public long? MaxTotalBytes { get; set; }

    /// <summary>What is left free on the disk: with less, frames are dropped and counted until there is room again. 0 to 1 PiB; default 1 GiB.</summary>
    public long MinFreeBytes { get; set; } = 1L << 30;

    /// <summary>How often the disk is made to keep what was written (fsync), so that no more is lost with the power. 10 ms to 1 h; null: when the system likes. Default null.</summary>
    public TimeSpan? FlushEvery { get; set; }

    /// <summary>How long nothing is written after the disk refused. 10 ms to 1 h; default 1 s.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long frames that wait may still be written when the sink is disposed, and as long again for the files to be closed. 0 to 5 min; default 2 s. The rest is dropped and counted.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(2);
}

internal sealed class RecordingSinkOptionsValidator : IValidateOptions<RecordingSinkOptions>
{
    public ValidateOptionsResult Validate(string? name, RecordingSinkOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(!string.IsNullOrWhiteSpace(options.Name), nameof(options.Name), "must not be empty");
        Check(!string.IsNullOrWhiteSpace(options.Directory), nameof(options.Directory), "must name the directory to write to");
        CheckRange(nameof(options.QueueFrames), options.QueueFrames, 1, 1024);
        CheckRange(nameof(options.MaxFileBytes), options.MaxFileBytes, 1L << 20, 1L << 40);
        CheckRange(nameof(options.MinFreeBytes), options.MinFreeBytes, 0, 1L << 50);
        Check(
            options.MaxTotalBytes is not { } total || total / 2 >= options.MaxFileBytes, nameof(options.MaxTotalBytes),
            $"must be at least twice {nameof(options.MaxFileBytes)} ({options.MaxFileBytes}), but is {options.MaxTotalBytes}: a new file needs room beside the last one");
        CheckRange(nameof(options.FlushEvery), options.FlushEvery ?? TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        CheckRange(nameof(options.RetryAfter), options.RetryAfter, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        CheckRange(nameof(options.StopTimeout), options.StopTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5));
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
