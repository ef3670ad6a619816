using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>
/// Which frames are lent: those that the camera fills again in the next round, those that are disposed at the end of this one,
/// and those that whoever calls back takes back afterwards.
/// </summary>
internal sealed class FrameLoans(FrameTypes types, CompilationFacts facts)
{
    // From a variable to what it is made of, and on.
    private const int MostSteps = 4;

    private readonly LentArguments _arguments = new(types, facts);

    /// <param name="value">What is kept.</param>
    /// <param name="at">Where it is kept.</param>
    /// <param name="member">The member in which that is.</param>
    public FrameLoan? Of(IOperation value, IOperation at, ISymbol member) => Of(value.Unwrap(), at, member, isPart: false, MostSteps);

    // A part of an image keeps the pixels alive by itself; an address does not.
    private FrameLoan? Of(IOperation value, IOperation at, ISymbol member, bool isPart, int steps)
    {
        if (steps == 0)
        {
            return null;
        }

        if (types.ViewOf(value) is { } view)
        {
            return Of(view.Of.Unwrap(), at, member, !view.IsAddress && (isPart || types.IsImage(value.Type)), steps - 1);
        }

        switch (value)
        {
            case ILocalReferenceOperation { Local: { RefKind: RefKind.None } local }:
                if (SourceOf(local, value) is { } source && !IsMade(source))
                {
                    return Ended(local, at, isPart) ?? Of(source, at, member, isPart, steps - 1);
                }

                return Refilled(local, at, member) ?? Ended(local, at, isPart);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return Refilled(parameter, at, member) ?? _arguments.Of(parameter, value, member);
            case IFieldReferenceOperation { Field: var field, Instance: null or IInstanceReferenceOperation } when types.IsImage(field.Type):
                return RefilledField(field, at, member);
            case IPropertyReferenceOperation { Instance: { } instance } property when instance.Unwrap() is IParameterReferenceOperation { Parameter: var arguments }:
                return _arguments.OfProperty(property, arguments, member);
            default:
                return null;
        }
    }

    // The one value that the local ever has.
    private static IOperation? SourceOf(ILocalSymbol local, IOperation use)
    {
        var sources = LocalSources.Of(local, use).Take(2).ToList();
        return sources.Count == 1 ? sources[0].Unwrap() : null;
    }

    // It has pixels of its own.
    private bool IsMade(IOperation source) => types.ViewOf(source) is null && source is IObjectCreationOperation or IInvocationOperation;

    // One image for all rounds. A variable that gets another image in the round is a buffer that goes on.
    private FrameLoan? Refilled(ISymbol variable, IOperation at, ISymbol member)
    {
        var uses = References.Of(variable, at).ToList();
        if (!uses.Exists(FrameFills.IsFilledBy))
        {
            return null;
        }

        var round = RoundOf(at, variable, uses, member);
        return round is not null
            && uses.Find(use => round.Span.Contains(use.Syntax.Span) && FrameFills.IsFilledBy(use)) is { } filled
            && !uses.Exists(use => round.Span.Contains(use.Syntax.Span) && IsReplaced(use))
                ? Overwritten(filled, round)
                : null;
    }

    // The innermost loop around the place that the variable outlives; or the function that runs per frame, where it is captured.
    private SyntaxNode? RoundOf(IOperation at, ISymbol variable, List<IOperation> uses, ISymbol member)
    {
        for (var parent = at.Parent; parent is not null; parent = parent.Parent)
        {
            switch (parent)
            {
                case ILoopOperation loop when variable.IsDeclaredIn(loop.Syntax):
                    return null;
                case ILoopOperation loop when uses.Exists(use => loop.Syntax.Span.Contains(use.Syntax.Span) && FrameFills.IsFilledBy(use)):
                    return loop.Syntax;
                case IAnonymousFunctionOperation or ILocalFunctionOperation:
                    if (variable.IsDeclaredIn(parent.Syntax))
                    {
                        return null;
                    }

                    if (uses.Exists(use => parent.Syntax.Span.Contains(use.Syntax.Span) && FrameFills.IsFilledBy(use)) && facts.Roots.Of(at, member).Any())
                    {
                        return parent.Syntax;
                    }

                    break;
            }
        }

        return null;
    }

    private FrameLoan? RefilledField(IFieldSymbol field, IOperation at, ISymbol member)
    {
        var function = at.Root();
        var uses = function.DescendantsAndSelf().OfType<IFieldReferenceOperation>().Where(use => SymbolEqualityComparer.Default.Equals(use.Field, field)).ToList();
        if (uses.Find(FrameFills.IsFilledBy) is not { } filled || uses.Exists(IsReplaced) || !facts.Roots.Of(at, member).Any())
        {
            return null;
        }

        // A helper may put another image into the field.
        var called = new HashSet<ISymbol>(function.Descendants().OfType<IInvocationOperation>().Select(call => call.TargetMethod.OriginalDefinition), SymbolEqualityComparer.Default);
        return MemberUses.InAllParts(field, facts.Graph).Any(use => IsReplaced(use) && Callers.MemberOf(use) is { } writer && called.Contains(writer.OriginalDefinition))
            ? null
            : Overwritten(filled, function.Syntax);
    }

    private static FrameLoan Overwritten(IOperation filled, SyntaxNode round) =>
        new($"'{Names.Of(HeadOf(FrameFills.CallOf(filled)!))}' fills the same memory again in the next round", round);

    private static SyntaxNode HeadOf(IInvocationOperation call) =>
        call.Syntax is Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax { Expression: var expression } ? expression : call.Syntax;

    private static bool IsReplaced(IOperation use) =>
        ValueFollower.IsTarget(use)
        || use.Parent is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out }
        || use.Parent is IAssignmentOperation { Target: var target } && target == use;

    private FrameLoan? Ended(ILocalSymbol local, IOperation at, bool isPart) =>
        types.IsFrame(local.Type) && !(isPart && types.IsImage(local.Type)) ? FrameEnds.Of(local, at) : null;
}
