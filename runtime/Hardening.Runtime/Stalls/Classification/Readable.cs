using System.Globalization;

namespace Hardening.Stalls.Classification;

/// <summary>Numbers as a person reads them.</summary>
internal static class Readable
{
    /// <summary>Such as <c>350 ms</c>, <c>1.8 s</c>, <c>42 s</c>, <c>3 min 5 s</c>.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 0.0005 => "0 s",
        < 0.95 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(seconds * 1000)):0} ms"),
        < 9.95 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        < 119.5 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(Math.Round(seconds) / 60):0} min {Math.Round(seconds) % 60:0} s"),
        _ => "for ever",
    };

    public static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(share * 100):0} %");

    /// <summary>A number with one decimal where it is small.</summary>
    public static string Number(double number) => number switch
    {
        < 9.95 and > -9.95 => string.Create(CultureInfo.InvariantCulture, $"{number:0.#}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(number):#,0}"),
    };

    public static string Count(double count, string one, string? many = null) => $"{Number(count)} {(Number(count) == "1" ? one : many ?? one + "s")}";

    /// <summary>As a sentence begins.</summary>
    public static string Capital(string text) => text.Length == 0 || !char.IsLower(text[0]) ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
