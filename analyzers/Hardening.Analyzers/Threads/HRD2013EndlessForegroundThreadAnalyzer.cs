using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2013: the process waits for its foreground threads, and this one never ends.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2013EndlessForegroundThreadAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2013";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Give every endless thread a way to stop",
        messageFormat: "'{0}' makes a thread that nothing can stop, and the process cannot end before it",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A process ends when its last foreground thread has ended. A thread with an endless loop, no exit and IsBackground left at false keeps it running when Main has returned and the service has been asked to stop, until somebody kills it.");

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

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol thread, CompilationFacts facts)
    {
        var creation = (IObjectCreationOperation)context.Operation;
        if (SymbolEqualityComparer.Default.Equals(creation.Type, thread)
            && AsyncDelegates.LeavesItsThread(creation) is null
            && EndlessThread.LoopOf(creation, facts.Graph) is not null
            && !(context.ContainingSymbol is IMethodSymbol { IsStatic: true, Name: "Main" or "<Main>$" } && IsTheProgram(creation))
            && HRD2001ThreadPerItemAnalyzer.RootOf(creation, thread, facts, context.ContainingSymbol) is null)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, creation.Head(), creation.FunctionName(context.ContainingSymbol)));
        }
    }

    // Main starts it and has nothing to wait for but the thread: then the thread is what the process is there for.
    private static bool IsTheProgram(IObjectCreationOperation creation)
    {
        var after = creation.Function().DescendantsInFunction().Where(operation => operation.Syntax.SpanStart > creation.Syntax.Span.End).ToList();
        return after.Exists(operation => operation is IInvocationOperation { TargetMethod: { Name: "Join", ContainingType.Name: "Thread", Parameters.IsEmpty: true } })
            || !after.Exists(operation => operation is IAwaitOperation or IInvocationOperation { TargetMethod.Name: "Read" or "ReadLine" or "ReadKey" or "Wait" or "WaitOne" or "Sleep" or "Run" });
    }
}
