using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>HRD4004: the thread that brings the frames waits for somebody else, and the camera does not.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD4004BlockedFrameCallbackAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD4004";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not block or lock in a frame callback",
        messageFormat: "'{0}' {1} on the thread that brings the frames of '{2}', and every frame that comes meanwhile needs a buffer that is not given back",
        category: Categories.Camera,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A frame callback runs on the thread by which the driver hands out its few buffers. While it waits for a lock, a disk, the network or another thread, the driver runs out of them and frames are lost where nobody counts them. Copy or lease the frame, hand it on through a bounded queue, and return.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            var callbacks = facts.FrameCallbacks;
            var hiddenLocks = new HiddenLocks(start.Compilation, facts);
            start.RegisterOperationAction(
                operation => Analyze(operation, callbacks, facts, hiddenLocks),
                OperationKind.Lock, OperationKind.Using, OperationKind.UsingDeclaration, OperationKind.Invocation, OperationKind.PropertyReference, OperationKind.ObjectCreation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, FrameCallbacks callbacks, CompilationFacts facts, HiddenLocks hiddenLocks)
    {
        if (callbacks.Any && callbacks.Around(context.Operation, context.ContainingSymbol) is { } raiser)
        {
            AnalyzeCallback(context, raiser, facts, hiddenLocks);
        }
    }

    private static void AnalyzeCallback(OperationAnalysisContext context, string raiser, CompilationFacts facts, HiddenLocks hiddenLocks)
    {
        // Under a lock HRD1003 reports what blocks; of two locks the outer one is the mistake.
        var operation = context.Operation;
        if (What(operation, context.ContainingSymbol, facts, hiddenLocks) is { } what && facts.Regions.HeldAround(operation) is null)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, operation.Head(), operation.FunctionName(context.ContainingSymbol), what, raiser));
        }
    }

    private static string? What(IOperation operation, ISymbol containing, CompilationFacts facts, HiddenLocks hiddenLocks)
    {
        if (facts.Regions.TakenBy(operation) is { } held && LockFacts.WhyExcludesNobody(held, containing) is null)
        {
            return $"takes the lock '{Names.Of(held.Syntax)}'";
        }

        return facts.Blocking.Find(operation) is { } blocking ? IsParallelLoop(blocking) ? null : $"waits in '{blocking.Name}'"
            : UserInterface(operation) is { } call ? $"waits for the user interface in '{call}'"
            : Hidden(operation, facts) is { } path ? $"waits in '{path}'"
            : hiddenLocks.Behind(operation) is { } taken ? $"takes the lock '{taken.Lock.Name}' in '{taken.Path.Substring(0, taken.Path.Length - " → ".Length)}'"
            : null;
    }

    // It works; that work in a callback is too much is another question.
    private static bool IsParallelLoop(BlockingCall blocking) => blocking.Name.IndexOf("Parallel.", StringComparison.Ordinal) >= 0;

    // Dispatcher.Invoke, Control.Invoke, SynchronizationContext.Send: BeginInvoke and Post do not wait.
    private static string? UserInterface(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: "Invoke" or "Send", ContainingType: { } type } method }
        && (method.Name == "Send" ? type.Name == "SynchronizationContext" : IsOfUserInterface(type))
            ? $"{type.Name}.{method.Name}"
            : null;

    private static bool IsOfUserInterface(ITypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.Name is "Dispatcher" or "Control" or "ISynchronizeInvoke" && current.ContainingNamespace.ToDisplayString() is var space
                && (space.StartsWith("System.Windows", StringComparison.Ordinal) || space.StartsWith("Avalonia", StringComparison.Ordinal) || space == "System.ComponentModel"))
            {
                return true;
            }
        }

        return false;
    }

    // A task that is waited for is HRD2007's to report where that stands; what stands under a lock there, HRD1003's.
    private static string? Hidden(IOperation operation, CompilationFacts facts)
    {
        foreach (var found in facts.Summaries.Through(operation))
        {
            if (!found.IsHeavy && !IsParallelLoop(found) && found.Spared.IsEmpty && !IsOfTask(found.Name))
            {
                return found.Name;
            }
        }

        return null;
    }

    private static bool IsOfTask(string path) =>
        path.EndsWith("Task.Wait", StringComparison.Ordinal) || path.EndsWith("Task.Result", StringComparison.Ordinal) || path.EndsWith("GetResult()", StringComparison.Ordinal);
}
