using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>What a condition says about the frame of one grab.</summary>
internal sealed class FrameTest(Grab grab)
{
    private readonly ISymbol? _taken = GrabOutcome.Holder(grab.Call);

    private readonly ISymbol? _frame = grab.Result == GrabResult.Success ? grab.Image is { } image ? FrameChecks.Variable(image) : null : GrabOutcome.Holder(grab.Call);

    /// <summary>True: without a frame the condition is false. False: without a frame it is true. Null: it says nothing about it, or not only.</summary>
    public bool? TrueWhen(IOperation condition)
    {
        condition = condition.Unwrap();
        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Operand: var operand }:
                return !TrueWhen(operand);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either:
                return TrueWhen(either.LeftOperand) == false || TrueWhen(either.RightOperand) == false ? false : null;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both:
                return TrueWhen(both.LeftOperand) == true || TrueWhen(both.RightOperand) == true ? true : null;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } compared:
                return Compare(compared.LeftOperand, compared.RightOperand.Unwrap().ConstantValue, compared.OperatorKind == BinaryOperatorKind.Equals);
            case IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation constant } } negated:
                return Compare(negated.Value, constant.Value.Unwrap().ConstantValue, isEqual: false);
            case IIsPatternOperation { Pattern: IConstantPatternOperation constant } same:
                return Compare(same.Value, constant.Value.Unwrap().ConstantValue, isEqual: true);
            case IIsPatternOperation { Pattern: IRecursivePatternOperation } matched when IsFrame(matched.Value):
                return true;
            case IInvocationOperation { TargetMethod.Name: "Empty", Instance: { } frame } when IsFrame(frame):
            case IPropertyReferenceOperation { Property.Name: "IsEmpty", Instance: { } other } when IsFrame(other):
                return false;
            // After Grab, Retrieve tells.
            case IInvocationOperation { TargetMethod.Name: "Retrieve" } retrieve when grab.Call.TargetMethod.Name == "Grab"
                && Grab.SourceOf(retrieve) is { } source && grab.Source is { } own && FrameChecks.Are(FrameChecks.Variable(own), source):
                return true;
            default:
                return grab.Result == GrabResult.Success && IsResult(condition) ? true : null;
        }
    }

    // grab == false, frame == null, frame.Rows == 0
    private bool? Compare(IOperation value, Optional<object?> constant, bool isEqual)
    {
        value = value.Unwrap();
        return constant switch
        {
            { HasValue: true, Value: bool wanted } when TrueWhen(value) is { } when => when == wanted == isEqual,
            { HasValue: true, Value: null } when IsFrame(value) => !isEqual,
            { HasValue: true, Value: 0 } when value is IPropertyReferenceOperation { Instance: { } frame } && IsFrame(frame) => !isEqual,
            _ => null,
        };
    }

    private bool IsResult(IOperation value) => value == grab.Call || GrabOutcome.Whole(grab.Call) == value || value is ILocalReferenceOperation or IMemberReferenceOperation && FrameChecks.Are(_taken, value);

    private bool IsFrame(IOperation value) =>
        grab.Result == GrabResult.Frame && (value.Unwrap() == grab.Call || value.Unwrap() is ISimpleAssignmentOperation { Value: var assigned } && assigned.Unwrap() == grab.Call)
        || FrameChecks.Are(_frame, value);
}
