namespace Hardening.Analyzers.Threads;

/// <summary>Gives a queue a capacity. To wait while it is full keeps every item, so it comes first, unless a writer is known not to wait.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2004UnboundedHandOffCodeFix : CodeFixProvider
{
    private static readonly ImmutableArray<(string Mode, string Loss)> Losses =
        [("DropOldest", "the oldest item"), ("DropNewest", "the newest item in it"), ("DropWrite", "the item that comes")];

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2004UnboundedHandOffAnalyzer.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var diagnostic = context.Diagnostics[0];
        if (await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model
            || !diagnostic.Properties.TryGetValue(HRD2004UnboundedHandOffAnalyzer.Capacity, out var capacity))
        {
            return;
        }

        var root = await model.SyntaxTree.GetRootAsync(context.CancellationToken).ConfigureAwait(false);
        var reported = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        var loses = new Writers(reported, model, context.CancellationToken).CannotWait;
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call && call.Expression.Span.Contains(diagnostic.Location.SourceSpan))
        {
            if (!loses && BoundedQueues.Of(call, capacity!, "Wait", model) is { } waiting)
            {
                Register($"Hold at most {capacity}: writers wait while it is full", "Wait", call, waiting);
            }

            foreach (var (mode, loss) in Losses)
            {
                if (BoundedQueues.Of(call, capacity!, mode, model) is { } bounded)
                {
                    Register($"Hold at most {capacity}, and lose {loss} while it is full", mode, call, bounded);
                }
            }
        }
        else if (!loses && reported is BaseObjectCreationExpressionSyntax creation && BoundedQueues.Of(creation, capacity!, model) is { } bounded)
        {
            Register($"Hold at most {capacity}: writers wait while it is full", "Wait", creation, bounded);
        }

        void Register(string title, string mode, SyntaxNode old, SyntaxNode replacement) => context.RegisterCodeFix(
            CodeAction.Create(
                title,
                _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(old, BoundedQueues.Short(replacement).WithTriviaFrom(old)))),
                $"{HRD2004UnboundedHandOffAnalyzer.Id}.{mode}"),
            diagnostic);
    }
}
