using System.Buffers;
using System.Globalization;

namespace Hardening.Cli.Watching;

/// <summary>Spans of time as people type and read them: <c>200ms</c>, <c>60s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>; a bare number is seconds.</summary>
internal static class Spans
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");
    private static readonly (string Unit, double Seconds)[] s_units = [("ms", 0.001), ("s", 1), ("m", 60), ("min", 60), ("h", 3600), ("d", 86400), ("", 1)];

    public static TimeSpan? TryParse(string text)
    {
        var trimmed = text.Trim();
        var end = trimmed.AsSpan().IndexOfAnyExcept(s_digits);
        var (number, unit) = end < 0 ? (trimmed, "") : (trimmed[..end], trimmed[end..].Trim());
        var known = Array.Find(s_units, other => other.Unit == unit);
        return known.Unit is not null && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * known.Seconds < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(value * known.Seconds)
            : null;
    }

    /// <summary>As it would be typed.</summary>
    public static string Text(TimeSpan span) =>
        span.TotalSeconds < 1 ? Number(span.TotalMilliseconds, "ms") : span.TotalMinutes < 2 ? Number(span.TotalSeconds, "s") : span.TotalHours < 2 ? Number(span.TotalMinutes, "m") : span.TotalDays < 2 ? Number(span.TotalHours, "h") : Number(span.TotalDays, "d");

    private static string Number(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.###}{unit}");
}
