using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>A loop that grabs again at once when there was no frame: once the camera is gone it takes a core, and nobody reconnects.</summary>
internal sealed class GrabSpin
{
    private GrabSpin(ILoopOperation loop, IConditionalOperation? choice, IOperation? withoutFrame) => (Loop, Choice, WithoutFrame) = (loop, choice, withoutFrame);

    public ILoopOperation Loop { get; }

    /// <summary>What decides; null where the loop itself asks: <c>while (!camera.Read(frame)) { }</c>.</summary>
    public IConditionalOperation? Choice { get; }

    /// <summary>What is done without a frame; null where there is nothing.</summary>
    public IOperation? WithoutFrame { get; }

    public static GrabSpin? Of(GrabOutcome outcome, Captures captures, CompilationFacts facts)
    {
        var loop = outcome.Loop;
        if (loop is not (IWhileLoopOperation or IForLoopOperation) || GrabOutcome.IsCounted(loop))
        {
            return null;
        }

        var test = new FrameTest(outcome.Grab);
        if (loop is IWhileLoopOperation { Condition: { } condition } && test.TrueWhen(condition) == false)
        {
            return PausesWithout(loop, withFrame: null, isLeftEarly: false, choice: null, withoutFrame: loop.Body, captures, facts) ? null : new GrabSpin(loop, choice: null, loop.Body);
        }

        foreach (var operation in loop.Body.DescendantsInFunction())
        {
            if (operation is IConditionalOperation { Type: null } choice
                && GrabOutcome.LoopThatRepeats(choice) == loop
                && (choice.Syntax.Span.Contains(outcome.Grab.Call.Syntax.Span) || choice.Syntax.SpanStart > outcome.Grab.Call.Syntax.SpanStart)
                && test.TrueWhen(choice.Condition) is { } isFrame)
            {
                var (with, without) = isFrame ? (choice.WhenTrue, choice.WhenFalse) : (choice.WhenFalse, choice.WhenTrue);
                return PausesWithout(loop, with, EndsInContinue(without), choice, without, captures, facts) ? null : new GrabSpin(loop, choice, without);
            }
        }

        return null;
    }

    public static bool EndsInContinue(IOperation? statement) => statement switch
    {
        IBranchOperation { BranchKind: BranchKind.Continue } => true,
        IBlockOperation { Operations: { IsEmpty: false } all } => EndsInContinue(all[all.Length - 1]),
        _ => false,
    };

    // Whether a round without a frame waits for anything, leaves the loop, or does what cannot be seen.
    private static bool PausesWithout(
        ILoopOperation loop, IOperation? withFrame, bool isLeftEarly, IConditionalOperation? choice, IOperation? withoutFrame, Captures captures, CompilationFacts facts)
    {
        var written = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var operation in withoutFrame?.DescendantsInFunction() ?? [])
        {
            if (operation is IBranchOperation { BranchKind: BranchKind.Break or BranchKind.GoTo } or IReturnOperation or IThrowOperation
                || operation is IInvocationOperation call && !IsPassive(call, captures, facts)
                || operation is IObjectCreationOperation creation && captures.IsCreation(creation))
            {
                return true;
            }

            if (Written(operation) is { } target && FrameChecks.Variable(target) is { } variable)
            {
                written.Add(variable);
            }
        }

        foreach (var operation in loop.DescendantsInFunction())
        {
            if (withFrame?.Syntax.Span.Contains(operation.Syntax.Span) == true
                || isLeftEarly && choice is not null && operation.Syntax.SpanStart > choice.Syntax.Span.End)
            {
                continue;
            }

            if (operation is IAwaitOperation
                || operation is IForEachLoopOperation { IsAsynchronous: true }
                || operation is IInvocationOperation { TargetMethod.Name: "WaitKey" or "WaitKeyEx" }
                || captures.IsOpening(operation)
                || captures.GrabOf(operation) is null && facts.Blocking.FindThrough(operation) is not null
                || choice is not null && operation.Syntax.SpanStart > choice.Syntax.Span.End && operation is IBranchOperation { BranchKind: BranchKind.Break } or IReturnOperation { IsImplicit: false })
            {
                return true;
            }

            if (written.Count > 0 && IsCondition(operation) && operation.DescendantsAndSelf().Any(part => FrameChecks.Variable(part) is { } variable && written.Contains(variable)))
            {
                return true;
            }
        }

        return false;
    }

    private static IOperation? Written(IOperation operation) => operation switch
    {
        IAssignmentOperation assignment => assignment.Target,
        IIncrementOrDecrementOperation step => step.Target,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => argument.Value,
        _ => null,
    };

    private static bool IsCondition(IOperation operation) => operation.Parent switch
    {
        IConditionalOperation conditional => conditional.Condition == operation,
        IWhileLoopOperation loop => loop.Condition == operation,
        IForLoopOperation loop => loop.Condition == operation,
        _ => false,
    };

    // It writes a line, counts or cleans up.
    private static bool IsPassive(IInvocationOperation call, Captures captures, CompilationFacts facts)
    {
        var method = call.TargetMethod;
        var name = method.Name;
        if (facts.Blocking.FindThrough(call) is not null)
        {
            return captures.GrabOf(call) is not null;
        }

        return name is "Dispose" or "Release" or "Empty" or "ToString" or "Increment"
            || method.ContainingType.SpecialType == SpecialType.System_String
            || name.StartsWith("Log", StringComparison.Ordinal) || name.StartsWith("Write", StringComparison.Ordinal) || name.StartsWith("Print", StringComparison.Ordinal)
            || name is "Debug" or "Info" or "Information" or "Warn" or "Warning" or "Error" or "Trace" or "Verbose"
            || captures.GrabOf(call) is not null;
    }
}
