using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>HRD4007: a capture holds a device or a connection until it is released, and without limits a silent source holds its thread.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD4007CaptureNeverReleasedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD4007";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Release every VideoCapture, and open network sources with time limits",
        messageFormat: "'{0}' {1}",
        category: Categories.Camera,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A VideoCapture that nobody releases keeps the device, its decoder threads and its buffers. One that is opened on a network source without limits holds its thread for half a minute each time the source is silent, in Open and in Read, and all other Opens of the process wait behind it.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (Captures.Of(start.Compilation) is { HaveCaptures: true } captures)
            {
                var limits = new CaptureLimits(start.Compilation);
                start.RegisterOperationAction(operation => Analyze(operation, captures, limits), OperationKind.ObjectCreation, OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, Captures captures, CaptureLimits limits)
    {
        var operation = context.Operation;
        if (captures.IsCreation(operation) && NeverReleased(operation, captures) is { } lost)
        {
            Report(context, $"never releases {lost}: the camera stays taken, with its threads and buffers");
        }
        else if (limits.AreMissing(operation, captures))
        {
            Report(context, $"opens '{Names.Of(CaptureSource.Address(operation)!.Syntax)}' without time limits: a silent source holds Open and each Read for half a minute, and every other Open of the process waits behind it");
        }
    }

    private static void Report(OperationAnalysisContext context, string what) =>
        context.ReportDiagnostic(Diagnostic.Create(
            Rule, context.Operation.Syntax.GetLocation(),
            context.ContainingSymbol is IMethodSymbol method ? context.Operation.FunctionName(method) : context.ContainingSymbol.ContainingType.Name, what));

    /// <summary>How a message names the capture that nobody releases; null where somebody does, or may.</summary>
    internal static string? NeverReleased(IOperation created, Captures captures)
    {
        var holding = captures.Ownership.Follow(created);
        if (holding.IsLost)
        {
            return holding.Local is { } local ? $"'{local.Name}'" : $"the VideoCapture of '{Names.Of(created.Syntax)}'";
        }

        // What a static member holds lives as long as the process.
        return holding.IsOnlyStored && holding.StoredIn.All(member => !member.IsStatic && captures.Ownership.FollowMember(member).IsLost) ? $"'{holding.StoredIn[0].Name}'" : null;
    }
}
