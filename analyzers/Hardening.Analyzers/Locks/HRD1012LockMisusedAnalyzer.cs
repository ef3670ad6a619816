using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1012: three uses of locks that compile and never work: a wait that does not look again, a reader that wants to write, a copied SpinLock.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1012LockMisusedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1012";

    // Deeper calls are seldom about the same lock.
    private const int MostCalls = 3;

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Use a lock in the way that it works",
        messageFormat: "'{0}' {1}",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Monitor.Wait returns when someone pulsed, not when the condition holds: ask again in a loop. A thread with the read lock cannot enter the write lock. A readonly SpinLock is copied by each call.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            var calls = new LockCalls(start.Compilation);
            start.RegisterOperationActionInTypes(context => AnalyzeCall(context, facts, calls), OperationKind.Invocation);
            if (start.Compilation.GetTypeByMetadataName("System.Threading.SpinLock") is { } spinLock)
            {
                start.RegisterSymbolAction(context => AnalyzeField(context, spinLock), SymbolKind.Field);
            }
        });
    }

    private static void AnalyzeCall(OperationAnalysisContext context, CompilationFacts facts, LockCalls calls)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name == "Wait")
        {
            if (facts.Regions.GivenUpBy(call) is { } held && PulseWaits.GoesOn(call, held, facts.Regions))
            {
                Report(context, call, $"waits for a pulse of '{Names.Of(held.Syntax)}' outside of a loop, so it goes on even if what it waits for is not there");
            }
        }
        else if (calls.Of(call) is { Mode: "Read", Use: not LockUse.Release } read)
        {
            AnalyzeReader(context, read, facts, calls);
        }
    }

    private static void AnalyzeReader(OperationAnalysisContext context, LockCall read, CompilationFacts facts, LockCalls calls)
    {
        var function = read.Call.Function();
        var block = read.Call.Parent;
        while (block is not (null or IBlockOperation))
        {
            block = block.Parent;
        }

        // Only in the same block or below: a reader that is one only sometimes may be a writer at other times.
        var writers = (block?.DescendantsInFunction() ?? []).OfType<IInvocationOperation>()
            .Where(call => call.Syntax.SpanStart > read.Call.Syntax.SpanStart)
            .Select(call => (Call: call, Path: PathToWriter(call, read, facts.Graph, calls, MostCalls, context.CancellationToken)))
            .Where(writer => writer.Path is not null).ToList();
        if (writers.Count == 0
            || Graphs.Of(function, context.GetControlFlowGraph()) is not { } graph
            || HeldPaths.After(read, calls.ReleasesOf(read, function), graph) is not { } paths)
        {
            return;
        }

        foreach (var (call, path) in writers.Where(writer => paths.Calls.Contains(writer.Call.Syntax)))
        {
            var through = path!.Length == 0 ? "" : $" through '{path}'";
            Report(context, call, $"enters the write lock of '{Names.Of(read.Lock.Syntax)}'{through} while it holds the read lock, which throws or waits for itself");
        }
    }

    /// <summary>The methods through which the call enters the write lock; empty when it does so itself, null when it does not.</summary>
    private static string? PathToWriter(IInvocationOperation call, LockCall read, CallGraph graph, LockCalls calls, int depth, CancellationToken cancellation)
    {
        if (calls.Of(call) is { } direct)
        {
            return direct is { Mode: "Write", Use: not LockUse.Release } && LockRegions.AreSame(direct.Lock, read.Lock) ? "" : null;
        }

        // Of the same object: only then is its field the caller's field.
        if (depth == 0
            || call.Instance is not (null or IInstanceReferenceOperation)
            || read.Lock is not IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation }
            || graph.TargetOf(call) is not { } method
            || !SymbolEqualityComparer.Default.Equals(method.ContainingType, ((IFieldReferenceOperation)read.Lock).Field.ContainingType.OriginalDefinition)
            || graph.BodyOf(method, cancellation) is not { } body)
        {
            return null;
        }

        // What leaves the read lock first is not understood.
        var inner = body.DescendantsInFunction().OfType<IInvocationOperation>().ToList();
        return inner.Exists(other => calls.Of(other) is { Use: LockUse.Release, Mode: "Read" })
            ? null
            : inner.Select(other => PathToWriter(other, read, graph, calls, depth - 1, cancellation)).FirstOrDefault(path => path is not null) switch
            {
                null => null,
                "" => method.Name,
                var path => $"{method.Name} → {path}",
            };
    }

    private static void AnalyzeField(SymbolAnalysisContext context, INamedTypeSymbol spinLock)
    {
        var field = (IFieldSymbol)context.Symbol;
        if (field.IsReadOnly && SymbolEqualityComparer.Default.Equals(field.Type, spinLock) && !field.IsImplicitlyDeclared)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, field.Locations[0], field.Name, "is a readonly SpinLock, so each call locks a copy and keeps nobody out"));
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation at, string mistake) =>
        context.ReportDiagnostic(Diagnostic.Create(Rule, at.Head(), at.FunctionName(context.ContainingSymbol), mistake));
}
