using System.CommandLine.Parsing;
using System.Globalization;

namespace Hardening.Cli.Commands;

/// <summary>Durations on the command line: <c>90s</c>, <c>30m</c>, <c>2h</c>.</summary>
internal static class Duration
{
    private const int LongestDays = 1;

    public static TimeSpan Parse(ArgumentResult argument)
    {
        var text = argument.Tokens is [var token] ? token.Value : "";
        TimeSpan? unit = text switch
        {
            [.., 's'] => TimeSpan.FromSeconds(1),
            [.., 'm'] => TimeSpan.FromMinutes(1),
            [.., 'h'] => TimeSpan.FromHours(1),
            _ => null,
        };
        if (unit is { } one && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number > 0 && number * one.TotalDays <= LongestDays)
        {
            return number * one;
        }

        argument.AddError($"'{text}' is no time: give up to 24 hours, such as 90s, 30m or 2h.");
        return default;
    }
}
