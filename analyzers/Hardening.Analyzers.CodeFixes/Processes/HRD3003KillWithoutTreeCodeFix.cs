namespace Hardening.Analyzers.Processes;

/// <summary>Ends the descendants too.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3003KillWithoutTreeCodeFix : CodeFixProvider
{
    private const string Title = "Kill the entire process tree";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3003KillWithoutTreeAnalyzer.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        // A method group keeps its shape only without the argument: turning it into a lambda is the author's choice.
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is InvocationExpressionSyntax call)
        {
            var tree = SyntaxFactory.Argument(
                SyntaxFactory.NameColon("entireProcessTree").WithColonToken(SyntaxFactory.Token(SyntaxKind.ColonToken).WithTrailingTrivia(SyntaxFactory.Space)),
                default, SyntaxFactory.LiteralExpression(SyntaxKind.TrueLiteralExpression));
            context.RegisterCodeFix(
                CodeAction.Create(
                    Title,
                    _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(call.ArgumentList, call.ArgumentList.AddArguments(tree)))),
                    Title),
                context.Diagnostics);
        }
    }
}
