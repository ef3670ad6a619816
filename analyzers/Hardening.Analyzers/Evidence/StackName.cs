using System.Text.RegularExpressions;

namespace Hardening.Analyzers.Evidence;

/// <summary>A method's name on a stack, in one form for what reports call it and what the source calls it.</summary>
internal static class StackName
{
    public const string Main = "<Main>$";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    // Program.<Main>$, Program.<<Main>$>d__0.MoveNext, Program.<<Main>$>b__0_0, Program.<<<Main>$>g__Wait|0_1>d.MoveNext
    private static readonly Regex TopLevel = new(@"\.<+Main>\$(?:>(?:(?<lambda>b)__|g__(?<local>[^|<>]+)\||d))?[^.]*(?:\.MoveNext)?$", RegexOptions.CultureInvariant, Limit);

    // <Server>F1A2B__Gate: a type that only its file knows.
    private static readonly Regex FileLocal = new("<[^<>]*>F[0-9A-F]+__", RegexOptions.CultureInvariant, Limit);

    /// <summary>The name as <see cref="StackFunctions"/> has it.</summary>
    public static string Normal(string method)
    {
        try
        {
            var open = method.IndexOf('(');
            var name = FileLocal.Replace(open > 0 ? method.Substring(0, open) : method, "");
            return TopLevel.Match(name) is { Success: true } top
                ? $"{name.Substring(0, top.Index)}.{Main}{(top.Groups["lambda"].Success ? ".lambda" : top.Groups["local"] is { Success: true, Value: var local } ? "." + local : "")}"
                : name;
        }
        catch (RegexMatchTimeoutException)
        {
            return method; // no compiler has made that
        }
    }

    /// <summary>The method as its author calls it, for messages.</summary>
    public static string Short(string method)
    {
        var parts = Normal(method).Split('.');
        var last = parts.Length - 1;
        if (parts[last] == "lambda" && last > 0)
        {
            last--;
        }

        return parts[last] switch
        {
            Main => "Main",
            "ctor" or "cctor" when last > 1 => parts[last - 2],
            var name when name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal) || name.StartsWith("add_", StringComparison.Ordinal) => name.Substring(4),
            var name when name.StartsWith("remove_", StringComparison.Ordinal) => name.Substring(7),
            var name => name,
        };
    }
}
