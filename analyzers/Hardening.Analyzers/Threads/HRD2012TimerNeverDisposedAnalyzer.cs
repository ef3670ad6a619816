using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2012: a timer without an owner stops when the garbage collector finds it, or never.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2012TimerNeverDisposedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2012";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Keep and dispose every timer",
        messageFormat: "'{0}' never disposes {1}: {2}",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A System.Threading.Timer that nothing refers to may be collected at any time, and then it stops ticking. One that is kept and not disposed ticks on, and keeps alive what its callback refers to. Keep a timer in a field and dispose it with its owner.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (TimerTypes.Of(start.Compilation) is { } types)
            {
                start.RegisterOperationAction(creation => Analyze(creation, types), OperationKind.ObjectCreation, OperationKind.Invocation);
                start.RegisterSymbolStartAction(type => TimerFields.Collect(type, types, AnalyzeField), SymbolKind.NamedType);
            }
        });
    }

    /// <summary>No variable that lives on holds the timer, and nothing here ends it.</summary>
    internal static bool IsLost(IOperation created, ISymbol member, TimerTypes types, out Holding holding)
    {
        holding = types.Ownership.Follow(created);
        if (!holding.IsLost || holding.Uses.Any(use => use.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "KeepAlive" } }))
        {
            return false;
        }

        var uses = TimerUses.Of(holding.Uses);
        if (uses.IsEnded || uses.HasEscaped)
        {
            return false;
        }

        // With only a callback the timer is its own state: it is kept while it waits for its one tick.
        var keepsItself = types.IsComponent(created) || created is IObjectCreationOperation { Arguments.Length: 1 };
        return !keepsItself || TimerPeriod.Repeats(created, uses) && !(types.IsComponent(created) && IsMain(member));
    }

    private static void Analyze(OperationAnalysisContext context, TimerTypes types)
    {
        var created = context.Operation;
        if (types.IsCreation(created) && IsLost(created, context.ContainingSymbol, types, out var holding))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule,
                created.Head(),
                created.FunctionName(context.ContainingSymbol),
                holding.Local is { } local ? $"'{local.Name}'" : "its timer",
                types.IsComponent(created) ? "it ticks on, and nothing can stop it" : "nothing keeps it, so it may be collected and stop ticking at any time"));
        }
    }

    private static void AnalyzeField(SymbolAnalysisContext context, TimerField field)
    {
        if (field.IsLost)
        {
            foreach (var (created, _) in field.Creations)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule, created.Head(), field.Field.ContainingType.Name, $"'{field.Field.Name}'", "it ticks on when nobody needs the object any more, and keeps it alive"));
            }
        }
    }

    // It ends with the process.
    private static bool IsMain(ISymbol member) => member is IMethodSymbol { IsStatic: true, Name: "Main" or "<Main>$" };
}
