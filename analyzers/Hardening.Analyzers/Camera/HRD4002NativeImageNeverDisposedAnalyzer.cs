using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>HRD4002: the collector sees a few bytes where there are megabytes, so an image that nobody disposes stays, and the next frame's too.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD4002NativeImageNeverDisposedAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD4002";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Dispose every native image",
        messageFormat: "'{0}' never disposes {1}, one per {2}: the garbage collector does not see its native memory",
        category: Categories.Camera,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "The pixels of an image lie in native memory that the garbage collector does not count. Images that are made per frame and not disposed fill the machine without one collection.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            if (facts.Images is { } images)
            {
                start.RegisterOperationActionInTypes(
                    operation => Analyze(operation, images, facts),
                    OperationKind.ObjectCreation, OperationKind.Invocation, OperationKind.Unary, OperationKind.Binary, OperationKind.Conversion, OperationKind.PropertyReference);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, NativeImages images, CompilationFacts facts)
    {
        var created = context.Operation;
        if (!images.IsCreation(created))
        {
            return;
        }

        var holding = images.Ownership.Follow(created);
        if (facts.Roots.Of(created, context.ContainingSymbol).FirstOrDefault() is { } root
            && (holding.Fate == Fate.Kept || holding.Fate == Fate.Dropped && Temporaries(created, images)[0] == created || IsReplaced(created, holding, root)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, Location(created), Names.Of(context.ContainingSymbol), Name(created, holding), root.Per));
        }
    }

    /// <summary>The images of one expression that no variable holds, in the order of their making: one mistake, reported at the first.</summary>
    internal static List<IOperation> Temporaries(IOperation created, NativeImages images)
    {
        var expression = created;
        while (expression.Parent is not (null or IBlockOperation or IVariableDeclarationOperation or IExpressionStatementOperation or IAnonymousFunctionOperation or ILoopOperation or ISwitchOperation
            or IConditionalOperation { Type: null } or IUsingOperation or IReturnOperation))
        {
            expression = expression.Parent;
        }

        var temporaries = new List<IOperation>();
        Collect(expression);
        return temporaries;

        void Collect(IOperation operation)
        {
            if (operation is IAnonymousFunctionOperation or IBlockOperation && operation != expression)
            {
                return;
            }

            foreach (var child in operation.ChildOperations)
            {
                Collect(child);
            }

            if (images.IsCreation(operation) && images.Ownership.Follow(operation).Fate == Fate.Dropped)
            {
                temporaries.Add(operation);
            }
        }
    }

    // Each round puts a new image into the local, and only what is left after the loop is disposed. The loop of a caller has no say in it.
    private static bool IsReplaced(IOperation created, Holding holding, Root root) =>
        holding is { Fate: Fate.Ended, HasEscaped: false }
        && root.Loop is { Syntax: { Span: var loop, SyntaxTree: var tree } }
        && tree == created.Syntax.SyntaxTree
        && loop.Contains(created.Syntax.Span)
        && !holding.Ends.Any(end => loop.Contains(end.Syntax.Span));

    // A conversion that nobody wrote stands at the same place as what it converts.
    private static Location Location(IOperation created) => created switch
    {
        { IsImplicit: true, Parent: IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } } => declarator.Symbol.Locations[0],
        { IsImplicit: true, Parent: ISimpleAssignmentOperation assignment } => assignment.Target.Syntax.GetLocation(),
        _ => created.Syntax.GetLocation(),
    };

    private static string Name(IOperation created, Holding holding) => (holding.Local, created.Type) switch
    {
        (_, IArrayTypeSymbol) => $"the images of '{Names.Of(created.Syntax)}'",
        ({ } local, _) when holding.Fate == Fate.Ended => $"the images that '{local.Name}' held before",
        ({ } local, _) => $"'{local.Name}'",
        (_, var type) => $"the {type!.Name} of '{Names.Of(created.Syntax)}'",
    };
}
