using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Camera;

/// <summary>An array that could as well be rented: whether its uses bear a longer one, with what its last user left in it.</summary>
internal sealed class RentedArray(ILocalSymbol local, IOperation made, ExpressionSyntax size)
{
    private static readonly ImmutableHashSet<string> Readers = ["Read", "ReadAsync", "ReadExactly", "ReadExactlyAsync", "Write", "WriteAsync", "Copy", "BlockCopy", "AsSpan"];

    /// <summary>The number of its elements, as it is written.</summary>
    public static ExpressionSyntax? SizeOf(IOperation made) => made switch
    {
        IArrayCreationOperation { DimensionSizes: { Length: 1 } sizes } => Unconverted(sizes[0]),
        IInvocationOperation { TargetMethod.Name: "AllocateUninitializedArray", Arguments: { Length: >= 1 } arguments } call
            when arguments.Skip(1).All(argument => argument.ArgumentKind == ArgumentKind.DefaultValue) && call.Arguments[0].Parameter?.Ordinal == 0 => Unconverted(arguments[0].Value),
        _ => null,
    };

    /// <summary>Nothing of the array leaves the block, and the first statement that uses it fills it.</summary>
    public bool IsRightFor(BlockSyntax block, StatementSyntax declaration)
    {
        var function = made.Function();
        var uses = References.Of(local, made).ToList();
        return uses.Count > 0
            && uses.TrueForAll(use => use.Function() == function && IsOfSaidLength(use))
            && IsSizeKept(function)
            && (made is IInvocationOperation || IsFilledBy(uses[0]) && uses[0].Syntax.FirstAncestorOrSelf<StatementSyntax>() is ExpressionStatementSyntax fill && fill.Parent == block && fill.SpanStart > declaration.SpanStart);
    }

    // Nothing that the size is made of is written again.
    private bool IsSizeKept(IOperation function) => made.Descendants().All(part =>
    {
        ISymbol? variable = part switch
        {
            ILocalReferenceOperation { Local: var used } => used,
            IParameterReferenceOperation { Parameter: var used } => used,
            _ => null,
        };
        return variable is null || References.Of(variable, function).All(use => use.Syntax.SpanStart <= made.Syntax.SpanStart || !IsWritten(use));
    });

    private static bool IsWritten(IOperation use) => use.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == use,
        IIncrementOrDecrementOperation => true,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => true,
        _ => false,
    };

    // Marshal.Copy(pointer, buffer, 0, n), stream.Write(buffer, 0, n), buffer.AsSpan(0, n), buffer[i]
    private bool IsOfSaidLength(IOperation use)
    {
        var value = use;
        while (value.Parent is IConversionOperation { OperatorMethod: null, Type: IArrayTypeSymbol or INamedTypeSymbol { Name: "Array" } })
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IArrayElementReferenceOperation { ArrayReference: var array } element => array == value && element.Indices.All(index => !index.Type!.Name.Contains("Index") && !index.Type.Name.Contains("Range")),
            IArgumentOperation { Parent: IInvocationOperation call } => IsCallOfSaidLength(call) && IsDoneWithIt(call),
            _ => false,
        };
    }

    private bool IsCallOfSaidLength(IInvocationOperation call) =>
        Readers.Contains(call.TargetMethod.Name)
        && call.TargetMethod.ContainingNamespace.ToDisplayString() is var space && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal))
        && call.Arguments.Any(argument => argument.ArgumentKind == ArgumentKind.Explicit && SyntaxFactory.AreEquivalent(Unconverted(argument.Value), size));

    // A span goes no further than its block; a task may.
    private static bool IsDoneWithIt(IInvocationOperation call) => call.TargetMethod.Name switch
    {
        "AsSpan" => call.Parent is not IReturnOperation,
        var name when name.EndsWith("Async", StringComparison.Ordinal) => IsAwaited(call),
        _ => true,
    };

    private static bool IsAwaited(IOperation call) =>
        call.Parent is IAwaitOperation || call.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Parent: IAwaitOperation };

    // All of it: from the start, as many as the array was made with.
    private static bool IsFilledBy(IOperation use)
    {
        var value = use;
        while (value.Parent is IConversionOperation)
        {
            value = value.Parent;
        }

        return value.Parent is IArgumentOperation { Parameter: { } parameter, Parent: IInvocationOperation call } && (call.TargetMethod.ContainingType.Name, call.TargetMethod.Name) switch
        {
            ("Marshal", "Copy") => parameter.Name == "destination" && IsZero(call, "startIndex"),
            ("Buffer", "BlockCopy") => parameter.Name == "dst" && IsZero(call, "dstOffset") && use.Type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte },
            ("Array", "Copy") => parameter.Name == "destinationArray" && call.Arguments.Length == 3 || parameter.Name == "destinationArray" && IsZero(call, "destinationIndex"),
            (_, "ReadExactly" or "ReadExactlyAsync") => IsZero(call, "offset"),
            _ => false,
        };
    }

    private static bool IsZero(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value.ConstantValue is { HasValue: true, Value: 0 };

    private static ExpressionSyntax Unconverted(IOperation value)
    {
        while (value is IConversionOperation { IsImplicit: true } conversion)
        {
            value = conversion.Operand;
        }

        var written = (ExpressionSyntax)value.Syntax;
        while (written is ParenthesizedExpressionSyntax { Expression: var inner })
        {
            written = inner;
        }

        return written;
    }
}
