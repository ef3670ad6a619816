using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2008: a pool thread sleeps or waits, where code that awaits would give it back.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2008BlockingWaitInAsyncCodeAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2008";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not block a pool thread with a wait",
        messageFormat: "'{0}' {1} and waits in '{2}', so a thread of the pool stands still",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Async code and callbacks run on the few threads of the pool. A thread that sleeps or waits there serves nobody; under load the pool runs dry and everything stalls. Await the wait's async twin.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Threading.Tasks.Task") is not null)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                start.RegisterOperationAction(call => Analyze(call, facts), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, CompilationFacts facts)
    {
        var call = (IInvocationOperation)context.Operation;
        // Most private functions are called from code that may wait: what they do is read only for the others.
        if (!ThreadWait.IsWait(call) && !IsHelper(call)
            || Where(call, context.ContainingSymbol, facts) is not { } where
            || WaitIn(call, facts) is not { } wait
            || IsHeld(call, facts))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(Rule, call.Head(), call.FunctionName(context.ContainingSymbol), where, wait));
    }

    /// <summary>The wait as the message names it: <c>Thread.Sleep</c>, or the path to it through private functions.</summary>
    private static string? WaitIn(IInvocationOperation call, CompilationFacts facts)
    {
        if (ThreadWait.IsWait(call))
        {
            return !ThreadWait.IsOver(call) && facts.Blocking.Find(call) is { } direct && !ThreadWait.IsOfTask(direct.Name) ? direct.Name : null;
        }

        return IsHelper(call) && facts.Blocking.FindThrough(call, waitsOnly: true, held: null) is { IsWait: true } through && !ThreadWait.IsOfTask(through.Name) ? through.Name : null;
    }

    // What others call may be meant to wait; a private function is part of the code that calls it.
    private static bool IsHelper(IInvocationOperation call) =>
        call.TargetMethod is { IsAsync: false } method
        && (method.MethodKind == MethodKind.LocalFunction || method is { DeclaredAccessibility: Accessibility.Private, DeclaringSyntaxReferences.IsEmpty: false })
        && !Functions.IsTask(method.ReturnType);

    // Under a lock HRD1003 reports it, unless it is the wait that gives up that lock.
    private static bool IsHeld(IInvocationOperation call, CompilationFacts facts) =>
        facts.Regions.HeldAround(call) is { } held && (facts.Regions.GivenUpBy(call) is not { } givenUp || !LockRegions.AreSame(held, givenUp));

    private static string? Where(IInvocationOperation call, ISymbol containing, CompilationFacts facts)
    {
        var isAsync = Functions.Of(call, containing)?.IsAsync == true;
        foreach (var handover in Handover.OfFunctionAround(call, containing))
        {
            switch (handover.To)
            {
                // A parallel loop without a limit is HRD2005's to report.
                case Runner.OwnThread when !isAsync:
                case Runner.Nobody or Runner.UnlimitedLoop:
                    return null;
                // What comes once takes one thread once.
                case Runner.Pool when !isAsync && !handover.IsOnce:
                    return $"is called back by '{handover.Name}'";
                // Work is given to the pool so that others need not wait; but with an async twin nobody need.
                case Runner.StartedWork when !isAsync && ThreadWait.HasAsyncTwin(call):
                    return $"gives work to '{handover.Name}'";
            }
        }

        return isAsync ? "is async"
            : ThreadWait.HasAsyncTwin(call) && facts.Roots.Of(call, containing).LastOrDefault()?.Per == "request" ? "answers a request"
            : null;
    }
}
