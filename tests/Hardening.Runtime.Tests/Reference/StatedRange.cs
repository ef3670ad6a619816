using System.Globalization;
using System.Text.RegularExpressions;

namespace Hardening.Runtime.Tests.Reference;

/// <summary>The ends of a range that a doc comment states in figures, and the values right beside them.</summary>
/// <param name="Least">The least value that is allowed.</param>
/// <param name="Most">The largest.</param>
internal sealed partial record StatedRange(object Least, object Most)
{
    /// <summary>The last value that is too small.</summary>
    public object TooSmall => Beside(Least, -1);

    /// <summary>The first that is too large.</summary>
    public object TooLarge => Beside(Most, 1);

    /// <summary>Reads it; null where an end is not a figure, as in "10 ms to half of StallAfter", or what it counts is not the option itself, but its letters or elements.</summary>
    /// <param name="text">The range as the page has it.</param>
    /// <param name="kind">The type of the option.</param>
    public static StatedRange? Parse(string text, Type kind) =>
        (kind == typeof(TimeSpan) || kind.IsPrimitive) && Ends().Match(text) is { Success: true } ends ? new(Value(ends.Groups["least"].Value, kind), Value(ends.Groups["most"].Value, kind)) : null;

    private static object Value(string text, Type kind)
    {
        var parts = text.Replace('−', '-').Split(' ');
        var number = double.Parse(parts[0], NumberStyles.Number, CultureInfo.InvariantCulture);
        var scaled = number * (parts is [_, var unit] ? Scale(unit) : 1);
        return kind == typeof(TimeSpan) ? TimeSpan.FromTicks((long)scaled) : Convert.ChangeType(scaled, kind, CultureInfo.InvariantCulture);
    }

    private static double Scale(string unit) => unit switch
    {
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "min" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        "days" => TimeSpan.TicksPerDay,
        "KiB" => 1L << 10,
        "MiB" => 1L << 20,
        "GiB" => 1L << 30,
        "TiB" => 1L << 40,
        "PiB" => 1L << 50,
        _ => 1, // byte, bytes
    };

    private static object Beside(object value, int step) => value switch
    {
        TimeSpan time => time + TimeSpan.FromTicks(step),
        int number => number + step,
        long number => number + step,
        double number => step > 0 ? Math.BitIncrement(number) : Math.BitDecrement(number),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "no range has such a value"),
    };

    [GeneratedRegex(@"^(?<least>[−-]?[\d.,]+(?: [a-zA-Z]+)?)(?: \(\w+\))? to (?<most>[\d.,]+(?: [a-zA-Z]+)?)(?: \(\w+\))?$")]
    private static partial Regex Ends();
}
