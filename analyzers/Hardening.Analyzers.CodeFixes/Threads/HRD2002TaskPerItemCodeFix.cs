using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>
/// Turns a loop that does nothing but start a task per element into an awaited parallel loop with a limit.
/// Where nobody waited for the tasks, the method does so from then on, and the title says so.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2002TaskPerItemCodeFix : OneByOneCodeFix
{
    private const string Title = "Use Parallel.ForEachAsync with a limit";
    private const string TitleOfWait = Title + ", and wait for it";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2002TaskPerItemAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } start && Limited(start, model, cancellationToken) is var (root, waits))
        {
            yield return waits ? new Edit(TitleOfWait, HRD2002TaskPerItemAnalyzer.Id + "Wait", root) : new Edit(Title, HRD2002TaskPerItemAnalyzer.Id, root);
        }
    }

    /// <summary>The document with the loop around this start as a parallel one, and whether it waits where nothing did.</summary>
    internal static (SyntaxNode Root, bool Waits)? Limited(InvocationExpressionSyntax start, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetOperation(start, cancellationToken) is not IInvocationOperation call
            || StartedTask.Of(call, new TaskTypes(model.Compilation)) is not { Work.Syntax: ExpressionSyntax work }
            || start.FirstAncestorOrSelf<ForEachStatementSyntax>() is not { } loop
            || TaskWork.OnlyStatement(loop) is not ExpressionStatementSyntax only
            || !ParallelLoops.IsAwaitable(loop, model)
            || ParallelLoops.ElementType(loop, model) is null
            || TaskWork.AsBody(work, loop.Identifier.Text, model) is not { } body)
        {
            return null;
        }

        var root = loop.SyntaxTree.GetRoot(cancellationToken);
        var parallel = SyntaxFactory.ParseStatement(ParallelLoops.ForEachAsync(loop.Expression, body)).WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);
        return IsForgotten(only, start)
            ? (root.ReplaceNode(loop, parallel.WithLeadingTrivia(loop.GetLeadingTrivia().AddRange(TaskList.Comments(loop, loop.Span, work))).WithTrailingTrivia(loop.GetTrailingTrivia())), true)
            : TaskList.Around(loop, only, start, model, cancellationToken) is { } list ? (list.ReplaceBy(parallel, loop, work), false)
            : null;
    }

    // Task.Run(…); or _ = Task.Run(…);
    private static bool IsForgotten(ExpressionStatementSyntax statement, InvocationExpressionSyntax start) => statement.Expression switch
    {
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Right: var right } => right == start,
        var expression => expression == start,
    };
}
