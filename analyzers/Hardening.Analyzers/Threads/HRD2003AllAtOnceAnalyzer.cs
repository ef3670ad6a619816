using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2003: as many requests, files or connections are open at once as the input has elements.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2003AllAtOnceAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2003";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Limit how much I/O runs at once",
        messageFormat: "'{0}' starts '{1}' for all elements at once, so the input decides how many run at the same time",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Info,
        description: "Task.WhenAll over one call per element opens a connection, file or command for each of them at the same moment. With ten elements that is fast; with ten thousand, connections run out, calls time out behind one another, and the other side is flooded. Use Parallel.ForEachAsync with a limit.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Threading.Tasks.Task") is { } task)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                var io = new AsyncIo(facts.Graph, new TaskTypes(start.Compilation));
                start.RegisterOperationAction(call => Analyze(call, task, io, facts), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol task, AsyncIo io, CompilationFacts facts)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name != "WhenAll"
            || !SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, task)
            || call.Arguments is not { Length: 1 } arguments
            || arguments[0].ArgumentKind != ArgumentKind.Explicit
            || StartedTogether.Of(arguments[0].Value) is not { } started)
        {
            return;
        }

        var name = started.Loop is { } loop ? InLoop(started, loop, io) : InQuery(started, io, facts.Graph);
        if (name is not null && !PerItemStarts.AreIn(Bodies.Of(started.Task, facts.Graph) ?? started.Task, facts))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, call.Head(), call.FunctionName(context.ContainingSymbol), name));
        }
    }

    private static string? InQuery(StartedTogether started, AsyncIo io, CallGraph graph)
    {
        if (started.Items is { } items && FewItems.Are(items, FewItems.Most) || Bodies.Of(started.Task, graph) is not { } body)
        {
            return null;
        }

        var element = body is IAnonymousFunctionOperation { Symbol.Parameters: { IsEmpty: false } parameters } ? parameters[0] : null;
        return AllCalls(body).Any(part => IsOwn(part, element)) ? null : io.FindIn(body);
    }

    private static string? InLoop(StartedTogether started, ILoopOperation loop, AsyncIo io)
    {
        if (IsFew(loop) || Throttles.HoldBack(started.Task, loop))
        {
            return null;
        }

        var task = started.Task.Unwrap();
        task = task is ILocalReferenceOperation { Local: var local } && Initializers.Of(local, task) is { } initial ? initial : task;
        var calls = task.DescendantsInFunction().ToList();
        return calls.Any(part => loop.Locals.Any(element => IsOwn(part, element))) ? null : calls.Select(io.Find).FirstOrDefault(found => found is not null);
    }

    private static bool IsFew(ILoopOperation loop) => loop switch
    {
        IForEachLoopOperation each => FewItems.Are(each.Collection, FewItems.Most),
        IForLoopOperation { Condition: IBinaryOperation { RightOperand: var bound } } => bound.Unwrap() switch
        {
            { ConstantValue: { HasValue: true, Value: int number } } => number <= FewItems.Most,
            IPropertyReferenceOperation { Property.Name: "ProcessorCount" } => true,
            IInvocationOperation { TargetMethod: { Name: "Min" or "Clamp", ContainingType.Name: "Math" } } => true,
            _ => false,
        },
        _ => false,
    };

    private static IEnumerable<IOperation> AllCalls(IOperation body) => body is IMethodReferenceOperation ? [] : Bodies.Operations(body);

    // captures.Select(capture => capture.StartAsync()): each element is open already, and has its own.
    private static bool IsOwn(IOperation operation, ISymbol? element)
    {
        var instance = operation is IInvocationOperation { Instance: { } receiver, TargetMethod.ReturnType.Name: "Task" or "ValueTask" } && element is not null ? receiver.Unwrap() : null;
        while (instance is IMemberReferenceOperation { Instance: { } outer })
        {
            instance = outer.Unwrap();
        }

        return instance switch
        {
            IParameterReferenceOperation { Parameter: var parameter } => SymbolEqualityComparer.Default.Equals(parameter, element),
            ILocalReferenceOperation { Local: var local } => SymbolEqualityComparer.Default.Equals(local, element),
            _ => false,
        };
    }
}
