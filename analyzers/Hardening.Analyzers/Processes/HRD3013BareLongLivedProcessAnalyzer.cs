using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3013: code of ours ends the child, and no code of ours runs when this process is killed. The runtime's supervisor does.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3013BareLongLivedProcessAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3013";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Let the runtime supervise a long-lived child",
        messageFormat: "'{0}' keeps {1} as a bare Process: nothing ends it when this process is killed",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Info,
        description: "Dispose, finally and ProcessExit do not run when a process is killed or crashes, so its children stay. SupervisedProcess has a supervisor process that ends them then.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (RuntimeTypes.SupervisedProcessOf(start.Compilation) is not { } supervised || SymbolEqualityComparer.Default.Equals(supervised.ContainingAssembly, start.Compilation.Assembly) && IsTheRuntime(start.Compilation))
            {
                return;
            }

            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            if (facts.Processes is { } types)
            {
                start.RegisterOperationAction(operation => Analyze(operation, facts, types), OperationKind.Invocation, OperationKind.ObjectCreation);
            }
        });
    }

    // What supervises has nobody who does it for him.
    private static bool IsTheRuntime(Compilation compilation) => compilation.AssemblyName?.StartsWith("Hardening.", StringComparison.Ordinal) == true;

    private static void Analyze(OperationAnalysisContext context, CompilationFacts facts, ProcessTypes types)
    {
        if (types.IsMade(context.Operation))
        {
            Report(context, facts, types);
        }
    }

    private static void Report(OperationAnalysisContext context, CompilationFacts facts, ProcessTypes types)
    {
        var created = context.Operation;
        var child = types.Ownership.Follow(created);
        if (child.IsReturned || child.StoredIn.Count > 0 && child.Ends.Count > 0 || ChildLife.IsLetGo(created, child, types) || ChildLife.IsInTests(context.ContainingSymbol))
        {
            return;
        }

        if (child.StoredIn.Count > 0)
        {
            var kept = KeptChild.Of(created, child, types);
            if (kept is not { IsRunToEnd: true } && !ChildLife.IsWindow(child.StoredIn[0].ContainingType) && HRD3002ChildOutlivesOwnerAnalyzer.Kept(created, child, types) is null)
            {
                Report(child.StoredIn[0].ContainingType.Name, $"the child in '{child.StoredIn[0].Name}'");
            }
        }
        else if (child is { HasEscaped: false, Fate: Fate.Ended, Local: { } local }
            && IsServiceLoop(created, context.ContainingSymbol)
            && ChildUses.Of(child).ToList() is var uses
            && uses.Exists(use => use.Kind == ChildUseKind.Wait)
            && uses.Exists(use => use.EndsIt)
            && HRD3002ChildOutlivesOwnerAnalyzer.Left(created, child, facts) is null)
        {
            Report(created.FunctionName(context.ContainingSymbol), $"'{local.Name}'");
        }

        void Report(string who, string what)
        {
            if (!StartMistakes.SpeakOf(created, child, types, facts, context.ContainingSymbol) && !StartMistakes.IsAskedOnly(child, types, facts))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rule, created.Head(), who, what));
            }
        }
    }

    // A service runs as long as its host, and so does the child that it waits for.
    private static bool IsServiceLoop(IOperation created, ISymbol member) =>
        member is IMethodSymbol { Name: "ExecuteAsync", IsOverride: true, OverriddenMethod.ContainingType.Name: "BackgroundService" }
        && created.Function() is not (IAnonymousFunctionOperation or ILocalFunctionOperation);
}
