using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>Makes Enter … Exit a <c>lock</c> statement, or where there is none for such a lock or body, a try that leaves the lock in its finally.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1009ReleaseNotInFinallyCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1009ReleaseNotInFinallyAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var calls = new LockCalls(model.Compilation, new LockRegions(model.Compilation, new CallGraph(model.Compilation), withSemaphores: false));
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call
            || model.GetOperation(call, cancellationToken) is not { } operation
            || calls.Of(operation) is not { } taken
            || LockedStatements.After(taken, calls, model) is not { } held)
        {
            yield break;
        }

        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        if (held.AsLock() is { } locked)
        {
            yield return new Edit("Use a lock statement", Id, root.ReplaceNode(held.Block, locked));
        }
        else if (held.ReleaseInFinally() is { } tried)
        {
            yield return new Edit("Leave the lock in a finally", Id, root.ReplaceNode(held.Block, tried));
        }
    }

    private const string Id = HRD1009ReleaseNotInFinallyAnalyzer.Id;
}
