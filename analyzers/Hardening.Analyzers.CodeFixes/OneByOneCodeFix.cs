namespace Hardening.Analyzers;

/// <summary>
/// A fix that has to see the document as the edit before left it, because it declares names or moves statements.
/// An edit that is not right is not made, so nothing is offered for it; Fix All makes the same edits in the same order.
/// </summary>
public abstract class OneByOneCodeFix : CodeFixProvider
{
    /// <summary>The edits that are right for this diagnostic, the best one first.</summary>
    private protected abstract IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken);

    public sealed override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(FixAllAsync);

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        if (await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model)
        {
            return;
        }

        var reported = Find(model.SyntaxTree.GetRoot(context.CancellationToken), context.Diagnostics[0]);
        foreach (var edit in Edits(reported, model, context.CancellationToken))
        {
            context.RegisterCodeFix(
                CodeAction.Create(edit.Title, _ => Task.FromResult(document.WithSyntaxRoot(edit.Root)), edit.Key), context.Diagnostics);
        }
    }

    private static SyntaxNode Find(SyntaxNode root, Diagnostic diagnostic) => root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);

    private async Task<Document?> FixAllAsync(FixAllContext context, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        if (context.CodeActionEquivalenceKey is null || await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
        {
            return document;
        }

        var nodes = diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).Select(diagnostic => Find(root, diagnostic)).ToList();
        document = document.WithSyntaxRoot(root.TrackNodes(nodes));
        foreach (var node in nodes)
        {
            var model = (await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false))!;
            if (model.SyntaxTree.GetRoot(context.CancellationToken).GetCurrentNode(node) is { } current
                && Edits(current, model, context.CancellationToken).FirstOrDefault(edit => edit.Key == context.CodeActionEquivalenceKey) is { } edit)
            {
                document = document.WithSyntaxRoot(edit.Root);
            }
        }

        return document;
    }

    /// <param name="title">What it does.</param>
    /// <param name="key">Equal for edits that Fix All makes together; null where each is a decision.</param>
    /// <param name="root">The document with the edit made.</param>
    private protected sealed class Edit(string title, string? key, SyntaxNode root)
    {
        public string Title { get; } = title;

        public string? Key { get; } = key;

        public SyntaxNode Root { get; } = root;
    }
}
