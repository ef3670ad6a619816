using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2002: work is started for each item, and nothing waits for it or bounds how much of it there is.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2002TaskPerItemAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2002";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not start a task per item without a limit",
        messageFormat: "'{0}' starts {1} for each {2}, so the load decides how many {3} there are",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Tasks that are started per element, request, tick or frame, and that nobody waits for, are a queue without a bound: they pile up while work comes faster than it is done, and their exceptions are seen by nobody. Wait for them in a parallel loop with a limit, or hand the items to fixed workers through a bounded queue.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var types = new TaskTypes(start.Compilation);
            if (types.Any)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                var forgotten = new ForgottenCall(facts, types);
                start.RegisterOperationAction(call => Analyze(call, types, facts, forgotten), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, TaskTypes types, CompilationFacts facts, ForgottenCall forgotten)
    {
        var call = (IInvocationOperation)context.Operation;
        if (ForgottenCall.IsOne(call))
        {
            if (forgotten.RootOf(call, context.ContainingSymbol) is { } arrival && !EndsLoop(call, arrival.Loop) && !PerItemStarts.AreIn(call, facts))
            {
                Report(arrival, $"and forgets '{call.TargetMethod.Name}'", "of them");
            }

            return;
        }

        if (StartedTask.Of(call, types) is not { } started
            || started.IsCollected && !started.IsLongRunning && !IsRepeatedHere(call)
            || AsyncDelegates.LeavesItsThread(call) is not null)
        {
            return;
        }

        foreach (var root in facts.Roots.Of(call, context.ContainingSymbol))
        {
            if (IsFixed(root, started))
            {
                continue;
            }

            if (What(started, root, facts) is var (what, many) && !EndsLoop(call, root.Loop) && !Throttles.HoldBack(call, root.Loop) && !Throttles.AreIn(started.Work, facts.Graph) && !StartsChildren(started, facts))
            {
                Report(root, what, many);
            }

            return;
        }

        void Report(Root root, string what, string many) =>
            context.ReportDiagnostic(Diagnostic.Create(Rule, call.Head(), call.FunctionName(context.ContainingSymbol), what, root.Per, many));
    }

    // A process per item is the larger mistake, and its limit is one for the tasks, too.
    private static bool StartsChildren(StartedTask started, CompilationFacts facts) =>
        started.Work is not null && Bodies.Of(started.Work, facts.Graph) is { } body && PerItemStarts.AreIn(body, facts);

    private static bool IsFixed(Root root, StartedTask started) =>
        root.Loop switch
        {
            null => false,
            // Only tasks that are kept say that the loop fills a set.
            IWhileLoopOperation loop => started.IsCollected && WorkerSet.IsFilledBy(loop, started),
            IForEachLoopOperation each => FewItems.Are(each.Collection, FewItems.Most) || WorkerSet.IsFilledBy(each, started),
            var loop => WorkerSet.IsFilledBy(loop, started),
        }
        || root.Source is { } source && (FewItems.Are(source, FewItems.Most) || WorkerSet.IsWalkedIn(source, started));

    // Tasks that someone waits for are many, but the pool works them off; threads that block it are not.
    private static (string What, string Many)? What(StartedTask started, Root root, CompilationFacts facts) =>
        started.IsLongRunning ? ("a long-running task, which is a thread,", "threads")
        : !started.IsCollected ? ("a forgotten task", "tasks")
        : root.Loop is null && root.Source is null || started.Work is null ? null
        : Bodies.Of(started.Work, facts.Graph) is { } body && Bodies.BlockingIn(body, facts) is { } blocking ? ($"a task that blocks in '{blocking.Name}'", "threads")
        : null;

    // Whoever calls the function waits with it for the tasks that it collects.
    private static bool IsRepeatedHere(IOperation start)
    {
        var parent = start.Parent;
        while (parent is not (null or ILoopOperation or IAnonymousFunctionOperation or ILocalFunctionOperation))
        {
            parent = parent.Parent;
        }

        return parent is ILoopOperation or IAnonymousFunctionOperation;
    }

    // foreach (…) { if (…) { _ = Task.Run(…); break; } }
    private static bool EndsLoop(IOperation start, ILoopOperation? loop)
    {
        for (var (node, parent) = (start, start.Parent); loop is not null && node != loop && parent is not null; (node, parent) = (parent, parent.Parent))
        {
            if (parent is IBlockOperation { Operations: var operations } && operations[operations.Length - 1] is var last
                && (last is IReturnOperation { IsImplicit: false, Kind: OperationKind.Return } or IThrowOperation || last is IBranchOperation branch && SymbolEqualityComparer.Default.Equals(branch.Target, loop.ExitLabel)))
            {
                return true;
            }
        }

        return false;
    }
}
