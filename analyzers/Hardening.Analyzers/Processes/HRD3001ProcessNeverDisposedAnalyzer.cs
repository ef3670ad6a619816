using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3001: a Process that nobody disposes keeps its handle, its pipes and its wait registration until the garbage collector finds it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3001ProcessNeverDisposedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3001";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Dispose every Process",
        messageFormat: "'{0}' never disposes {1}: the handle stays open until the garbage collector finds it",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A Process holds an operating-system handle, up to three pipes and a wait registration. Under load they run out long before the garbage collector sees a reason to collect.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            if (facts.Processes is { } types)
            {
                start.RegisterOperationAction(operation => Analyze(operation, types, facts), OperationKind.Invocation, OperationKind.ObjectCreation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, ProcessTypes types, CompilationFacts facts)
    {
        var created = context.Operation;
        if (!types.IsCreation(created))
        {
            return;
        }

        var holding = types.Ownership.Follow(created);
        if (holding.IsLost && !IsOpened(created, holding, types) && !StartMistakes.SpeakOf(created, holding, types, facts, context.ContainingSymbol))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, created.Syntax.GetLocation(), Names.Of(context.ContainingSymbol), Name(created, holding)));
        }
    }

    // A document or a URL is handed to the desktop and forgotten: there is often no new process, and nothing to own.
    private static bool IsOpened(IOperation created, Holding holding, ProcessTypes types)
    {
        if (!holding.Uses.All(use => use.Parent is IPropertyReferenceOperation { Property.Name: "StartInfo" } or IInvocationOperation { TargetMethod.Name: "Start" }))
        {
            return false;
        }

        var settings = StartSettings.Of(created, holding, types);
        return settings.TurnedOn("UseShellExecute").Count > 0
            || settings.FileName is { } file && (file.Contains("://") || file is "xdg-open" or "open" or "explorer" or "explorer.exe");
    }

    private static string Name(IOperation created, Holding holding) => created switch
    {
        IInvocationOperation { Type: IArrayTypeSymbol } call => $"the processes that '{call.TargetMethod.Name}' returns",
        _ when holding.Local is { } local => $"'{local.Name}'",
        IInvocationOperation call => $"the Process that '{call.TargetMethod.Name}' returns",
        _ => "the Process that it creates",
    };
}
