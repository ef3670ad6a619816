namespace Hardening.Analyzers.Facts;

/// <summary>
/// A <c>lock</c> statement as it was written before there was one: <c>Monitor.Enter(gate); try { … } finally { Monitor.Exit(gate); }</c>.
/// The call may also be the first statement of the try.
/// </summary>
internal sealed class LockedTry(IInvocationOperation entering, IOperation held, ITryOperation tries)
{
    public IOperation Lock { get; } = held;

    /// <summary>The statement that takes the lock.</summary>
    public IOperation Entering => entering.Parent!;

    public ITryOperation Try { get; } = tries;

    /// <summary>All that runs under the lock.</summary>
    public IEnumerable<IOperation> Body => Try.Body.Operations.Where(statement => statement != Entering).Concat(Try.Catches);

    public IBlockOperation Finally => Try.Finally!;

    /// <summary>Null where the call is part of another shape, or where the finally does more than leave the lock.</summary>
    public static LockedTry? Of(IOperation operation, LockRegions regions)
    {
        if (operation is not IInvocationOperation { TargetMethod: { Name: "Enter" } method, Parent: IExpressionStatementOperation { Parent: IBlockOperation block } statement } call
            || !method.DeclaringSyntaxReferences.IsEmpty
            || regions.EnteredBy(call) is not { } held)
        {
            return null;
        }

        var index = block.Operations.IndexOf(statement);
        var tries = index + 1 < block.Operations.Length && block.Operations[index + 1] is ITryOperation next ? next
            : index == 0 ? block.Parent as ITryOperation
            : null;
        return tries?.Finally is { Operations: { Length: 1 } cleanup } && Leaves(cleanup[0], held, regions) ? new LockedTry(call, held, tries) : null;
    }

    // Exit(gate); if (taken) Exit(gate); if (taken) { Exit(gate); }
    private static bool Leaves(IOperation statement, IOperation held, LockRegions regions) => statement switch
    {
        IConditionalOperation { Condition: ILocalReferenceOperation, WhenTrue: var then, WhenFalse: null } => Leaves(then, held, regions),
        IBlockOperation { Operations: { Length: 1 } inner } => Leaves(inner[0], held, regions),
        IExpressionStatementOperation { Operation: IInvocationOperation { TargetMethod.Name: "Exit" } call } => regions.LeftBy(call) is { } left && LockRegions.AreSame(left, held),
        _ => false,
    };
}
