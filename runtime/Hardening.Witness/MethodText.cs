using System.Text.RegularExpressions;

namespace Hardening.Witness;

/// <summary>Names of methods as they are in the source: without what the compiler makes of async methods, lambdas and local functions.</summary>
internal static partial class MethodText
{
    /// <returns>Null for glue of the runtime.</returns>
    public static string? Of(string? type, string? method)
    {
        if (string.IsNullOrEmpty(method) || method.StartsWith("IL_STUB", StringComparison.Ordinal))
        {
            return null;
        }

        var text = (string.IsNullOrEmpty(type) ? method : $"{type}.{method}").Replace('+', '.');
        text = StateMachine().Replace(text, ".${method}");
        text = LocalFunction().Replace(text, ".${method}.${local}");
        text = Lambda().Replace(text, ".${method}.lambda");
        text = Closure().Replace(text, ".");
        for (var before = ""; before != text;)
        {
            (before, text) = (text, TypeArguments().Replace(text, ""));
        }

        return text;
    }

    // Type.<RunAsync>d__5.MoveNext; of a program without Main, Program.<<Main>$>d__0.MoveNext
    [GeneratedRegex(@"\.<(?<method><Main>\$|[^<>]+)>d(?:__\d+)?\.MoveNext$")]
    private static partial Regex StateMachine();

    // Type.<Main>g__Wait|0_1; the body of an async one is .<<Main>g__Wait|0_1>d.MoveNext
    [GeneratedRegex(@"\.<?<(?<method><Main>\$|[^<>]+)>g__(?<local>[^|<>]+)\|[\d_]+(?:>d(?:__\d+)?\.MoveNext)?$")]
    private static partial Regex LocalFunction();

    // Type.<>c.<Main>b__0_0, Type.<>c__DisplayClass1_0.<Main>b__0; async: .<<Main>b__0>d.MoveNext
    [GeneratedRegex(@"\.<?<(?<method><Main>\$|[^<>]+)>b__[\d_]+(?:>d(?:__\d+)?\.MoveNext)?$")]
    private static partial Regex Lambda();

    // List<System.String>, List`1[System.String], Receive[[System.String, System.Private.CoreLib]]: from the inside out
    [GeneratedRegex(@"`\d+|(?<=[\w\[,])(?:<[^<>\[\]]*>|\[[^<>\[\]]*\])")]
    private static partial Regex TypeArguments();

    [GeneratedRegex(@"\.<>c(?:__DisplayClass[\d_]+)?\.")]
    private static partial Regex Closure();
}
