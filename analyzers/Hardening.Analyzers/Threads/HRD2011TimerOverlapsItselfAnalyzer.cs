using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2011: a timer does not wait for its callback; when that is late, the next one starts beside it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2011TimerOverlapsItselfAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2011";

    // What runs once in an hour is over before the next one.
    private const double LongestPeriod = 3_600_000;

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not let a timer's callback overlap itself",
        messageFormat: "{0} can run several times at once: the timer does not wait until '{1}' is over",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A timer ticks by the clock. While a callback still waits for a disk, a database or another thread, the next one starts on another thread of the pool, and the next: they race over the same state and fill the pool. Skip the tick, or tick only when the work is done.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (TimerTypes.Of(start.Compilation) is { } types)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                start.RegisterOperationAction(creation => Analyze(creation, types, facts), OperationKind.ObjectCreation, OperationKind.Invocation);
                start.RegisterSymbolStartAction(type => TimerFields.Collect(type, types, (end, field) => AnalyzeField(end, field, facts)), SymbolKind.NamedType);
            }
        });
    }

    // A timer without an owner is another rule's, and one in a private field is judged with its type.
    private static void Analyze(OperationAnalysisContext context, TimerTypes types, CompilationFacts facts)
    {
        var created = context.Operation;
        if (types.IsCreation(created)
            && TimerTypes.FieldOf(created) is not { DeclaredAccessibility: Accessibility.Private }
            && !HRD2012TimerNeverDisposedAnalyzer.IsLost(created, context.ContainingSymbol, types, out var holding)
            && Find(created, TimerUses.Of(holding.Uses), context.ContainingSymbol, facts) is { } found)
        {
            context.ReportDiagnostic(found);
        }
    }

    private static void AnalyzeField(SymbolAnalysisContext context, TimerField field, CompilationFacts facts)
    {
        if (field.IsLost)
        {
            return;
        }

        foreach (var (created, member) in field.Creations)
        {
            if (Find(created, field.Uses, member, facts) is { } found)
            {
                context.ReportDiagnostic(found);
            }
        }
    }

    private static Diagnostic? Find(IOperation created, TimerUses uses, ISymbol member, CompilationFacts facts)
    {
        if (uses.IsSynchronized || TimerPeriod.Setting(created, "SynchronizingObject") is not null || !TimerPeriod.Repeats(created, uses))
        {
            return null;
        }

        var period = TimerPeriod.Milliseconds(TimerPeriod.Of(created));
        if (period >= LongestPeriod)
        {
            return null;
        }

        var callback = created switch
        {
            IObjectCreationOperation creation => creation.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "callback")?.Value,
            IInvocationOperation call => call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "callback")?.Value,
            _ => null,
        };
        foreach (var each in callback is null ? uses.Handlers : [callback])
        {
            if (TickOverlap.Of(each, facts, period) is { } found)
            {
                return Diagnostic.Create(Rule, created.Head(), [each.Syntax.GetLocation()], Name(each, created, member), found);
            }
        }

        return null;
    }

    private static string Name(IOperation callback, IOperation created, ISymbol member) =>
        (callback.Unwrap() as IDelegateCreationOperation)?.Target is IMethodReferenceOperation { Method.Name: var method }
            ? $"'{method}'"
            : $"The timer's callback in '{created.FunctionName(member)}'";
}
