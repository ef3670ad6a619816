using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>A loop over the lines of a pipe that is left before the end, and a wait after it: nobody reads what the child writes meanwhile.</summary>
internal static class LeftLoop
{
    public static (IOperation Wait, ChildPipe Pipe)? Of(ChildPipes pipes)
    {
        foreach (var pipe in pipes.Redirected)
        {
            foreach (var read in pipe.Reads)
            {
                if (read.Outer is null
                    && StatementOrder.LoopAround(read.Begin) is { } loop
                    && IsLeftEarly(loop)
                    && pipes.Waits.Find(wait => IsAfter(wait, loop) && HasNoLimit(wait) && !IsReadAgain(pipe, read, loop, wait) && !pipes.IsKilledBetween(loop, wait)) is { } wait)
                {
                    return (wait, pipe);
                }
            }
        }

        return null;
    }

    private static bool IsAfter(IOperation wait, ILoopOperation loop) => PipeReads.AreTogether(wait, loop) && wait.Syntax.SpanStart > loop.Syntax.Span.End;

    private static bool HasNoLimit(IOperation wait) =>
        wait.DescendantsAndSelf().OfType<IInvocationOperation>().FirstOrDefault(call => call.TargetMethod.Name is "WaitForExit" or "WaitForExitAsync") is { } call
        && ChildUses.LimitOf(call) == WaitLimit.None;

    // On another thread, or between the loop and the wait. What closes the pipe counts too: the child then gets an error, and no full pipe.
    private static bool IsReadAgain(ChildPipe pipe, ChildRead read, ILoopOperation loop, IOperation wait) =>
        pipe.Reads.Exists(other => other != read && !loop.Syntax.Span.Contains(other.Begin.Syntax.Span)
            && (!PipeReads.AreTogether(other.Begin, wait) || other.Begin.Syntax.SpanStart < wait.Syntax.SpanStart));

    private static bool IsLeftEarly(ILoopOperation loop) =>
        loop.Body.DescendantsInFunction().Any(operation => operation is IBranchOperation { BranchKind: BranchKind.Break } branch && LeftBy(branch) == loop && !IsAtEnd(branch, loop));

    private static IOperation? LeftBy(IBranchOperation branch)
    {
        var outer = branch.Parent;
        while (outer is not (null or ILoopOperation or ISwitchOperation))
        {
            outer = outer.Parent;
        }

        return outer;
    }

    // if (line is null) break; if (count == 0) break;
    private static bool IsAtEnd(IOperation branch, ILoopOperation loop)
    {
        for (var outer = branch.Parent; outer is not null && outer != loop; outer = outer.Parent)
        {
            if (outer is IConditionalOperation { Condition: { } condition }
                && condition.DescendantsAndSelf().Any(part => part.ConstantValue is { HasValue: true, Value: null or 0 or -1 }
                    || part is IPropertyReferenceOperation { Property.Name: "EndOfStream" or "HasExited" }
                    || part is IInvocationOperation { TargetMethod: { Name: "IsNullOrEmpty" or "IsNullOrWhiteSpace" } }))
            {
                return true;
            }
        }

        return false;
    }
}
