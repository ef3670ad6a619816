using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3003: <c>Kill()</c> ends one process; what it has started runs on, and holds its pipes, files and ports.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3003KillWithoutTreeAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3003";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Kill a process with its descendants",
        messageFormat: "'{0}' kills '{1}' alone: the processes that it has started live on",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "The children of a killed process are adopted by init and go on running, with the pipes, files and ports that they inherited. Kill(entireProcessTree: true) ends them too.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            var kills = CompilationFacts.Of(start.Compilation, start.Options).Processes?.Process.GetMembers("Kill").OfType<IMethodSymbol>().ToList();
            if (kills?.Find(kill => kill.Parameters.IsEmpty) is { } kill && kills.Exists(IsTreeKill))
            {
                start.RegisterOperationAction(operation => Analyze(operation, kill), OperationKind.Invocation, OperationKind.MethodReference);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, IMethodSymbol kill)
    {
        var (method, instance) = context.Operation switch
        {
            IInvocationOperation call => (call.TargetMethod, call.Instance),
            IMethodReferenceOperation reference => (reference.Method, reference.Instance),
            _ => default,
        };
        if (SymbolEqualityComparer.Default.Equals(method, kill) && instance is not null && !IsOwnProcess(instance) && !IsLastResort(context.Operation))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, context.Operation.Syntax.GetLocation(), Names.Of(context.ContainingSymbol), Names.Of(ChildHistory.Named(instance).Syntax)));
        }
    }

    private static bool IsTreeKill(IMethodSymbol method) => method.Parameters.Length == 1 && method.Parameters[0].Type.SpecialType == SpecialType.System_Boolean;

    // Kill(true) refuses the tree that the caller itself is in.
    private static bool IsOwnProcess(IOperation instance) => ChildHistory.Named(instance).Unwrap() switch
    {
        IInvocationOperation { TargetMethod.Name: "GetCurrentProcess" } => true,
        ILocalReferenceOperation { Local: var local } reference => reference.Root().Descendants().OfType<IVariableDeclaratorOperation>()
            .Any(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, local)
                && declarator.GetVariableInitializer()?.Value.Unwrap() is IInvocationOperation { TargetMethod.Name: "GetCurrentProcess" }),
        _ => false,
    };

    // In the catch of a Kill(true) that the system has refused.
    private static bool IsLastResort(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is ICatchClauseOperation { Parent: ITryOperation { Body: var body } }
                && body.Descendants().Any(tried => tried is IInvocationOperation { TargetMethod: { Name: "Kill" } method } && IsTreeKill(method)))
            {
                return true;
            }
        }

        return false;
    }
}
