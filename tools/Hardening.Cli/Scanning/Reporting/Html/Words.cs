using System.Globalization;

namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>Numbers and names as people read them.</summary>
internal static class Words
{
    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(int number, string thing) => $"{Number(number)} {thing}{(number == 1 ? "" : "s")}";

    public static string Of(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Error => "error",
        FindingSeverity.Warning => "warning",
        _ => "info",
    };

    public static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan duration) => duration < TimeSpan.FromMinutes(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalMinutes} min {duration.Seconds} s");

    /// <summary>The folder, with its slash, and the name.</summary>
    public static (string Folder, string Name) Split(string file)
    {
        var name = file.LastIndexOf('/') + 1;
        return (file[..name], file[name..]);
    }
}
