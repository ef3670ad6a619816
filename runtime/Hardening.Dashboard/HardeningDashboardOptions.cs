using Microsoft.Extensions.Options;

namespace Hardening.Dashboard;

/// <summary>The limits of the dashboard. Read when the host starts: later changes have no effect.</summary>
public sealed class HardeningDashboardOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string SectionName = "Hardening:Dashboard";

    /// <summary>How many browsers are told what happens at the same time; a further one is refused. 1 to 1,024; default 64.</summary>
    public int MaxBrowsers { get; set; } = 64;

    /// <summary>How often browsers are told the state. 200 ms to 10 s; default 1 s.</summary>
    public TimeSpan UpdateEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A browser that takes nothing for longer is cut off. 1 s to 5 min; default 15 s.</summary>
    public TimeSpan BrowserTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a camera's picture is made anew while somebody looks, at most, in a second; with 0 there are no pictures. 0 to 25; default 4.</summary>
    public int PicturesPerSecond { get; set; } = 4;

    /// <summary>How many cameras have pictures, the first of the host; each takes up to 150 KB while somebody looks, and a buffer of its pipeline's pool. 0 to 4,096; default 64.</summary>
    public int MaxPictures { get; set; } = 64;
}

/// <summary>By hand rather than by attribute: it says why, and needs no reflection (AOT).</summary>
internal sealed class HardeningDashboardOptionsValidator : IValidateOptions<HardeningDashboardOptions>
{
    public ValidateOptionsResult Validate(string? name, HardeningDashboardOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(nameof(options.MaxBrowsers), options.MaxBrowsers, 1, 1024);
        Check(nameof(options.UpdateEvery), options.UpdateEvery, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));
        Check(nameof(options.BrowserTimeout), options.BrowserTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Check(nameof(options.PicturesPerSecond), options.PicturesPerSecond, 0, 25);
        Check(nameof(options.MaxPictures), options.MaxPictures, 0, 4096);
        return result.Build();

        void Check<T>(string property, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                result.AddError(FormattableString.Invariant($"must be {least} to {most}, but is {value}."), property);
            }
        }
    }
}
