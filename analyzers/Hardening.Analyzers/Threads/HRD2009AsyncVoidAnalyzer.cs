using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2009: nobody can wait for an async void function, and its exception ends the process.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2009AsyncVoidAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2009";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not write async void",
        messageFormat: "{0} is async void: nobody can wait for it, and an exception in it ends the process",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "An async void function has no task, so no one knows when it has ended, and its exception is thrown on a pool thread or a context, where nobody catches it. Return Task. An event handler has to be void: put a try with a catch around all that it does.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            start.RegisterOperationBlockAction(member => AnalyzeMember(member, facts));
            start.RegisterOperationAction(function => AnalyzeFunction(function, facts), OperationKind.LocalFunction, OperationKind.AnonymousFunction);
        });
    }

    private static void AnalyzeMember(OperationBlockAnalysisContext context, CompilationFacts facts)
    {
        if (context.OwningSymbol is IMethodSymbol { IsAsync: true, ReturnsVoid: true } method
            && context.OperationBlocks.FirstOrDefault(block => block is IBlockOperation) is { } body
            && !AsyncVoid.IsForced(method)
            && !AsyncVoid.IsHandler(method)
            && !AsyncVoid.IsSubscribed(method, facts.Callers)
            && !IsSafe(method, body, facts.Callers)
            && Identifier(method, context.CancellationToken) is { } place)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, place, $"'{method.Name}'"));
        }
    }

    private static void AnalyzeFunction(OperationAnalysisContext context, CompilationFacts facts)
    {
        switch (context.Operation)
        {
            case ILocalFunctionOperation { Symbol: { IsAsync: true, ReturnsVoid: true } local, Body: { } body, Syntax: LocalFunctionStatementSyntax syntax }:
                if (!AsyncVoid.IsHandler(local) && !AsyncVoid.IsSubscribed(local, facts.Callers) && !IsSafe(local, body, facts.Callers))
                {
                    context.ReportDiagnostic(Diagnostic.Create(Rule, syntax.Identifier.GetLocation(), $"'{local.Name}'"));
                }

                break;
            case IAnonymousFunctionOperation { Symbol: { IsAsync: true, ReturnsVoid: true } symbol, Syntax: AnonymousFunctionExpressionSyntax syntax } lambda:
                if (!AsyncVoid.IsHandler(symbol, Handover.AsDelegate(lambda).Type)
                    && !AsyncVoid.IsSubscribed(lambda)
                    && Handover.Of(lambda).To is not (Runner.OwnThread or Runner.Nobody) // HRD2010 speaks of threads
                    && !CaughtAwaits.AreAllOf(lambda.Body))
                {
                    context.ReportDiagnostic(Diagnostic.Create(
                        Rule, syntax.AsyncKeyword.GetLocation(), $"The {AsyncVoid.TypeName(lambda)} that is made in '{lambda.FunctionName(context.ContainingSymbol)}'"));
                }

                break;
        }
    }

    // What only delegates call has to be void; then it is enough that no exception leaves it.
    private static bool IsSafe(IMethodSymbol method, IOperation body, Callers callers) =>
        CaughtAwaits.AreAllOf(body) && (AsyncVoid.IsForgetter(method) || Handover.Of(method, callers).Any());

    private static Location? Identifier(IMethodSymbol method, CancellationToken cancellationToken) =>
        method.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken)).OfType<MethodDeclarationSyntax>()
            .FirstOrDefault(declaration => declaration.Body is not null || declaration.ExpressionBody is not null)?.Identifier.GetLocation();
}
