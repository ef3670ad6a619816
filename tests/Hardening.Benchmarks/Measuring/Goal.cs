using System.Globalization;

namespace Hardening.Benchmarks.Measuring;

/// <summary>What is wanted, and what was found.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Limit">The most that is allowed.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Format">How both are written, such as <c>0.00 x</c>.</param>
internal sealed record Goal(string Name, double Limit, double Value, string Format)
{
    public bool IsMet => Value <= Limit;

    public string LimitText => Limit.ToString(Format, CultureInfo.InvariantCulture);

    public string ValueText => Value.ToString(Format, CultureInfo.InvariantCulture);
}
