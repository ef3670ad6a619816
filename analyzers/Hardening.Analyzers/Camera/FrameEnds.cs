using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Where a function surely gives back the frame in a local after the place where it is kept.</summary>
internal static class FrameEnds
{
    public static FrameLoan? Of(ILocalSymbol local, IOperation at)
    {
        foreach (var operation in at.Root().Descendants())
        {
            switch (operation)
            {
                case IUsingDeclarationOperation { DeclarationGroup: var group } declared when Declares(group, local):
                    return new FrameLoan($"'using' disposes '{local.Name}' at the end of its block", declared.Parent!.Syntax);
                case IUsingOperation { Resources: var resources } used when Declares(resources, local) || Names(resources, local) && used.Body.Syntax.Span.Contains(at.Syntax.Span):
                    return new FrameLoan($"'using' disposes '{local.Name}' at the end of its block", used.Syntax);
            }
        }

        var uses = References.Of(local, at).ToList();
        return uses.Exists(ValueFollower.IsTarget) ? null : uses.Select(use => Disposed(use, at)).FirstOrDefault(loan => loan is not null);
    }

    private static bool Declares(IOperation resources, ILocalSymbol local) =>
        resources.DescendantsAndSelf().Any(operation => operation is IVariableDeclaratorOperation { Symbol: var declared } && SymbolEqualityComparer.Default.Equals(declared, local));

    private static bool Names(IOperation resources, ILocalSymbol local) =>
        resources.Unwrap() is ILocalReferenceOperation { Local: var named } && SymbolEqualityComparer.Default.Equals(named, local);

    private static FrameLoan? Disposed(IOperation use, IOperation at)
    {
        if (EndOf(use) is not { } end || StatementOf(end) is not { Parent: IBlockOperation block } statement)
        {
            return null;
        }

        var inFinally = block.Parent is ITryOperation { Finally: var last, Body: var tried } && last == block && tried.Syntax.Span.Contains(at.Syntax.Span);
        return inFinally || block.Syntax.Span.Contains(at.Syntax.Span) && statement.Syntax.SpanStart > at.Syntax.Span.End && use.Function() == at.Function() && !IsLeftBefore(statement, at, block)
            ? new FrameLoan($"'{end.TargetMethod.Name}' gives it back afterwards", block.Parent is ILoopOperation loop ? loop.Syntax : block.Syntax)
            : null;
    }

    // Disposed, or put back for the camera to fill again.
    private static IInvocationOperation? EndOf(IOperation use) => use.Parent switch
    {
        IInvocationOperation { TargetMethod: { Name: "Dispose" or "Release" or "Close", Parameters.IsEmpty: true } } call when call.Instance == use => call,
        IConditionalAccessOperation { WhenNotNull: IInvocationOperation { TargetMethod: { Name: "Dispose" or "Release" or "Close", Parameters.IsEmpty: true } } call } access when access.Operation == use => call,
        IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "PushBuffer" or "QueueBuffer" } call } => call,
        _ => null,
    };

    private static IOperation? StatementOf(IOperation call) => call.Parent switch
    {
        IExpressionStatementOperation statement => statement,
        IConditionalAccessOperation { Parent: IExpressionStatementOperation statement } => statement,
        _ => null,
    };

    // if (frames.TryWrite(frame)) continue; frame.Dispose();
    private static bool IsLeftBefore(IOperation statement, IOperation at, IBlockOperation block) =>
        block.DescendantsInFunction().Any(operation =>
            operation is IBranchOperation or IReturnOperation or IThrowOperation
            && operation.Syntax.SpanStart > at.Syntax.Span.Start && operation.Syntax.Span.End <= statement.Syntax.SpanStart);
}
