using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>Which frames a <see cref="CallbackFrameSource"/> gives up when its reader is late.</summary>
public enum CallbackOverflow
{
    /// <summary>The oldest that waits, so that the newest are kept.</summary>
    DropOldest,

    /// <summary>The one that comes.</summary>
    DropNewest,
}

/// <summary>The bounds of a <see cref="CallbackFrameSource"/>.</summary>
public sealed class CallbackFrameSourceOptions
{
    /// <summary>The name of the camera. Default <c>camera</c>.</summary>
    public string Name { get; set; } = "camera";

    /// <summary>How many frames wait for the reader at most, 1 to 1,024; default 4.</summary>
    public int QueueFrames { get; set; } = 4;

    /// <summary>Which frame is given up when that many wait. Default <see cref="CallbackOverflow.DropOldest"/>.</summary>
    public CallbackOverflow Overflow { get; set; }

    /// <summary>
    /// How many buffers are being filled at once, 1 to 1,024: one for each thread that calls, or those that are announced to a driver which fills buffers of the
    /// application. The pipeline's pool has one more for each. Default 4.
    /// </summary>
    public int FillBuffers { get; set; } = 4;

    /// <summary>How long one call into the library may take: opening, starting, stopping, closing. One that takes longer is left to its thread. 10 ms to 5 min; default 10 s.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long stopping takes at most: for the library's own call, and then for callbacks that still run. 10 ms to 5 min; default 2 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(2);
}

internal sealed class CallbackFrameSourceOptionsValidator : IValidateOptions<CallbackFrameSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, CallbackFrameSourceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(!string.IsNullOrWhiteSpace(options.Name), nameof(options.Name), "must not be empty");
        CheckRange(nameof(options.QueueFrames), options.QueueFrames, 1, 1024);
        Check(Enum.IsDefined(options.Overflow), nameof(options.Overflow), $"must be one of {string.Join(", ", Enum.GetNames<CallbackOverflow>())}, but is {options.Overflow}");
        CheckRange(nameof(options.FillBuffers), options.FillBuffers, 1, 1024);
        CheckRange(nameof(options.CallTimeout), options.CallTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
        CheckRange(nameof(options.StopTimeout), options.StopTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
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
