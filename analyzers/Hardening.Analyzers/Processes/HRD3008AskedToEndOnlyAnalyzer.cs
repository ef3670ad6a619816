using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3008: a process may refuse a request to end, or hang before it reads it; then it runs on, and nobody knows.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3008AskedToEndOnlyAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3008";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Kill what does not end when asked",
        messageFormat: "'{0}' asks {1} to end and never makes sure that it does, so one that does not listen runs on",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "SIGTERM and CloseMainWindow are requests. A process that hangs, that ignores them or that shows a dialog does not end. Wait for it with a limit, and kill it with its descendants when the limit is over.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            if (facts.Processes is { } types)
            {
                start.RegisterOperationAction(
                    operation =>
                    {
                        if (EndRequest.MayBeOne((IInvocationOperation)operation.Operation))
                        {
                            Analyze(operation, types, facts);
                        }
                    },
                    OperationKind.Invocation);
            }
        });
    }

    /// <summary>The request, if nobody makes sure of what it asks for.</summary>
    internal static EndRequest? RequestAt(IInvocationOperation call, ProcessTypes types, CompilationFacts facts, ISymbol containing) =>
        EndRequest.MayBeOne(call) && EndRequest.Of(call, types) is { IsKill: false } request && new Escalations(types, facts).AreMissing(request, containing) ? request : null;

    private static void Analyze(OperationAnalysisContext context, ProcessTypes types, CompilationFacts facts)
    {
        var call = (IInvocationOperation)context.Operation;
        if (RequestAt(call, types, facts, context.ContainingSymbol) is { } request)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, call.Head(), call.FunctionName(context.ContainingSymbol), request.Child is { } child ? $"'{Names.Of(child.Syntax)}'" : "a process"));
        }
    }
}
