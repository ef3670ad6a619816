using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3002: the owner of a child is gone, or has left by an exception, and the child runs on; nobody holds its handle any more.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3002ChildOutlivesOwnerAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3002";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "End every child process with its owner",
        messageFormat: "'{0}' {1}",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Disposing a Process frees the handle and leaves the child running. Whoever starts a child ends it: in Dispose or Stop where a member keeps it, in a finally where a method does.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            if (facts.Processes is { } types)
            {
                start.RegisterOperationAction(operation => Analyze(operation, facts, types), OperationKind.Invocation, OperationKind.ObjectCreation);
            }
        });
    }

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
        var (who, what) = Kept(created, child, types) is { } kept
            ? (kept.Member.ContainingType.Name, Describe(kept))
            : Left(created, child, facts) is { } path
                ? (created.FunctionName(context.ContainingSymbol), Describe(path, child))
                : default;
        if (what is not null && !ChildLife.IsLetGo(created, child, types) && !ChildLife.IsInTests(context.ContainingSymbol)
            && !StartMistakes.SpeakOf(created, child, types, facts, context.ContainingSymbol) && !StartMistakes.IsAskedOnly(child, types, facts)
            && !StartMistakes.IsWaitReported(child, types, facts))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, created.Head(), who, what));
        }
    }

    /// <summary>Kept in a member that nothing ends; null where that is not so, or cannot be said. What its own method disposes was in the member for a while only.</summary>
    internal static KeptChild? Kept(IOperation created, Holding child, ProcessTypes types) =>
        child.Ends.Count == 0
        && KeptChild.Of(created, child, types) is { IsRunToEnd: false } kept
        && kept.End is var end and not KeptEnd.Ended
        && (end != KeptEnd.Never || !ChildLife.IsWindow(kept.Member.ContainingType))
            ? kept
            : null;

    /// <summary>Left running on one way out of the method, where the others end it. What is never disposed is HRD3001's.</summary>
    internal static ChildPath? Left(IOperation created, Holding child, CompilationFacts facts) =>
        child is { HasEscaped: false, Fate: Fate.Ended } ? ChildPath.Of(created, child, facts) : null;

    private static string Describe(KeptChild kept) => kept.End switch
    {
        KeptEnd.OnlyDisposed => $"only disposes '{kept.Member.Name}', which frees the handle: the child runs on when its owner is gone",
        KeptEnd.OnlyReplaced => $"kills '{kept.Member.Name}' only to start the next one: the last child runs on when its owner is gone",
        _ => $"keeps a child in '{kept.Member.Name}' and nothing ends it: it runs on when its owner is gone",
    };

    private static string? Describe(ChildPath path, Holding child)
    {
        var name = child.Local is { } local ? $"'{local.Name}'" : "its child";
        var end = path.End.EndsIt ? "kills" : "waits for";
        return path.Leave switch
        {
            IInvocationOperation call when path.IsCancelled => $"leaves {name} running when '{call.TargetMethod.Name}' is cancelled",
            IReturnOperation => $"returns before it {end} {name}: the child runs on",
            IThrowOperation => $"throws before it {end} {name}: the child runs on",
            IAwaitOperation { Operation: var awaited } => $"leaves {name} running when '{Names.Of(awaited.Syntax)}' throws: the kill is not in a finally",
            IInvocationOperation call => $"leaves {name} running when '{call.TargetMethod.Name}' throws: the kill is not in a finally",
            _ => null,
        };
    }
}
