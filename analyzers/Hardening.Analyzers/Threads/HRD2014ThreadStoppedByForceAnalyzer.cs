using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2014: a thread is stopped from outside, wherever it is; on .NET the call only throws.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2014ThreadStoppedByForceAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2014";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Ask a thread to stop, do not force it",
        messageFormat: "'{0}' calls 'Thread.{1}', which {2}",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Thread.Abort, Suspend and Resume stop a thread between any two instructions, with locks held and data half written. On .NET they throw PlatformNotSupportedException, so the thread is not stopped at all. Hand the thread a CancellationToken, or a gate at which it waits.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Threading.Thread") is { } thread)
            {
                // A type that .NET Framework and .NET Standard 2.0 do not have.
                var throws = start.Compilation.GetTypeByMetadataName("System.Runtime.Loader.AssemblyLoadContext") is not null;
                start.RegisterOperationAction(operation => Analyze(operation, thread, throws), OperationKind.Invocation, OperationKind.MethodReference);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol thread, bool throws)
    {
        var method = context.Operation switch
        {
            IInvocationOperation call => call.TargetMethod,
            IMethodReferenceOperation { Parent: not INameOfOperation } reference => reference.Method,
            _ => null,
        };
        if (method?.Name is "Abort" or "Suspend" or "Resume" && SymbolEqualityComparer.Default.Equals(method.ContainingType, thread))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, context.Operation.Head(), context.Operation.FunctionName(context.ContainingSymbol), method.Name,
                throws ? "always throws PlatformNotSupportedException here" : WhatItDoes(method.Name)));
        }
    }

    private static string WhatItDoes(string method) => method switch
    {
        "Abort" => "ends the thread wherever it is, with its data half written",
        "Suspend" => "stops the thread wherever it is, with the locks that it holds",
        _ => "may come before the thread has stopped: then it never goes on",
    };
}
