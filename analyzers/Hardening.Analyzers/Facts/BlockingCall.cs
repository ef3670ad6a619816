namespace Hardening.Analyzers.Facts;

/// <summary>How an operation keeps its thread: it waits, or works for long, itself or through calls.</summary>
internal sealed class BlockingCall(string name, bool isWait, bool isHeavy = false)
{
    /// <summary>As a message names it: <c>Thread.Sleep</c>, or through calls <c>Save → File.WriteAllText</c>.</summary>
    public string Name { get; } = name;

    /// <summary>It only waits; it does no work that could need the lock.</summary>
    public bool IsWait { get; } = isWait;

    /// <summary>It does not wait, it computes.</summary>
    public bool IsHeavy { get; } = isHeavy;

    /// <summary>The calls between the caller and what blocks.</summary>
    public int Depth { get; init; }

    /// <summary>What blocks in the end, where that is behind a call.</summary>
    public Location? At { get; init; }

    /// <summary>The locks that it gives up while it blocks, or takes itself around what blocks: for these it is reported there, or not at all.</summary>
    public ImmutableArray<ISymbol> Spared { get; init; } = ImmutableArray<ISymbol>.Empty;

    /// <summary>The same, seen from a method that calls <paramref name="callee"/>.</summary>
    public BlockingCall Through(IMethodSymbol callee, ImmutableArray<ISymbol> sparedByCaller) => new($"{Names.Of(callee)} → {Name}", IsWait, IsHeavy)
    {
        Depth = Depth + 1,
        At = At,
        Spared = sparedByCaller.IsEmpty ? Spared : Spared.AddRange(sparedByCaller),
    };

    /// <summary>Nobody who asks can tell them apart, but for the path.</summary>
    public bool IsLike(BlockingCall other) =>
        IsWait == other.IsWait && IsHeavy == other.IsHeavy && Spared.Length == other.Spared.Length && Spared.All(lockObject => other.Spared.Contains(lockObject, SymbolEqualityComparer.Default));
}
