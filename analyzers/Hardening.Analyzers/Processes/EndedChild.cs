using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>Whether the child has surely ended, or been killed, when an operation begins.</summary>
internal static class EndedChild
{
    /// <summary>
    /// What is waited for has been waited for already, or the child was killed. A plain <c>WaitForExit()</c> then only waits for the last lines of its output.
    /// What was asked to end without being killed is HRD3008's matter.
    /// </summary>
    public static bool IsEndedBefore(IOperation wait, ChildHistory child) => child.Before(wait).Any(use => use.Kind switch
    {
        ChildUseKind.Kill or ChildUseKind.KillTree or ChildUseKind.AskToEnd => true,
        ChildUseKind.Wait when use.At is IInvocationOperation earlier => earlier.TargetMethod.ReturnType.SpecialType != SpecialType.System_Boolean || ChildUses.LimitOf(earlier) == WaitLimit.None || IsYes(use, wait),
        ChildUseKind.AskIfEnded => IsYes(use, wait),
        _ => false,
    });

    // What a helper makes of the answer cannot be seen.
    private static bool IsYes(ChildUse question, IOperation wait) => question.IsInHelper || IsTrueAt(question.At, wait);

    /// <summary>The operation is reached only when the answer was yes; in doubt it is.</summary>
    public static bool IsTrueAt(IOperation question, IOperation operation)
    {
        var isYes = true;
        for (var value = question; ; value = value.Parent!)
        {
            switch (value.Parent)
            {
                case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not }:
                    isYes = !isYes;
                    break;
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } compared:
                    var other = compared.LeftOperand == value ? compared.RightOperand : compared.LeftOperand;
                    isYes ^= other.Unwrap().ConstantValue.Value is bool isWanted && isWanted != (compared.OperatorKind == BinaryOperatorKind.Equals);
                    break;
                case IIsPatternOperation { Pattern: IConstantPatternOperation { Value.ConstantValue.Value: bool wanted } }:
                    isYes ^= !wanted;
                    break;
                case IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation or ICoalesceOperation
                    or IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr }:
                    break;
                case IConditionalOperation branch when branch.Condition == value:
                    var (then, otherwise) = isYes ? (branch.WhenTrue, branch.WhenFalse) : (branch.WhenFalse, branch.WhenTrue);
                    return StatementOrder.Contains(then, operation)
                        || !StatementOrder.Contains(otherwise, operation) && StatementOrder.Leaves(otherwise);
                case IWhileLoopOperation { Body: var body }:
                    return isYes == StatementOrder.Contains(body, operation);
                case IForLoopOperation { Body: var body }:
                    return isYes == StatementOrder.Contains(body, operation);
                case IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation } or null:
                    return false;
                default:
                    return true;
            }
        }
    }
}
