namespace Hardening.Analyzers.Facts;

/// <summary>A lock that a method takes and waits for as long as it must, itself or through calls.</summary>
internal sealed class TakenLock(ISymbol identity, Location at, string path, int depth)
{
    /// <summary>See <see cref="LockRegions.Identity"/>.</summary>
    public ISymbol Lock { get; } = identity;

    public Location At { get; } = at;

    /// <summary>The calls that lead there: <c>Save → Write → </c>; empty where there are none.</summary>
    public string Path { get; } = path;

    public int Depth { get; } = depth;

    public TakenLock Through(IMethodSymbol callee) => new(Lock, At, $"{Names.Of(callee)} → {Path}", Depth + 1);
}
