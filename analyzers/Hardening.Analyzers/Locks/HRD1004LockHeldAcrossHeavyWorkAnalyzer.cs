using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>HRD1004: nothing waits, but all who need the lock queue behind a computation that does not need it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD1004LockHeldAcrossHeavyWorkAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD1004";

    // What is further below is rarely large: one object that is read on the way.
    private const int MostCalls = 3;

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do heavy work outside of locks",
        messageFormat: "'{0}' holds the lock '{1}' while '{2}' works, so every thread that needs the lock waits for a result that is not its own",
        category: Categories.Locks,
        defaultSeverity: DiagnosticSeverity.Info,
        description: "Sorting, serializing, compressing, hashing and image work take longer the more data there is, and a lock that is held meanwhile makes one core of many. Copy what the work needs under the lock, and work after it.");

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
            var held = LockRegions.Identity(locks[0]);
            if (Find(operation, held, facts) is { } found && !IsDoneOnce(operation) && facts.Blocking.FindThrough(operation, waitsOnly: false, held) is null)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule,
                    operation.Head(),
                    found.At is { } at ? [at] : null,
                    operation.FunctionName(context.ContainingSymbol),
                    Names.Of(locks[0].Syntax),
                    found.Name));
            }
        }
    }

    // if (_all is null) { _all = Load(); } and _all ??= Load(): who waits, waits for just this.
    private static bool IsDoneOnce(IOperation operation)
    {
        for (var (node, parent) = (operation, operation.Parent);
            parent is not (null or ILockOperation or IAnonymousFunctionOperation or ILocalFunctionOperation);
            (node, parent) = (parent, parent.Parent))
        {
            if (parent is ICoalesceAssignmentOperation { Target: IMemberReferenceOperation }
                || parent is IConditionalOperation { Condition: var condition, WhenTrue: var whenTrue } && node == whenTrue && condition.DescendantsAndSelf().Any(IsNullOfMember))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNullOfMember(IOperation value) => value is IMemberReferenceOperation && value.Parent switch
    {
        IIsPatternOperation { Pattern: IConstantPatternOperation { Value: { } tested } } => tested.Unwrap().ConstantValue is { HasValue: true, Value: null },
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } equals => equals.RightOperand.Unwrap().ConstantValue is { HasValue: true, Value: null },
        IConversionOperation { Parent: IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } equals } => equals.RightOperand.Unwrap().ConstantValue is { HasValue: true, Value: null },
        _ => false,
    };

    private static BlockingCall? Find(IOperation operation, ISymbol? held, CompilationFacts facts) =>
        facts.Heavy.Find(operation, withQueries: true) is { } name
            ? new BlockingCall(name, isWait: false, isHeavy: true)
            : facts.Summaries.Through(operation).FirstOrDefault(call => call.IsHeavy && call.Depth <= MostCalls && (held is null || !call.Spared.Contains(held, SymbolEqualityComparer.Default)));
}
