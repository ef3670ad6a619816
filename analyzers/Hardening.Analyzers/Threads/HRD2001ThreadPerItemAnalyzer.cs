using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2001: the number of threads is what the input makes it, not what the machine has cores and memory for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2001ThreadPerItemAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2001";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not start a thread per item",
        messageFormat: "'{0}' starts a thread for each {1}, so the load decides how many threads there are",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A thread costs memory, a slice of every core and time to start. Started per element, request, tick or frame, their number has no bound. Use a fixed set of workers, or a parallel loop with a limit.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Threading.Thread") is { } thread)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                start.RegisterOperationAction(creation => Analyze(creation, thread, facts), OperationKind.ObjectCreation);
            }
        });
    }

    /// <summary>What the thread is started per; null where this rule is silent.</summary>
    internal static Root? RootOf(IObjectCreationOperation creation, INamedTypeSymbol thread, CompilationFacts facts, ISymbol containing) =>
        StartedThread.Of(creation, thread) is { } started
            ? facts.Roots.Of(creation, containing).FirstOrDefault(root =>
                !(root.Loop is { } loop && (WorkerSet.IsFilledBy(loop, started) || started.IsJoinedIn(loop) || started.IsJoined)
                    || root.Source is { } source && WorkerSet.IsWalkedIn(source, started)))
            : null;

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol thread, CompilationFacts facts)
    {
        if (SymbolEqualityComparer.Default.Equals(context.Operation.Type, thread)
            && AsyncDelegates.LeavesItsThread(context.Operation) is null
            && RootOf((IObjectCreationOperation)context.Operation, thread, facts, context.ContainingSymbol) is { } root
            && !StartsChildren((IObjectCreationOperation)context.Operation, facts))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, context.Operation.Head(), context.Operation.FunctionName(context.ContainingSymbol), root.Per));
        }
    }

    // A process per item is the larger mistake, and its limit is one for the threads, too.
    private static bool StartsChildren(IObjectCreationOperation creation, CompilationFacts facts) =>
        creation.Arguments.Length > 0 && Bodies.Of(creation.Arguments[0].Value, facts.Graph) is { } work && PerItemStarts.AreIn(work, facts);
}
