using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1003: whoever needs the lock waits for the disk, the device or the thread that its holder waits for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1003LockHeldAcrossBlockingAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1003";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not block while a lock is held",
        messageFormat: "'{0}' holds the lock '{1}' across '{2}', so every thread that needs the lock waits for it too",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A lock that is held across a wait or I/O stalls every thread that needs it, and deadlocks when what is waited for needs it as well. Block before or after the lock.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            start.RegisterOperationActionInTypes(
                taking => Analyze(taking, facts), OperationKind.Lock, OperationKind.Using, OperationKind.UsingDeclaration, OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, CompilationFacts facts)
    {
        foreach (var (operation, locks) in LockedCode.Of(context.Operation, context.ContainingSymbol, facts.Regions))
        {
            // Monitor.Wait gives up its own lock, and no other one.
            var givenUp = facts.Regions.GivenUpBy(operation);
            if (locks.FirstOrDefault(held => givenUp is null || !LockRegions.AreSame(held, givenUp)) is { } held && Find(operation, held, facts) is { } found)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule,
                    operation.Head(),
                    found.At is { } at ? [at] : null,
                    operation.FunctionName(context.ContainingSymbol),
                    Names.Of(held.Syntax),
                    found.Name));
            }
        }
    }

    // After an await another thread may run, which does not own the lock that it is about to leave.
    private static BlockingCall? Find(IOperation operation, IOperation held, CompilationFacts facts) =>
        operation is IAwaitOperation ? new BlockingCall("await", isWait: true) : facts.Blocking.FindThrough(operation, waitsOnly: false, LockRegions.Identity(held));
}
