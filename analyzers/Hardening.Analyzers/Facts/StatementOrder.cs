namespace Hardening.Analyzers.Facts;

/// <summary>Whether one operation can have run when another one does, read from the statements around them.</summary>
internal static class StatementOrder
{
    /// <summary>The first stands earlier in the same function, and a path leads from it to the second.</summary>
    public static bool MayPrecede(IOperation first, IOperation second)
    {
        if (first.Syntax.SpanStart >= second.Syntax.SpanStart || !AreInOneFunction(first, second))
        {
            return false;
        }

        for (var (inner, outer) = (first, first.Parent); outer is not null; (inner, outer) = (outer, outer.Parent))
        {
            if (Contains(outer, second))
            {
                return !AreArms(outer, inner, second);
            }

            if (outer is IBlockOperation or ISwitchCaseOperation && Leaves(outer, second))
            {
                return false;
            }
        }

        return true;
    }

    public static bool AreInOneFunction(IOperation one, IOperation other) =>
        one.Function().Syntax is var function && function == other.Function().Syntax && function.SyntaxTree == other.Syntax.SyntaxTree;

    public static bool Contains(IOperation? outer, IOperation inner) =>
        outer is not null && outer.Syntax.SyntaxTree == inner.Syntax.SyntaxTree && outer.Syntax.Span.Contains(inner.Syntax.Span);

    /// <summary>The end of the block is not reached: it returns, throws, or goes elsewhere.</summary>
    public static bool Leaves(IOperation? block) => Last(block) is IReturnOperation or IBranchOperation or IThrowOperation;

    /// <summary>The function is left by an exception once the operation has run.</summary>
    public static bool EndsInThrow(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); outer = outer.Parent)
        {
            if (outer is IBlockOperation && Last(outer) is IThrowOperation)
            {
                return true;
            }
        }

        return false;
    }

    // A finally runs on the way out, and what stands behind a loop after a break.
    private static bool Leaves(IOperation block, IOperation target) => Last(block) switch
    {
        IBranchOperation { BranchKind: BranchKind.Break } => LoopAround(block) is { } loop && Contains(loop, target),
        IReturnOperation or IThrowOperation or IBranchOperation { BranchKind: BranchKind.Continue } => !IsInFinallyOf(target, block),
        _ => false,
    };

    private static IOperation? Last(IOperation? block)
    {
        while (true)
        {
            switch (block)
            {
                case IBlockOperation { Operations: { IsEmpty: false } operations }:
                    block = operations[operations.Length - 1];
                    break;
                case ISwitchCaseOperation { Body: { IsEmpty: false } body }:
                    block = body[body.Length - 1];
                    break;
                case IExpressionStatementOperation { Operation: var expression }:
                    block = expression.Unwrap();
                    break;
                default:
                    return block;
            }
        }
    }

    private static bool IsInFinallyOf(IOperation target, IOperation left)
    {
        for (var outer = target.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is ITryOperation { Finally: { } last } tried && Contains(last, target) && Contains(tried, left))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AreArms(IOperation both, IOperation first, IOperation second) => both switch
    {
        IConditionalOperation conditional => first != conditional.Condition && !Contains(conditional.Condition, second),
        ISwitchOperation or ISwitchExpressionOperation => first is ISwitchCaseOperation or ISwitchExpressionArmOperation,
        ITryOperation tried => first is ICatchClauseOperation && !Contains(tried.Finally, second),
        _ => false,
    };

    /// <summary>In the two arms of an if, or in two sections of a switch: one run does one of them.</summary>
    public static bool AreAlternatives(IOperation one, IOperation other)
    {
        for (IOperation inner = one, outer = one.Parent!; outer is not null; inner = outer, outer = outer.Parent!)
        {
            if (outer.Syntax.Span.Contains(other.Syntax.Span))
            {
                return outer is IConditionalOperation or ISwitchOperation && AreArms(outer, inner, other);
            }
        }

        return false;
    }

    /// <summary>The innermost loop of the same function.</summary>
    public static ILoopOperation? LoopAround(IOperation operation)
    {
        var outer = operation.Parent;
        while (outer is not (null or ILoopOperation or IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            outer = outer.Parent;
        }

        return outer as ILoopOperation;
    }
}
