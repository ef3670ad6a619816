using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Kills the child with its descendants when the time is up or the wait is cancelled.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3005ChildRunsOnCodeFix : OneByOneCodeFix
{
    private const string OnTimeout = "Kill the process tree when the time is up";
    private const string OnCancel = "Kill the process tree when the wait is given up";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3005ChildRunsOnAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call
            || model.GetOperation(call, cancellationToken) is not IInvocationOperation wait
            || !wait.TargetMethod.Name.StartsWith("WaitForExit", StringComparison.Ordinal)
            || WaitEdits.Process(wait) is not { } process
            || WaitEdits.Statement(call) is not { } statement)
        {
            yield break;
        }

        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        var kill = WaitEdits.Kill($"{process}", model);
        if (LeftChild.IsUnasked(wait))
        {
            if (WaitEdits.IfNotEnded(wait, call.ArgumentList.ToString(), [kill], root) is { } asked)
            {
                yield return new Edit(OnTimeout, OnTimeout, Scopes.Replace(root, statement, [asked]));
            }
        }
        else if (KillOnCancel(wait, statement, kill, root, model) is { } tried)
        {
            yield return new Edit(OnCancel, OnCancel, Scopes.Replace(root, statement, [tried]));
        }
    }

    // Behind WhenAny and SuppressThrowing no exception comes.
    private static StatementSyntax? KillOnCancel(IInvocationOperation wait, StatementSyntax statement, string kill, SyntaxNode root, SemanticModel model)
    {
        var ends = AwaitedExit.EndsOf(wait).ToList();
        if (ends.Count == 0 && wait.Parent is IInvocationOperation { TargetMethod.Name: "WaitAsync" } limited)
        {
            ends = [.. AwaitedExit.EndsOf(limited)];
        }

        if (ends.Count != 1 || ends[0] is not IAwaitOperation awaited || !statement.Span.Contains(awaited.Syntax.Span) || statement.ToString().Contains("SuppressThrowing"))
        {
            return null;
        }

        var isByToken = wait.TargetMethod.ContainingType.Name == "Process" && wait.Arguments.Any(argument => !argument.IsImplicit);
        return WaitEdits.InTry(statement, isByToken ? $" ({WaitEdits.Name("System.OperationCanceledException", statement, model)})" : "", [kill, "throw;"], root);
    }
}
