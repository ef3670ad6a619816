using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

internal sealed partial class FrameWork
{
    // In the order of running. What comes before the frame is handed on prepares it; what is done in a branch is handed on there, or not for each frame.
    private void Walk(IOperation operation, FrameTest? test, bool isLoop, int calls, ref WorkDone done)
    {
        switch (operation)
        {
            case IAnonymousFunctionOperation or ILocalFunctionOperation or ICatchClauseOperation:
            case ISwitchOperation { Value: var value } when IsOfKey(value):
                return;
            case IConditionalOperation { Type: null } choice:
                Walk(choice.Condition, test, isLoop, calls, ref done);
                if (!IsOfKey(choice.Condition))
                {
                    var isFrame = test?.TrueWhen(choice.Condition);
                    Branch(choice.WhenTrue, isFrame, ref done);
                    if (choice.WhenFalse is { } otherwise)
                    {
                        Branch(otherwise, !isFrame, ref done);
                    }

                    void Branch(IOperation branch, bool? hasFrame, ref WorkDone outer)
                    {
                        if (hasFrame == false || Leaves(branch, isLoop && test is not null))
                        {
                            return;
                        }

                        var inner = hasFrame == true || IsOfRoom(choice.Condition) ? outer : default;
                        Walk(branch, test, isLoop, calls, ref inner);
                        outer = hasFrame == true || IsOfRoom(choice.Condition) ? inner : outer.And(new WorkDone(inner.Work, inner.Preparation, inner.Shows, handsOn: false));
                    }
                }

                return;
            default:
                foreach (var child in operation.ChildOperations)
                {
                    Walk(child, test, isLoop, calls, ref done);
                }

                var own = Of(operation, calls);
                done = own.HandsOn ? new WorkDone(own.Work, own.Preparation, done.Shows || own.Shows, handsOn: true) : done.And(own);
                return;
        }
    }

    // What is done on the way out is done once. Behind a call, what follows a frame that is missing is known by its continue alone.
    private static bool Leaves(IOperation statement, bool goesOn) => statement switch
    {
        IBranchOperation { BranchKind: BranchKind.Break or BranchKind.GoTo } or IReturnOperation or IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation } => true,
        IBranchOperation { BranchKind: BranchKind.Continue } => !goesOn,
        IBlockOperation { Operations: { IsEmpty: false } all } => Leaves(all[all.Length - 1], goesOn),
        _ => false,
    };

    // if (key == 's') Save(frame): at the pace of a hand.
    private static bool IsOfKey(IOperation condition) => condition.DescendantsAndSelf().Any(part =>
        IsKey(part) || part is ILocalReferenceOperation { Local: var local } && LocalSources.Of(local, part).Any(source => source.DescendantsAndSelf().Any(IsKey)));

    private static bool IsKey(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: "WaitKey" or "WaitKeyEx" or "PollKey" or "ReadKey" } or IPropertyReferenceOperation { Property: { Name: "KeyAvailable", ContainingType.Name: "Console" } };

    // if (queue.Count < 4) queue.Enqueue(frame)
    private static bool IsOfRoom(IOperation condition) =>
        condition.DescendantsAndSelf().Any(part => part is IPropertyReferenceOperation { Property.Name: "Count" or "CurrentCount" or "IsFull" or "IsAddingCompleted" or "IsCompleted" });
}
