using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2016: what each round leaves behind in a token or in the timer queue stays there as long as these live.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2016CancellationNeverDisposedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2016";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Dispose linked and timed cancellation",
        messageFormat: "'{0}' never disposes {1}, one per {2}: {3}",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A linked CancellationTokenSource and a registration stay in the token that they are linked to, with all that their callbacks refer to, until they are disposed or that token ends. A timed source stays in the timer queue until its time is over. Made per iteration or request, they pile up.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (CancellationTypes.Of(start.Compilation) is { } types)
            {
                var facts = CompilationFacts.Of(start.Compilation, start.Options);
                start.RegisterOperationAction(operation => Analyze(operation, types, facts), OperationKind.Invocation, OperationKind.ObjectCreation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, CancellationTypes types, CompilationFacts facts)
    {
        var created = context.Operation;
        if (created is IInvocationOperation { TargetMethod.Name: not ("CreateLinkedTokenSource" or "Register" or "UnsafeRegister") } || types.HoldOf(created) is not { } hold)
        {
            return;
        }

        var holding = types.Ownership.Follow(created);
        if (!CancellationTypes.IsLost(holding))
        {
            if (holding is { Fate: Fate.Ended, HasEscaped: false, Local: not null } && IsReplaced(created, holding))
            {
                Report("iteration of a loop");
            }

            return;
        }

        // Asked last: it looks for callers.
        var root = facts.Roots.Of(created, context.ContainingSymbol).FirstOrDefault(each => hold != CancellationHold.Registration || Outlives((IInvocationOperation)created, each));
        if (root is not null)
        {
            Report(root.Per);
        }

        void Report(string per) => context.ReportDiagnostic(Diagnostic.Create(
            Rule, created.Head(), created.FunctionName(context.ContainingSymbol), Name(created, holding, hold), per, Consequence(hold)));
    }

    // Each round puts a new source into the local, and only what is left after the loop is disposed.
    private static bool IsReplaced(IOperation created, Holding holding)
    {
        for (var outer = created.Parent; outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); outer = outer.Parent)
        {
            if (outer is ILoopOperation loop)
            {
                return !holding.Ends.Any(end => Contains(loop, end));
            }
        }

        return false;
    }

    // A loop of a caller contains nothing of this method.
    private static bool Contains(ILoopOperation loop, IOperation operation) =>
        loop.Syntax.SyntaxTree == operation.Syntax.SyntaxTree && loop.Syntax.Span.Contains(operation.Syntax.Span);

    // The token is there before the round begins and after it ends. One registration for each element of a list is as bounded as the list.
    private static bool Outlives(IInvocationOperation registration, Root root)
    {
        if (root.Loop is IForEachLoopOperation { IsAsynchronous: false } each && each.Collection.Unwrap() is not IInvocationOperation { TargetMethod.Name: "GetConsumingEnumerable" }
            || root.Loop is IForLoopOperation { Before.IsEmpty: false }
            || root.Source is not null || root.Per.StartsWith("element", StringComparison.Ordinal))
        {
            return false;
        }

        var token = registration.Instance!.Unwrap();
        while (token is IPropertyReferenceOperation { Instance: { } owner, Property: { Name: "Token", ContainingType.Name: "CancellationTokenSource" } })
        {
            token = owner.Unwrap();
        }

        return token switch
        {
            ILocalReferenceOperation { Local: var local } => IsFromOutside(local, registration, root),
            IParameterReferenceOperation { Parameter: var parameter } => IsFromOutside(parameter, registration, root),
            // Of the request itself: HttpContext.RequestAborted.
            IPropertyReferenceOperation { Property.Name: "RequestAborted" or "ConnectionAborted" or "CancellationToken" } => root.Loop is not null,
            IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } => true,
            IPropertyReferenceOperation { Instance: IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } or IParameterReferenceOperation } => true,
            _ => false,
        };
    }

    private static bool IsFromOutside(ISymbol variable, IOperation use, Root root) =>
        root.Loop is { } loop && Contains(loop, use) && variable.DeclaringSyntaxReferences.All(reference => !loop.Syntax.Span.Contains(reference.Span));

    private static string Name(IOperation created, Holding holding, CancellationHold hold) => holding.Local switch
    {
        { } local when holding.Fate == Fate.Ended => $"the ones that '{local.Name}' held before",
        { } local => $"'{local.Name}'",
        _ when hold == CancellationHold.Registration && ((IInvocationOperation)created).Instance is { } token => $"its registration on '{Names.Of(token.Syntax)}'",
        _ => "its CancellationTokenSource",
    };

    private static string Consequence(CancellationHold hold) => hold switch
    {
        CancellationHold.Timer => "its timer runs on when nobody needs it any more",
        CancellationHold.Link => "it stays in the tokens that it is linked to as long as they live",
        _ => "it stays in the token, with all that its callback refers to, as long as that lives",
    };
}
