using System.Globalization;

namespace Hardening.Benchmarks.Measuring;

/// <summary>What is wanted, and what was found.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Limit">The most that is allowed, or the least.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Format">How both are written, such as <c>0.00 x</c>.</param>
/// <param name="IsLeast">Whether more is better: what is measured must not be below the limit.</param>
internal sealed record Goal(string Name, double Limit, double Value, string Format, bool IsLeast = false)
{
    public bool IsMet => IsLeast ? Value >= Limit : Value <= Limit;

    public string LimitText => $"{(IsLeast ? "at least" : "at most")} {Limit.ToString(Format, CultureInfo.InvariantCulture)}";

    public string ValueText => Value.ToString(Format, CultureInfo.InvariantCulture);
}
