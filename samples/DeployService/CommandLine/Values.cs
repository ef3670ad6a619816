using System.CommandLine.Parsing;
using System.Globalization;

namespace DeployService.CommandLine;

/// <summary>Reads the value of one option, or says what is wrong with it and what is allowed.</summary>
internal static class Values
{
    public static T Choice<T>(ArgumentResult result, string name, string allowed)
        where T : struct, Enum
    {
        var text = Text(result);
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return Refuse<T>(result, $"{name} must be {allowed}, but is '{text}'");
    }

    public static int Whole(ArgumentResult result, string name, int least, int most) =>
        int.TryParse(Text(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Refuse<int>(result, $"{name} must be a whole number from {least} to {most}, but is '{Text(result)}'");

    public static double Number(ArgumentResult result, string name, double least, double most) =>
        double.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Refuse<double>(result, string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {least} to {most}, but is '{Text(result)}'"));

    public static string Text(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";

    private static T? Refuse<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}
