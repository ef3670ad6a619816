namespace Hardening.Cli.Scanning;

/// <summary>Text from outside, made fit for a terminal.</summary>
internal static class PlainText
{
    /// <summary>In one line, without characters that would steer the terminal.</summary>
    public static string Line(string text) => text.Any(IsSteering) ? string.Concat(text.Select(letter => IsSteering(letter) ? ' ' : letter)) : text;

    // Besides controls, what turns the direction of writing: a name could pass for another one.
    private static bool IsSteering(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
