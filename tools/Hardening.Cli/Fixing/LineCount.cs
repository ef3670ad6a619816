using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Fixing;

/// <summary>How many lines a change adds and removes. A line that only moves is neither.</summary>
internal static class LineCount
{
    public static (int Added, int Removed) Of(SourceText old, SourceText changed)
    {
        Dictionary<string, int> surplus = new(StringComparer.Ordinal);
        foreach (var line in changed.Lines)
        {
            var text = line.ToString();
            surplus[text] = surplus.GetValueOrDefault(text) + 1;
        }

        foreach (var line in old.Lines)
        {
            var text = line.ToString();
            surplus[text] = surplus.GetValueOrDefault(text) - 1;
        }

        return (surplus.Values.Where(count => count > 0).Sum(), -surplus.Values.Where(count => count < 0).Sum());
    }
}
