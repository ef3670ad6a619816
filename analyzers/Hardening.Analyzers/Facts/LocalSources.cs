namespace Hardening.Analyzers.Facts;

/// <summary>Where the values of a local come from: what it is declared with or assigned, the collection that a loop walks, the call that fills it.</summary>
internal static class LocalSources
{
    public static IEnumerable<IOperation> Of(ILocalSymbol local, IOperation use)
    {
        foreach (var operation in use.Root().Descendants())
        {
            var source = operation switch
            {
                IVariableDeclaratorOperation declarator when Is(declarator.Symbol) => declarator.GetVariableInitializer()?.Value ?? Walked(declarator),
                IDeclarationPatternOperation { DeclaredSymbol: { } declared } when Is(declared) => Matched(operation),
                IRecursivePatternOperation { DeclaredSymbol: { } declared } when Is(declared) => Matched(operation),
                ILocalReferenceOperation reference when Is(reference.Local) => Assigned(reference),
                _ => null,
            };
            if (source is not null)
            {
                yield return source;
            }
        }

        bool Is(ISymbol declared) => SymbolEqualityComparer.Default.Equals(declared, local);
    }

    private static IOperation? Walked(IOperation declared)
    {
        for (var parent = declared.Parent; parent is ITupleOperation or IDeclarationExpressionOperation or IForEachLoopOperation; parent = parent.Parent)
        {
            if (parent is IForEachLoopOperation loop)
            {
                return loop.Collection;
            }
        }

        return null;
    }

    private static IOperation? Assigned(IOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment when assignment.Target == reference => assignment.Value,
        IDeclarationExpressionOperation { Parent: IArgumentOperation { Parent: IInvocationOperation call } } => call,
        IArgumentOperation { Parameter.RefKind: RefKind.Out, Parent: IInvocationOperation call } => call,
        ITupleOperation or IDeclarationExpressionOperation => Walked(reference),
        _ => null,
    };

    private static IOperation? Matched(IOperation pattern)
    {
        for (var parent = pattern.Parent; parent is IPatternOperation or IIsPatternOperation; parent = parent.Parent)
        {
            if (parent is IIsPatternOperation { Value: var value })
            {
                return value;
            }
        }

        return null;
    }
}
