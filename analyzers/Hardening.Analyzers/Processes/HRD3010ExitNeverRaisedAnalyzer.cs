using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3010: a Process raises Exited only when it has been asked to; without that the handler never runs, and nothing says so.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3010ExitNeverRaisedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3010";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Enable the events of a Process whose exit is handled",
        messageFormat: "'{0}' handles the exit of '{1}', and nothing sets EnableRaisingEvents: the handler never runs",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Process.EnableRaisingEvents is false until somebody sets it. Until then Exited is not raised: whoever restarts, cleans up or reports in its handler waits for ever.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (CompilationFacts.Of(start.Compilation, start.Options).Processes is not null)
            {
                start.RegisterOperationAction(Analyze, OperationKind.EventAssignment);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        if (context.Operation is IEventAssignmentOperation { Adds: true, EventReference: IEventReferenceOperation { Event.Name: "Exited" } exited } subscription)
        {
            Report(context, subscription, exited);
        }
    }

    private static void Report(OperationAnalysisContext context, IEventAssignmentOperation subscription, IEventReferenceOperation exited)
    {
        var facts = CompilationFacts.Of(context.Compilation, context.Options);
        if (facts.Processes is { } types && types.IsMember(exited.Event, "Exited") && ExitEvents.AreNeverRaised(subscription, types, facts.Callers))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, exited.Syntax.GetLocation(), subscription.FunctionName(context.ContainingSymbol), Names.Of(exited.Instance!.Syntax)));
        }
    }
}
