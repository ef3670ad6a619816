using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>A sequence of which the code shows that it has few elements.</summary>
internal static class FewItems
{
    // From a variable to its value, and on: in code that is not finished they can go round in a circle.
    private const int MostSteps = 4;

    /// <summary>A list written out that is longer is no longer written by hand.</summary>
    public const int Most = 16;

    public static bool Are(IOperation source, int most) => Are(source, most, MostSteps);

    private static bool Are(IOperation source, int most, int steps)
    {
        source = source.Unwrap();
        return source switch
        {
            _ when steps == 0 => false,
            _ when source.Syntax is CollectionExpressionSyntax { Elements: var elements } => elements.Count <= most && elements.All(element => element is ExpressionElementSyntax),
            IArrayCreationOperation { Initializer.ElementValues.Length: var length } => length <= most,
            IArrayInitializerOperation { ElementValues.Length: var length } => length <= most,
            IObjectCreationOperation { Initializer: { } items, Arguments.IsEmpty: true } => items.Initializers.Length <= most,
            IInvocationOperation { TargetMethod: { Name: "Range" or "Repeat", ContainingType.Name: "Enumerable" }, Arguments: { Length: 2 } range } => IsSmall(range[1].Value, most),
            IInvocationOperation { TargetMethod: { Name: "Take" or "TakeLast", ContainingType.Name: "Enumerable" }, Arguments: { Length: 2 } taken } => IsSmall(taken[1].Value, most),
            IInvocationOperation { TargetMethod.Name: "GetValues", TargetMethod.ContainingType.Name: "Enum" } => true,
            // A batch has as many as its author chose.
            ILocalReferenceOperation { Local: var local } when IsBatch(local, source) => true,
            IParameterReferenceOperation { Parameter: var parameter } when IsBatch(parameter, source) => true,
            IInvocationOperation { TargetMethod: { Name: "Select" or "Where" or "ToList" or "ToArray" or "AsEnumerable" or "Distinct" or "OrderBy", ContainingType.Name: "Enumerable" }, Arguments: { IsEmpty: false } all } =>
                Are(all[0].Value, most, steps - 1),
            ILocalReferenceOperation { Local: var local } when IsNeverFilled(local, source) && Initializers.Of(local, source) is { } initial => Are(initial, most, steps - 1),
            IFieldReferenceOperation { Field: { IsReadOnly: true, Type.TypeKind: TypeKind.Array } field } when Initializers.Of(field, source) is { } initial => Are(initial, most, steps - 1),
            _ => false,
        };
    }

    private static bool IsSmall(IOperation count, int most) => count.ConstantValue is { HasValue: true, Value: int number } && number <= most;

    private static bool IsNeverFilled(ILocalSymbol local, IOperation use) => References.Of(local, use).All(reference => reference.Parent switch
    {
        IInvocationOperation { TargetMethod.Name: "Add" or "AddRange" or "Enqueue" or "Push" or "Insert" } => false,
        IAssignmentOperation { Target: var target } => target != reference,
        _ => true,
    });

    // foreach (var batch in items.Chunk(10)), and the parameter of a lambda that is given such batches.
    private static bool IsBatch(ISymbol variable, IOperation use)
    {
        for (var parent = use.Parent; parent is not null; parent = parent.Parent)
        {
            switch (parent)
            {
                case IForEachLoopOperation loop when loop.Locals.Contains(variable, SymbolEqualityComparer.Default):
                    return IsCut(loop.Collection);
                case IAnonymousFunctionOperation { Symbol: var lambda } when SymbolEqualityComparer.Default.Equals(lambda, variable.ContainingSymbol):
                    return parent.Parent is IDelegateCreationOperation { Parent: IArgumentOperation { Parent: IInvocationOperation call } }
                        && call.Arguments.Any(argument => IsCut(argument.Value));
            }
        }

        return false;
    }

    private static bool IsCut(IOperation batches) =>
        batches.Unwrap() is IInvocationOperation { TargetMethod.Name: "Chunk" or "Batch" or "Buffer" or "ToBatches" or "Partition" or "ReadAllBatches" };
}
