namespace Hardening.Analyzers.Locks;

/// <summary>Moves every lock of a type on itself, on its <c>typeof</c> or on a constant string to one private gate: moving only some would end the mutual exclusion.</summary>
/// <remarks>A lock that excludes nobody (new, boxed, local) is left to its author: what it was meant to guard is not in the code.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1001LockOnUnfitObjectCodeFix : CodeFixProvider
{
    private const string Title = "Lock on a private field";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1001LockOnUnfitObjectAnalyzer.Id];

    public override FixAllProvider GetFixAllProvider() => EachMoveOnce.Instance;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await GateMove.OfAsync(context.Document, context.Span, context.CancellationToken).ConfigureAwait(false) is { } move
            && await GatePlan.OfAsync(move, context.Document.Project.Solution, context.CancellationToken).ConfigureAwait(false) is { } plan)
        {
            context.RegisterCodeFix(CodeAction.Create(Title, plan.ApplyAsync, Title), context.Diagnostics);
        }
    }

    // One move fixes several diagnostics, perhaps in several documents, so the moves cannot be made side by side and merged.
    private sealed class EachMoveOnce : FixAllProvider
    {
        public static readonly EachMoveOnce Instance = new();

        public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

        public override Task<CodeAction?> GetFixAsync(FixAllContext context) =>
            Task.FromResult<CodeAction?>(CodeAction.Create(Title, cancellation => ApplyAsync(context.WithCancellationToken(cancellation)), Title));

        private static async Task<Solution> ApplyAsync(FixAllContext context)
        {
            var moves = new List<GateMove>();
            foreach (var diagnostic in await DiagnosticsAsync(context).ConfigureAwait(false))
            {
                if (context.Solution.GetDocument(diagnostic.Location.SourceTree) is { } document
                    && await GateMove.OfAsync(document, diagnostic.Location.SourceSpan, context.CancellationToken).ConfigureAwait(false) is { } move)
                {
                    moves.Add(move);
                }
            }

            var solution = context.Solution;
            foreach (var move in moves.Distinct())
            {
                var plan = await GatePlan.OfAsync(move, solution, context.CancellationToken).ConfigureAwait(false);
                solution = plan is null ? solution : await plan.ApplyAsync(context.CancellationToken).ConfigureAwait(false);
            }

            return solution;
        }

        private static async Task<IEnumerable<Diagnostic>> DiagnosticsAsync(FixAllContext context)
        {
            var projects = context.Scope == FixAllScope.Solution ? context.Solution.Projects : [context.Project];
            var found = context is { Scope: FixAllScope.Document, Document: { } document }
                ? await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false)
                : [.. (await Task.WhenAll(projects.Select(context.GetAllDiagnosticsAsync)).ConfigureAwait(false)).SelectMany(diagnostics => diagnostics)];
            return found
                .OrderBy(diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal)
                .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start);
        }
    }
}
