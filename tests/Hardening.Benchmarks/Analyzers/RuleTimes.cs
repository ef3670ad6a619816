using System.Globalization;
using System.Text.RegularExpressions;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>What the compiler says that each of our rules took (<c>/reportanalyzer</c>), in seconds.</summary>
internal sealed partial class RuleTimes
{
    private readonly List<Dictionary<string, double>> _runs = [];

    public IEnumerable<string> Rules => _runs.SelectMany(run => run.Keys).Where(id => id != EmptyRule.Id).Distinct().Order(StringComparer.Ordinal);

    /// <summary>What the compiler does for the first rule that asks for anything, whatever rule that is; it is the empty one.</summary>
    public double First => Seconds(EmptyRule.Id);

    /// <summary>All rules together: the sum of the medians, so that the shares add up.</summary>
    public double Total => Rules.Sum(Seconds);

    public double Seconds(string rule) => Measuring.Series.Median(_runs.Select(run => run.GetValueOrDefault(rule)));

    /// <summary>Adds what one run of the compiler has printed.</summary>
    public void Add(string output) => _runs.Add(
        Line().Matches(output).ToDictionary(match => match.Groups["id"].Value, match => double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture)));

    // "   0.086   43      Hardening.Analyzers.Camera.HRD4002NativeImageNeverDisposedAnalyzer (HRD4002)"; less than a millisecond is "<0.001".
    [GeneratedRegex(@"^ *<?(?<seconds>[0-9.]+) +<?\d+ +[\w.]+ \((?<id>HRD\d+|EMPTY1)[^)]*\)", RegexOptions.Multiline)]
    private static partial Regex Line();
}
