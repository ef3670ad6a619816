using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2005: a parallel loop takes a thread of the pool for every element that waits, as many as the pool makes.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2005BlockingParallelBodyAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2005";

    // So many threads even a small machine has.
    internal const int Few = 4;

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Give a parallel loop that blocks a degree",
        messageFormat: "'{0}' blocks in '{1}' inside of '{2}' without a degree, so every element that waits holds a thread of the pool",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Parallel loops are made for work that keeps the cores busy. While their threads wait, the pool adds more of them and the loop takes these too: its threads grow without a bound, and everything else that needs the pool waits. Set MaxDegreeOfParallelism, or await the work in Parallel.ForEachAsync.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            var degree = new ParallelDegree(start.Compilation, facts.Graph);
            if (degree.Any)
            {
                start.RegisterOperationAction(call => Analyze(call, degree, facts), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, ParallelDegree degree, CompilationFacts facts)
    {
        var call = (IInvocationOperation)context.Operation;
        foreach (var body in degree.UnlimitedBodies(call, Few))
        {
            if (Bodies.BlockingIn(body, facts) is { } blocking && !PerItemStarts.AreIn(body, facts))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rule, call.Head(), call.FunctionName(context.ContainingSymbol), blocking.Name, Named(call)));
                return;
            }
        }
    }

    private static string Named(IInvocationOperation call) => call.TargetMethod.Name == "AsParallel" ? "AsParallel" : $"Parallel.{call.TargetMethod.Name}";
}
