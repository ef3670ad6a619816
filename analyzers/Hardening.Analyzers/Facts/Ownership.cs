namespace Hardening.Analyzers.Facts;

/// <summary>What a method does with a value that someone has to end.</summary>
internal enum Fate
{
    /// <summary>No variable ever holds it, so nobody can end it.</summary>
    Dropped,

    /// <summary>A local holds it, every use can be seen, and none ends it.</summary>
    Kept,

    /// <summary>Some path ends it (<c>using</c>, Dispose, Close).</summary>
    Ended,

    /// <summary>It is returned, stored, or passed to code that may take it over.</summary>
    Escaped,
}

/// <summary>
/// Who ends an object: follows a new value through the expression, the locals and the lambdas of its method.
/// A value that leaves the method has escaped, and a rule that says "never ended" is then silent.
/// </summary>
/// <param name="owns">The types whose values are followed; sequences of them are followed too.</param>
/// <param name="borrows">Methods that use an argument (or an operand) and leave it to the caller to end it.</param>
internal sealed class Ownership(Func<ITypeSymbol, bool> owns, Func<IMethodSymbol, bool> borrows)
{
    public Holding Follow(IOperation created)
    {
        var follower = new ValueFollower(owns, borrows, created);
        follower.Value(created);
        return new Holding(
            follower.Ends.Count > 0 ? Fate.Ended : follower.HasEscaped ? Fate.Escaped : follower.Locals.Count > 0 ? Fate.Kept : Fate.Dropped,
            follower.HasEscaped,
            follower.Locals,
            follower.Uses,
            follower.Ends);
    }
}

/// <summary>What was found out about one value.</summary>
/// <param name="fate">What the method does with the value.</param>
/// <param name="hasEscaped">Other code may hold the value too, whoever ends it.</param>
/// <param name="locals">The locals that hold it, the first one first.</param>
/// <param name="uses">The expressions whose value it is, where a member of it is used or where it is lent.</param>
/// <param name="ends">Where it is ended.</param>
internal readonly struct Holding(Fate fate, bool hasEscaped, IReadOnlyList<ISymbol> locals, IReadOnlyList<IOperation> uses, IReadOnlyList<IOperation> ends)
{
    public Fate Fate { get; } = fate;

    /// <summary>Nobody ends it, and nobody else can.</summary>
    public bool IsLost => Fate is Fate.Dropped or Fate.Kept;

    public bool HasEscaped { get; } = hasEscaped;

    public IReadOnlyList<ISymbol> Locals { get; } = locals;

    public IReadOnlyList<IOperation> Uses { get; } = uses;

    public IReadOnlyList<IOperation> Ends { get; } = ends;

    public ISymbol? Local => Locals.Count > 0 ? Locals[0] : null;
}
