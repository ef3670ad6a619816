using Hardening.Analyzers.Facts;
using Hardening.Analyzers.Locks;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3009: Kill only asks the system; the child holds its files and ports until it has ended.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3009UsedTooSoonAfterKillAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3009";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Wait for a killed process before its files and ports are used again",
        messageFormat: "'{0}' calls '{1}' without a wait after {2} was killed, so its files and ports may still be in use",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Kill returns before the process has ended. Until then its files are open and its ports are bound: the delete fails, the next instance cannot listen. Wait for the end, with a limit.");

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
                start.RegisterForMembers(operation => Find(operation, types, facts), OperationKind.Invocation);
            }
        });
    }

    private static Diagnostic? Find(OperationAnalysisContext context, ProcessTypes types, CompilationFacts facts)
    {
        var call = (IInvocationOperation)context.Operation;
        return call.TargetMethod.Name == "Kill" ? FindAfter(call, context.ContainingSymbol, types, facts) : null;
    }

    private static Diagnostic? FindAfter(IInvocationOperation kill, ISymbol containing, ProcessTypes types, CompilationFacts facts) =>
        KilledChild.Of(kill, types, facts) is { } child && child.UsedTooSoon(containing) is { } use
            ? Diagnostic.Create(Rule, use.Head(), use.FunctionName(Callers.MemberOf(use) ?? containing), KilledChild.NameOf(use), child.Name)
            : null;
}
