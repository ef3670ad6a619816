using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Whether code looks if a frame is one: asks it for its pixels or its status, compares it with null, or hands it to a method that does.</summary>
internal static class FrameChecks
{
    private const int MostCalls = 2;

    /// <summary>The variable behind an expression: of an element, its collection.</summary>
    public static ISymbol? Variable(IOperation expression) => Grab.Bare(expression) switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IArrayElementReferenceOperation element => Variable(element.ArrayReference),
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } collection } => Variable(collection),
        IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member => member.Member.OriginalDefinition,
        ISimpleAssignmentOperation assignment => Variable(assignment.Target),
        _ => null,
    };

    public static bool Are(ISymbol? variable, IOperation expression) => variable is not null && SymbolEqualityComparer.Default.Equals(Variable(expression), variable);

    /// <summary>Some of the operations look at the frame that the variable holds.</summary>
    public static bool IsChecked(ISymbol frame, IEnumerable<IOperation> operations, CallGraph graph) => IsChecked(frame, operations, graph, MostCalls);

    /// <summary>The value is looked at where it stands.</summary>
    public static bool IsLookedAt(IOperation value, CallGraph graph) => IsLookedAt(value, graph, MostCalls);

    private static bool IsChecked(ISymbol frame, IEnumerable<IOperation> operations, CallGraph graph, int calls)
    {
        foreach (var operation in operations)
        {
            if (operation is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation
                && Are(frame, operation) && IsLookedAt(operation, graph, calls))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLookedAt(IOperation value, CallGraph graph, int calls)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation or IArrayElementReferenceOperation
            || value.Parent is IPropertyReferenceOperation { Property.IsIndexer: true } indexer && indexer.Instance == value
            || value.Parent is ISimpleAssignmentOperation assignment && assignment.Target == value)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IInvocationOperation call when call.Instance == value => IsQuestion(call.TargetMethod.Name) || IsMeasure(call.TargetMethod.Name) && IsCompared(call),
            IPropertyReferenceOperation property when property.Instance == value => IsQuestion(property.Property.Name) || IsMeasure(property.Property.Name) && IsCompared(property),
            IConditionalAccessOperation access => access.Operation == value,
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } or IIsPatternOperation or IIsTypeOperation or ICoalesceOperation or ICoalesceAssignmentOperation => true,
            ISwitchExpressionOperation or ISwitchOperation => true,
            IArgumentOperation { Parent: IInvocationOperation call } argument => IsLookedAtBy(call, argument, graph, calls),
            _ => false,
        };
    }

    private static bool IsLookedAtBy(IInvocationOperation call, IArgumentOperation argument, CallGraph graph, int calls) =>
        IsQuestion(call.TargetMethod.Name) && call.TargetMethod.ReturnType.SpecialType == SpecialType.System_Boolean
        || calls > 0
            && argument.Parameter is { Ordinal: var ordinal }
            && (call.TargetMethod.ReducedFrom ?? call.TargetMethod).OriginalDefinition is var target
            && ordinal < target.Parameters.Length
            && Bodies.Of(target, graph) is { } body
            && IsChecked(target.Parameters[ordinal], body.Descendants(), graph, calls - 1);

    // Empty, IsEmpty, IsNullOrEmpty, GrabSucceeded, IsValid, IsIncomplete, ImageStatus, GetStatus …
    private static bool IsQuestion(string name) => Has(name, "Empty") || Has(name, "Valid") || Has(name, "Succeeded") || Has(name, "Incomplete") || Has(name, "Status") || Has(name, "Error");

    private static bool IsMeasure(string name) => name is "Rows" or "Cols" or "Width" or "Height" or "Data" or "DataPointer" or "Total" or "Size" or "NumberOfChannels" or "Ptr" or "CvPtr";

    private static bool IsCompared(IOperation value)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation or IInvocationOperation or IPropertyReferenceOperation)
        {
            value = value.Parent;
        }

        return value.Parent is IBinaryOperation
        {
            OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual
                or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual,
        } or IIsPatternOperation;
    }

    private static bool Has(string name, string word) => name.IndexOf(word, StringComparison.Ordinal) >= 0;
}
