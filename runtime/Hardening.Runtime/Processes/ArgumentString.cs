using System.Text;

namespace Hardening.Processes;

/// <summary>Takes the single string of arguments apart as .NET does on every system: by the rules of the C runtime of Windows, not by those of a shell.</summary>
internal static class ArgumentString
{
    public static List<string> Split(string arguments)
    {
        var result = new List<string>();
        var at = 0;
        while (true)
        {
            while (at < arguments.Length && IsBlank(arguments[at]))
            {
                at++;
            }

            if (at == arguments.Length)
            {
                return result;
            }

            result.Add(Next(arguments, ref at));
        }
    }

    private static string Next(string text, ref int at)
    {
        var argument = new StringBuilder();
        var isQuoted = false;
        while (at < text.Length && (isQuoted || !IsBlank(text[at])))
        {
            var backslashes = text.AsSpan(at).IndexOfAnyExcept('\\') is var other and >= 0 ? other : text.Length - at;
            at += backslashes;
            var isBeforeQuote = at < text.Length && text[at] == '"';
            argument.Append('\\', isBeforeQuote ? backslashes / 2 : backslashes); // they escape only before a quote
            if (isBeforeQuote)
            {
                if (backslashes % 2 == 1)
                {
                    argument.Append('"');
                }
                else if (isQuoted && at + 1 < text.Length && text[at + 1] == '"')
                {
                    argument.Append('"'); // doubled within quotes: one of them, and the quotes stay open
                    at++;
                }
                else
                {
                    isQuoted = !isQuoted;
                }

                at++;
            }
            else if (backslashes == 0)
            {
                argument.Append(text[at++]);
            }
        }

        return argument.ToString();
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';
}
