using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>HRD4003: threads of the application and threads of OpenCV multiply, and the machine is busy with switching between them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD4003OversubscribedOpenCvAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD4003";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Turn OpenCV's own threads off where the application has threads",
        messageFormat: "'{0}' runs '{1}' {2} while OpenCV's own threads are on, so each of these calls also wakes a thread for every core",
        category: Categories.Camera,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "OpenCV spreads the work of one call over a pool with a thread for each core. Called from several threads at once it has nothing to gain: the threads wake, spin and switch, and the processor's time goes to the system. Set the number of its threads to 1 once, at the start of the program.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (OpenCvLoops.ArePossible(start.Compilation))
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                var loops = new OpenCvLoops(start.Compilation, facts);
                var starts = new ParallelStarts(start.Compilation);
                var several = new SeveralAtOnce(start.Compilation, facts);
                start.RegisterOperationAction(
                    operation => Analyze(operation, starts, loops, several, facts), OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.EventAssignment);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, ParallelStarts starts, OpenCvLoops loops, SeveralAtOnce several, CompilationFacts facts)
    {
        if (starts.Of(context.Operation) is { } start && !loops.HaveSetting && FirstIn(start, loops, facts) is var (at, path)
            && (start.AreAllSeveral
                ? !IsFurtherLink(context.Operation, starts, loops, facts)
                : several.Are(context.Operation, context.ContainingSymbol) || IsFirstOfSeveral(context.Operation, starts, loops, facts)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, at.Head(), at.FunctionName(context.ContainingSymbol), path, start.Name));
        }
    }

    // In a lambda the call itself, so that it is reported where it stands; for a method group the group.
    private static (IOperation At, string Path)? FirstIn(ParallelStart start, OpenCvLoops loops, CompilationFacts facts)
    {
        foreach (var function in start.Functions)
        {
            if (Bodies.Of(function, facts.Graph) is { } body && loops.In(body) is var (at, path))
            {
                return function.Syntax.Span.Contains(at.Syntax.Span) && function.Syntax.SyntaxTree == at.Syntax.SyntaxTree ? (at, path)
                    : MethodOf(function) is { } method ? (function, $"{Names.Of(method)} → {path}")
                    : (function, path);
            }
        }

        return null;
    }

    private static IMethodSymbol? MethodOf(IOperation function) =>
        function.Unwrap() is IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: var method } } ? method : null;

    // items.AsParallel().Select(…).Where(…): one query, reported once.
    private static bool IsFurtherLink(IOperation operation, ParallelStarts starts, OpenCvLoops loops, CompilationFacts facts)
    {
        for (var source = Source(operation); source is not null; source = Source(source))
        {
            if (starts.Of(source) is { AreAllSeveral: true } earlier && FirstIn(earlier, loops, facts) is not null)
            {
                return true;
            }
        }

        return false;

        static IOperation? Source(IOperation call) => (call as IInvocationOperation)?.Arguments.FirstOrDefault()?.Value.Unwrap() as IInvocationOperation;
    }

    // new Thread(Left).Start(); new Thread(Right).Start(): several in one function, reported at the first.
    private static bool IsFirstOfSeveral(IOperation operation, ParallelStarts starts, OpenCvLoops loops, CompilationFacts facts)
    {
        var isBehind = false;
        foreach (var other in Bodies.Operations(operation.Function()))
        {
            if (other == operation)
            {
                isBehind = true;
            }
            else if (other.Kind == operation.Kind && starts.Of(other) is { AreAllSeveral: false } start && FirstIn(start, loops, facts) is not null)
            {
                return isBehind;
            }
        }

        return false;
    }
}
