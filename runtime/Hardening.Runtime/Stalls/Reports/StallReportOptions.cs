using Microsoft.Extensions.Options;

namespace Hardening.Stalls;

/// <summary>Where reports of stalls are written, and how many.</summary>
public sealed class StallReportOptions
{
    /// <summary>
    /// The directory of the reports, made when the first one is written; a relative one is under the host's content root, or the working directory where there is no host. Null or empty: no reports
    /// are written. Default <c>stalls</c>.
    /// </summary>
    public string? Directory { get; set; } = "stalls";

    /// <summary>How many reports the directory keeps, of all processes that write there; the oldest go first, and nothing but reports goes. 1 to 10,000; default 100.</summary>
    public int MaxFiles { get; set; } = 100;

    /// <summary>How many new reports are written in a minute; further ones are counted as lost. 1 to 600; default 6.</summary>
    public int MaxPerMinute { get; set; } = 6;

    /// <summary>Whether the samples are written too, by which a verdict can be checked and made again; they are most of a file. Default true.</summary>
    public bool WithSamples { get; set; } = true;

    /// <summary>How long writing a report may take: the disk may be what stalls. The actions then go on without the file. 100 ms to 5 min; default 10 s.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal void Check(string name, ValidateOptionsResultBuilder result)
    {
        if (MaxFiles is < 1 or > 10_000)
        {
            result.AddError($"must be 1 to 10,000, but is {MaxFiles}.", $"{name}.{nameof(MaxFiles)}");
        }

        if (MaxPerMinute is < 1 or > 600)
        {
            result.AddError($"must be 1 to 600, but is {MaxPerMinute}.", $"{name}.{nameof(MaxPerMinute)}");
        }

        if (WriteTimeout < TimeSpan.FromMilliseconds(100) || WriteTimeout > TimeSpan.FromMinutes(5))
        {
            result.AddError($"must be 100 ms to 5 min, but is {WriteTimeout}.", $"{name}.{nameof(WriteTimeout)}");
        }

        if (Directory?.Contains('\0') is true)
        {
            result.AddError("has a character that no path can have (NUL).", $"{name}.{nameof(Directory)}");
        }
    }
}
