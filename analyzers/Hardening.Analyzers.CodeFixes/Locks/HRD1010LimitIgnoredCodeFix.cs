using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>Puts what needs the lock into an <c>if</c> on the result. What the author wants when the time is up is not in the code, so it is skipped.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1010LimitIgnoredCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1010LimitIgnoredAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var calls = new LockCalls(model.Compilation);
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call
            && model.GetOperation(call, cancellationToken) is { } operation
            && calls.Of(operation) is { Flag: null } taken
            && LockedStatements.After(taken, calls, model) is { } held
            && held.OnlyIfTaken() is { } asked)
        {
            yield return new Edit(
                "Skip what needs the lock when it was not taken", HRD1010LimitIgnoredAnalyzer.Id,
                reported.SyntaxTree.GetRoot(cancellationToken).ReplaceNode(held.Block, asked));
        }
    }
}
