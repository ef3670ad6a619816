namespace Hardening.Camera;

/// <summary>Names of features that somebody may have meant.</summary>
internal static class FeatureNames
{
    private const int Most = 4;

    /// <summary>A continuation of a sentence that names what is similar; empty when nothing is.</summary>
    public static string Suggest(string asked, IEnumerable<string> names)
    {
        var similar = names
            .Select(name => (Name: name, Distance: Distance(asked, name)))
            .Where(candidate => candidate.Distance < int.MaxValue)
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(Most).Select(candidate => candidate.Name).ToArray();
        return similar.Length == 0 ? "" : $"; similar: {string.Join(", ", similar)}";
    }

    // Part of the other, or a third of its letters apart at most.
    private static int Distance(string asked, string name)
    {
        var (a, b) = (asked.ToUpperInvariant(), name.ToUpperInvariant());
        if (a.Length >= 3 && b.Length >= 3 && (a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal)))
        {
            return Math.Abs(a.Length - b.Length);
        }

        var edits = Edits(a, b);
        return edits <= Math.Max(a.Length, b.Length) / 3 ? edits : int.MaxValue;
    }

    // Levenshtein's distance, one row at a time.
    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
