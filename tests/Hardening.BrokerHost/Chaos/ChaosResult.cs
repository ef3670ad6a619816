namespace Hardening.BrokerHost.Chaos;

/// <summary>Its answer.</summary>
/// <param name="Number">Of the request.</param>
/// <param name="Value">Follows from the number alone.</param>
/// <param name="WorkerId">The process that did it.</param>
public sealed record ChaosResult(int Number, long Value, int WorkerId)
{
    /// <summary>The right answer to the request with this number.</summary>
    public static long ValueOf(int number)
    {
        var mixed = unchecked((ulong)number * 0x9E3779B97F4A7C15); // each number another one, and none that a mistake would give
        return (long)(mixed ^ (mixed >> 29));
    }
}
