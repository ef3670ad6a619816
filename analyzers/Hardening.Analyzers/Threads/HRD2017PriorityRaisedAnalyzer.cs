using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2017: a thread or process goes before all others, and what it waits for is among them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2017PriorityRaisedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2017";

    private static readonly ImmutableArray<string> Types = ImmutableArray.Create(
        "System.Threading.ThreadPriority", "System.Diagnostics.ProcessPriorityClass", "System.Diagnostics.ThreadPriorityLevel");

    private const string Priority = nameof(Priority);
    private const string PriorityClass = nameof(PriorityClass);
    private const string PriorityLevel = nameof(PriorityLevel);

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Leave threads and processes at their normal priority",
        messageFormat: "'{0}' sets '{1}' to '{2}', so everything else on the machine waits while this runs, also what it waits for itself",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Info,
        description: "A raised priority makes nothing faster: it takes the time from others. The pool, the garbage collector and drivers run at lower priorities, and work that depends on them then waits for itself. Give the work less to do, or a core of its own.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var types = Types.Select(start.Compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>().ToImmutableArray();
            if (!types.IsEmpty)
            {
                start.RegisterOperationAction(assignment => Analyze(assignment, types), OperationKind.SimpleAssignment);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, ImmutableArray<INamedTypeSymbol> types)
    {
        var assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target is IPropertyReferenceOperation { Property.Name: Priority or PriorityClass or PriorityLevel } target
            && target.Type is INamedTypeSymbol type
            && types.Contains(type, SymbolEqualityComparer.Default)
            && Raised(assignment.Value, type) is { } raised)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, assignment.Syntax.GetLocation(), context.Operation.FunctionName(context.ContainingSymbol), Named(target), $"{type.Name}.{raised}"));
        }
    }

    // The name of the first value above AboveNormal that the expression can have.
    private static string? Raised(IOperation value, INamedTypeSymbol type) => value switch
    {
        { ConstantValue: { HasValue: true, Value: int number } } => type.GetMembers().OfType<IFieldSymbol>()
            .FirstOrDefault(member => member.Name is "Highest" or "TimeCritical" or "High" or "RealTime" && number.Equals(member.ConstantValue))?.Name,
        IConditionalOperation { WhenFalse: { } other } choice => Raised(choice.WhenTrue, type) ?? Raised(other, type),
        ISwitchExpressionOperation choice => choice.Arms.Select(arm => Raised(arm.Value, type)).FirstOrDefault(raised => raised is not null),
        IParenthesizedOperation parenthesized => Raised(parenthesized.Operand, type),
        _ => null,
    };

    // In an object initializer the object has no name yet.
    private static string Named(IPropertyReferenceOperation target) =>
        target.Instance is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver }
            ? $"{target.Property.ContainingType.Name}.{target.Property.Name}"
            : Names.Of(target.Syntax);
}
