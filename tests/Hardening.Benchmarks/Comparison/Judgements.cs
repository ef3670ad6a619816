using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Comparison;

/// <summary>How close another rule is to one of ours.</summary>
internal enum Closeness
{
    /// <summary>It has another subject: style, naming, another mistake of the example.</summary>
    Other,

    /// <summary>It points at the place for another reason, or at a part of the mistake.</summary>
    Near,

    /// <summary>It reports the mistake.</summary>
    Same,
}

/// <summary>
/// What people have judged: whether two rules mean the same cannot be measured. Each line is
/// <c>HRD3001 IDISP004 same</c>, <c>HRD3001 S4036 near why</c>, or <c>* CA1050 other</c> for a rule that is about something else wherever it speaks.
/// What a run reports and no line judges stops it.
/// </summary>
internal sealed class Judgements
{
    private const string AnyRule = "*";

    private readonly Dictionary<(string Rule, string Id), Closeness> _all = [];

    public static Judgements Load(string path)
    {
        var judgements = new Judgements();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            var words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            if (words.Length < 3 || !Enum.TryParse<Closeness>(words[2], ignoreCase: true, out var closeness) || !judgements._all.TryAdd((words[0], words[1]), closeness))
            {
                throw new BenchmarkException($"'{path}', line {index + 1}: must be one of our ids or *, an id of others, and same, near or other, each pair once; found '{line}'", isBadInput: true);
            }
        }

        return judgements;
    }

    /// <summary>Null when nobody has judged it.</summary>
    public Closeness? Of(string rule, string id) =>
        _all.TryGetValue((rule, id), out var judged) || _all.TryGetValue((AnyRule, id), out judged) ? judged : null;
}
