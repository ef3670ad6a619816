using System.Globalization;

namespace Inspection.Reporting.Html;

/// <summary>Numbers and names as people read them.</summary>
internal static class Words
{
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(long number, string thing, string? things = null) => $"{Number(number)} {(number == 1 ? thing : things ?? thing + "s")}";

    /// <summary>A length of time, in the unit that suits it.</summary>
    public static string Milliseconds(double value) => value switch
    {
        >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0.0} s"),
        >= 1000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0.00} s"),
        >= 100 => string.Create(CultureInfo.InvariantCulture, $"{value:0} ms"),
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms"),
        0 => "0 ms",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.000} ms"),
    };

    /// <summary>A mark of an axis: no decimals but those that it needs.</summary>
    public static string Tick(double milliseconds) => milliseconds >= 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.###} s")
        : string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.###} ms");

    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");

    /// <summary>The camel-cased name of a value, in words.</summary>
    public static string OfName(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 && !char.IsUpper(name[i - 1]) ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>The class that gives a server its colour.</summary>
    public static string ClassOf(string server) => server is "legacy" or "hardened" ? server : "other";
}
