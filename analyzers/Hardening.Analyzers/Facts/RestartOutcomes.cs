namespace Hardening.Analyzers.Facts;

/// <summary>How the outcome of a child decides whether it is started again.</summary>
/// <param name="loop">What starts it again; null where a function does that is called again.</param>
/// <param name="steps">The start, and the calls that lead to it.</param>
internal sealed class RestartOutcomes(ILoopOperation? loop, ImmutableArray<IOperation> steps)
{
    /// <summary>A child that has failed is not started again; in doubt it is not. Whether one that succeeded is does not matter: it was of use.</summary>
    public bool StopsOnFailure(List<IOperation> code) =>
        code.OfType<IConditionalOperation>().Any(StopsOnFailure)
        || code.Exists(part => part is ISwitchOperation { Value: var value } && IsAboutOutcome(value) || part is ISwitchExpressionOperation { Value: var matched } && IsAboutOutcome(matched))
        || loop is IWhileLoopOperation { Condition: { } condition } && IsAboutOutcome(condition) && IsWanted(condition) != false
        || loop is IForLoopOperation { Condition: { } test } && IsAboutOutcome(test) && IsWanted(test) != false
        || loop is not null && EndsEveryRound(loop);

    private bool StopsOnFailure(IConditionalOperation choice)
    {
        if (!IsAboutOutcome(choice.Condition))
        {
            return false;
        }

        // The code was the one that is asked for, or it was another.
        var leaves = Leaves(choice.WhenTrue) || !Holds(choice.WhenTrue) && choice.WhenFalse is { } other && Holds(other);
        var leavesElse = choice.WhenFalse is { } otherwise && Leaves(otherwise) || Holds(choice.WhenTrue);
        return (leaves || leavesElse) && IsWanted(choice.Condition) switch
        {
            true => leavesElse && !leaves,
            false => leaves,
            null => true,
        };
    }

    // The call that starts it again stands in this branch alone.
    private bool Holds(IOperation branch) =>
        loop is null && steps.Any(step => step.Syntax.SyntaxTree == branch.Syntax.SyntaxTree && branch.Syntax.Span.Contains(step.Syntax.Span));

    private bool Leaves(IOperation branch) => branch.DescendantsInFunction().Any(part => part switch
    {
        IThrowOperation => !IsSwallowed(part),
        IReturnOperation { IsImplicit: false } => loop is null || part.Function() == loop.Function(),
        IBranchOperation { BranchKind: BranchKind.Break } jump => loop is not null && SymbolEqualityComparer.Default.Equals(jump.Target, loop.ExitLabel),
        _ => false,
    });

    // An exception on the way out of the round is caught there, and the loop goes on.
    private bool IsSwallowed(IOperation thrown) => loop is not null && steps.Append(thrown).Any(step =>
    {
        for (var outer = step.Parent; outer is not null && outer != loop; outer = outer.Parent)
        {
            if (outer is ITryOperation { Body: var body } attempt && body.Syntax.Span.Contains(step.Syntax.Span) && attempt.Catches.Any(clause => !Leaves(clause.Handler)))
            {
                return true;
            }
        }

        return false;
    });

    // while (true) { …; return; }, unless an exception goes on, or a continue for what has failed.
    private bool EndsEveryRound(ILoopOperation repeated)
    {
        var step = steps.FirstOrDefault(step => repeated.Syntax.SyntaxTree == step.Syntax.SyntaxTree && repeated.Syntax.Span.Contains(step.Syntax.Span));
        for (var outer = step?.Parent; outer is not null && outer != repeated; outer = outer.Parent)
        {
            if (outer is IBlockOperation { Operations: var statements }
                && statements.Any(statement => statement.Syntax.SpanStart > step!.Syntax.SpanStart && statement is IReturnOperation or IBranchOperation { BranchKind: BranchKind.Break } or IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation }))
            {
                return !IsSwallowed(step!) && !repeated.DescendantsInFunction().Any(GoesOnAfterFailure);
            }
        }

        return false;
    }

    private bool GoesOnAfterFailure(IOperation part) =>
        part is IConditionalOperation choice && IsAboutOutcome(choice.Condition) && IsWanted(choice.Condition) is { } wanted
        && (wanted ? choice.WhenFalse : choice.WhenTrue)?.DescendantsInFunction().Any(inner => inner is IBranchOperation { BranchKind: BranchKind.Continue }) == true;

    private bool IsAboutOutcome(IOperation condition) => condition.DescendantsAndSelf().Any(IsOutcome);

    private bool IsOutcome(IOperation part) =>
        part is IPropertyReferenceOperation { Property: { Name: "ExitCode", ContainingType.Name: "Process" } }
        || part is IInvocationOperation && steps.Any(step => step.Syntax == part.Syntax) && part.Type?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Boolean && steps[0].Syntax != part.Syntax
        || part is IAwaitOperation { Operation: var awaited, Type.SpecialType: SpecialType.System_Int32 or SpecialType.System_Boolean } && steps.Any(step => awaited.Syntax.Span.Contains(step.Syntax.Span))
        || part is ILocalReferenceOperation { Local: { Type.SpecialType: SpecialType.System_Int32 or SpecialType.System_Boolean } local } && LocalSources.Of(local, part).Any(source => source.DescendantsAndSelf().Any(inner => inner is not ILocalReferenceOperation && IsOutcome(inner)));

    // True: it holds for one code, as 0. False: it holds for all others. Null: that cannot be told.
    private bool? IsWanted(IOperation condition)
    {
        condition = condition.Unwrap();
        return condition switch
        {
            IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Operand: var operand } => !IsWanted(operand),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both =>
                IsAboutOutcome(both.LeftOperand) == IsAboutOutcome(both.RightOperand) ? null : IsWanted(IsAboutOutcome(both.LeftOperand) ? both.LeftOperand : both.RightOperand),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } => true,
            IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.LessThan } => false,
            IIsPatternOperation { Pattern: var pattern } => IsWanted(pattern),
            _ => null,
        };
    }

    private static bool? IsWanted(IPatternOperation pattern) => pattern switch
    {
        IConstantPatternOperation => true,
        INegatedPatternOperation { Pattern: var inner } => !IsWanted(inner),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or, LeftPattern: IConstantPatternOperation, RightPattern: IConstantPatternOperation } => true,
        _ => null,
    };
}
