using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Pool;

/// <summary>What is wanted of ours.</summary>
internal static class PoolGoals
{
    public static IReadOnlyList<Goal> Of(IReadOnlyList<PoolFigures> figures) => [];
}
