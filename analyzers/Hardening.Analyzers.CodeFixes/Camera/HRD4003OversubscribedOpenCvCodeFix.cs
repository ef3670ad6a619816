namespace Hardening.Analyzers.Camera;

/// <summary>Sets the number of OpenCV's threads to 1 where the program begins. The number is the process's, so one statement answers every diagnostic of a project.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD4003OversubscribedOpenCvCodeFix : CodeFixProvider
{
    private const string Title = "Let OpenCV work on the calling thread (at the start of the program)";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD4003OversubscribedOpenCvAnalyzer.Id];

    public override FixAllProvider GetFixAllProvider() => OncePerProject.Instance;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await ProgramStart.OfAsync(context.Document.Project, context.CancellationToken).ConfigureAwait(false) is { } start)
        {
            context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(start.SetThreads()), Title), context.Diagnostics);
        }
    }

    // The statement may stand in another document than the diagnostics, and once is enough.
    private sealed class OncePerProject : FixAllProvider
    {
        public static readonly OncePerProject Instance = new();

        public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

        public override Task<CodeAction?> GetFixAsync(FixAllContext context) =>
            Task.FromResult<CodeAction?>(CodeAction.Create(Title, cancellation => ApplyAsync(context.WithCancellationToken(cancellation)), Title));

        private static async Task<Solution> ApplyAsync(FixAllContext context)
        {
            var solution = context.Solution;
            foreach (var id in context.Scope == FixAllScope.Solution ? solution.ProjectIds : [context.Project.Id])
            {
                if (context.Scope == FixAllScope.Solution && (await context.GetAllDiagnosticsAsync(solution.GetProject(id)!).ConfigureAwait(false)).IsEmpty)
                {
                    continue;
                }

                if (await ProgramStart.OfAsync(solution.GetProject(id)!, context.CancellationToken).ConfigureAwait(false) is { } start)
                {
                    solution = start.SetThreads();
                }
            }

            return solution;
        }
    }
}
