using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2015: who completes the source runs the code of all who await it, there and then.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2015InlineContinuationsAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2015";

    private const int RunContinuationsAsynchronously = 64;

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Run continuations asynchronously",
        messageFormat: "'{0}' completes this TaskCompletionSource {1}, and without RunContinuationsAsynchronously runs there what awaits it",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "SetResult runs the code that awaits the task, on the thread that calls it, before it returns. On a callback, a reader's loop or under a lock that is code of others where nobody expects it: the reader stands still, or the lock is held across it. Create the source with TaskCreationOptions.RunContinuationsAsynchronously.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Threading.Tasks.TaskCompletionSource`1") is not null)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                start.RegisterOperationAction(creation => Analyze(creation, facts), OperationKind.ObjectCreation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, CompilationFacts facts)
    {
        var creation = (IObjectCreationOperation)context.Operation;
        if (creation.Type is { Name: "TaskCompletionSource", ContainingNamespace.Name: "Tasks" }
            && RunsInline(creation)
            && new CompletionPlaces(creation, facts).First() is { } place)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, creation.Head(), additionalLocations: [place.Call.Syntax.GetLocation()], Names.Of(place.By), place.How));
        }
    }

    // Options that are not constant may have the flag.
    private static bool RunsInline(IObjectCreationOperation creation)
    {
        foreach (var argument in creation.Arguments)
        {
            if (argument.Parameter?.Type.Name == "TaskCreationOptions")
            {
                return argument.Value.ConstantValue is { HasValue: true, Value: int options } && (options & RunContinuationsAsynchronously) == 0;
            }
        }

        return true;
    }
}
