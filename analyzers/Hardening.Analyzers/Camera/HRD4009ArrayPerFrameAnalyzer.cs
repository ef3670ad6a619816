using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>HRD4009: an array of a frame's size is a large object; made for every frame, it costs more than the work on it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD4009ArrayPerFrameAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD4009";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not allocate an array for each frame",
        messageFormat: "'{0}' makes the array '{1}' anew for each frame: the system has to map and clear its pages, and the collector to go through the whole heap",
        category: Categories.Camera,
        defaultSeverity: DiagnosticSeverity.Info,
        description: "An array of the size of a frame is a large object: its memory is fresh pages that the system maps and clears, and it goes away only with a collection of the whole heap. Use one buffer again and again, or rent it from a pool.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            var callbacks = facts.FrameCallbacks;
            start.RegisterOperationAction(creation => AnalyzeArray(creation, facts, callbacks), OperationKind.ArrayCreation);
            start.RegisterOperationAction(call => AnalyzeCall(call, facts, callbacks), OperationKind.Invocation);
        });
    }

    private static void AnalyzeArray(OperationAnalysisContext context, CompilationFacts facts, FrameCallbacks callbacks)
    {
        var creation = (IArrayCreationOperation)context.Operation;
        if (creation is { Initializer: null, IsImplicit: false, Type: IArrayTypeSymbol { ElementType: { IsUnmanagedType: true } element } })
        {
            Report(context, element, creation.DimensionSizes, facts, callbacks);
        }
    }

    private static void AnalyzeCall(OperationAnalysisContext context, CompilationFacts facts, FrameCallbacks callbacks)
    {
        if (((IInvocationOperation)context.Operation).TargetMethod is { Name: "AllocateUninitializedArray" or "AllocateArray", ContainingType.Name: "GC" } method)
        {
            var call = (IInvocationOperation)context.Operation;
            Report(context, method.TypeArguments[0], ImmutableArray.Create(call.Arguments[0].Value), facts, callbacks);
        }
    }

    private static void Report(OperationAnalysisContext context, ITypeSymbol element, ImmutableArray<IOperation> sizes, CompilationFacts facts, FrameCallbacks callbacks)
    {
        var creation = context.Operation;
        if (FrameSizes.AreOfFrame(element, sizes) && PerFrame.Runs(creation, context.ContainingSymbol, facts, callbacks) && !IsMadeWhenNeeded(creation))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule, creation.Syntax.GetLocation(), creation.FunctionName(context.ContainingSymbol), Names.Of(creation.Syntax)));
        }
    }

    // _buffer ??= new byte[n]; if (_buffer.Length < n) { _buffer = new byte[n]; } if (!_pool.TryTake(out buffer)) { buffer = new byte[n]; }
    private static bool IsMadeWhenNeeded(IOperation creation)
    {
        var kept = KeptIn(creation);
        for (var (node, parent) = (creation, creation.Parent); parent is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); (node, parent) = (parent, parent.Parent))
        {
            switch (parent)
            {
                case ICoalesceAssignmentOperation:
                case ICoalesceOperation coalesce when node == coalesce.WhenNull:
                    return true;
                case IConditionalOperation choice when node != choice.Condition && (kept is IFieldSymbol or IPropertySymbol || AsksFor(kept, choice.Condition) || IsRefused(choice, node)):
                    return true;
            }
        }

        return false;
    }

    private static ISymbol? KeptIn(IOperation creation)
    {
        var value = creation;
        while (value.Parent is IConversionOperation or IParenthesizedOperation or IConditionalOperation { Type: not null })
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member: var member } } => member,
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } => local,
            ISimpleAssignmentOperation { Target: IParameterReferenceOperation { Parameter: var parameter } } => parameter,
            _ => null,
        };
    }

    // _pool.TryTake(out var free) ? free : new byte[n]: on the side where there was none.
    private static bool IsRefused(IConditionalOperation choice, IOperation branch) => choice.Condition.DescendantsAndSelf().Any(part =>
        part is IInvocationOperation { TargetMethod.Name: var name }
        && name.StartsWith("Try", StringComparison.Ordinal)
        && branch == choice.WhenFalse != part.Parent is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not });

    private static bool AsksFor(ISymbol? kept, IOperation condition) => condition.DescendantsAndSelf().Any(part => part switch
    {
        ILocalReferenceOperation { Local: var local } => SymbolEqualityComparer.Default.Equals(local, kept),
        IParameterReferenceOperation { Parameter: var parameter } => SymbolEqualityComparer.Default.Equals(parameter, kept),
        _ => false,
    });
}
