using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Sets EnableRaisingEvents after the handler is there, so that it also sees a child that is gone already.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3010ExitNeverRaisedCodeFix : OneByOneCodeFix
{
    private const string Title = "Set EnableRaisingEvents";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3010ExitNeverRaisedAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported is MemberAccessExpressionSyntax { Expression: var process, Parent: AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax { Parent: BlockSyntax or GlobalStatementSyntax } statement } assignment }
            && model.GetOperation(assignment, cancellationToken) is IEventAssignmentOperation subscription
            && !IsTurnedOff(subscription)
            && ProcessTypes.Of(model.Compilation) is { } types
            && ExitEvents.AreNeverRaised(subscription, types, new Callers(model.Compilation, CallGraph.Of(model.Compilation))))
        {
            var root = reported.SyntaxTree.GetRoot(cancellationToken);
            yield return new Edit(Title, Title, Scopes.InsertAfter(root, statement, [$"{process.WithoutTrivia()}.EnableRaisingEvents = true;"]));
        }
    }

    // Somebody does not want the events, here and now at least.
    private static bool IsTurnedOff(IOperation subscription) =>
        subscription.Root().Descendants().Any(operation => operation is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "EnableRaisingEvents" }, Value.ConstantValue: { HasValue: true, Value: false } });
}
