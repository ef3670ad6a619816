using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>HRD4006: a camera that is gone raises no exception. Only the result of the grab tells, and it tells at once, again and again.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD4006MissingFrameIgnoredAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD4006";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Ask every grab whether it gave a frame, and wait before the next one if not",
        messageFormat: "'{0}' {1}",
        category: Categories.Camera,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "When a camera is unplugged or its stream ends, Read, Grab and QueryFrame throw nothing: they give false, null or an empty image, most of them at once. Code that does not ask works on an empty or an old image; code that asks and tries again at once takes a core. IsOpened stays true.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (Captures.Of(start.Compilation) is { } captures)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                start.RegisterOperationAction(call => Analyze(call, captures, facts), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, Captures captures, CompilationFacts facts)
    {
        if (captures.GrabOf(context.Operation) is not { } grab)
        {
            return;
        }

        var outcome = GrabOutcome.Of(grab, captures, facts);
        if (outcome.IsIgnored || outcome.Spin is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, grab.Call.Syntax.GetLocation(), context.Operation.FunctionName(context.ContainingSymbol), Says(outcome, Names.Of(grab.Call.Syntax).TrimStart('.'))));
        }
    }

    private static string Says(GrabOutcome outcome, string call) => outcome switch
    {
        { Spin: not null } => $"grabs again at once when '{call}' gave no frame: once the camera is gone, the loop takes a core and nobody reconnects",
        { Grab.IsVendor: true } => $"does not ask whether '{call}' gave a whole frame: without one, it works on pixels that are not there",
        { Loop: not null } => $"does not ask whether '{call}' gave a frame: once the camera is gone, the loop goes on with an empty or old image",
        _ => $"does not ask whether '{call}' gave a frame: without one, it works on an empty or old image",
    };
}
