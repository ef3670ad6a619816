namespace Hardening.Analyzers.Facts;

/// <summary>A local that has one value for all its life: which, and whether the code around it is all that sees the object.</summary>
internal readonly struct LocalLife(IOperation value, bool isPrivate)
{
    public IOperation Value { get; } = value;

    public bool IsPrivate { get; } = isPrivate;

    /// <summary>Null when the local is assigned more than once, or not by its declaration.</summary>
    public static LocalLife? Of(ILocalSymbol local, IOperation use, ISymbol owner)
    {
        IOperation? value = null;
        var isPrivate = true;
        foreach (var operation in use.Root().DescendantsAndSelf())
        {
            if (operation is IVariableDeclaratorOperation declarator && SymbolEqualityComparer.Default.Equals(declarator.Symbol, local))
            {
                value = declarator.GetVariableInitializer()?.Value;
            }
            else if (operation is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local))
            {
                if (IsWrite(reference))
                {
                    return null;
                }

                isPrivate &= StaysHere(reference) && SymbolEqualityComparer.Default.Equals(FunctionOf(reference, owner), local.ContainingSymbol);
            }
        }

        return value is null || local.IsRef ? null : new LocalLife(value, isPrivate && KeepsToItself(value.Type));
    }

    private static bool IsWrite(ILocalReferenceOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference,
        IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.IsRef: true } } => true,
        IAddressOfOperation => true,
        _ => false,
    };

    // Locked, called upon, walked or compared: none of these hands the object to other code.
    private static bool StaysHere(IOperation reference)
    {
        var user = reference.Parent;
        while (user is IConversionOperation { OperatorMethod: null })
        {
            (reference, user) = (user, user.Parent);
        }

        return user switch
        {
            ILockOperation or IForEachLoopOperation or IBinaryOperation or INameOfOperation or IExpressionStatementOperation => true,
            IInvocationOperation call => call.Instance == reference,
            IMemberReferenceOperation and not IMethodReferenceOperation => true,
            IArrayElementReferenceOperation => true,
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod.ContainingType: { Name: "Monitor", ContainingNamespace.Name: "Threading" } } } => true,
            _ => false,
        };
    }

    // Other types can publish themselves from their constructor or from any method.
    private static bool KeepsToItself(ITypeSymbol? type) =>
        type is IArrayTypeSymbol or { SpecialType: SpecialType.System_Object }
        || type?.ContainingNamespace?.ToDisplayString() is "System.Collections" or "System.Collections.Generic"
        || type is { Name: "Lock", ContainingNamespace.Name: "Threading" };

    private static ISymbol FunctionOf(IOperation operation, ISymbol owner) => operation.Function() switch
    {
        IAnonymousFunctionOperation lambda => lambda.Symbol,
        ILocalFunctionOperation local => local.Symbol,
        _ => owner,
    };
}
