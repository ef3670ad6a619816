using System.Globalization;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>HRD4008: a queue of frames without a bound fills the machine in seconds, with memory that no collection frees.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD4008UnboundedFrameQueueAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD4008";

    /// <summary>The property of the diagnostic with the capacity that the fix writes.</summary>
    internal const string Capacity = "capacity";

    private const string CapacityOption = "HRD4008.capacity_hint";
    private const int DefaultCapacity = 4;
    private const int MostCapacity = 10_000;

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Bound every queue of frames",
        messageFormat: "'{0}' holds frames without a bound: while its reader is slower than the camera, each round keeps one more image, which the garbage collector does not see",
        category: Categories.Camera,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A camera does not wait, and each frame is megabytes of native memory. A queue of frames needs a small capacity, drops the oldest when it is full, and disposes what it drops.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            if (FrameElements.Of(facts.Images) is not { } frames)
            {
                return;
            }

            var queues = new BoundableQueues(start.Compilation);
            var collections = new FrameCollections(frames, start.Compilation, facts);
            start.RegisterOperationAction(call => AnalyzeCall(call, frames), OperationKind.Invocation);
            start.RegisterOperationActionInTypes(creation => AnalyzeCreation(creation, frames, queues, collections), OperationKind.ObjectCreation);
            start.RegisterSymbolAction(member => AnalyzeMember(member, collections), SymbolKind.Field, SymbolKind.Property);
        });
    }

    private static void AnalyzeCall(OperationAnalysisContext context, FrameElements frames)
    {
        if (context.Operation is IInvocationOperation { TargetMethod: { Name: "CreateUnbounded" or "CreateUnboundedPrioritized", ContainingType: { Name: "Channel", ContainingNamespace.Name: "Channels" } } } call
            && FrameElements.AreIn(call.Type, frames))
        {
            Report(context, call);
        }
    }

    private static void AnalyzeCreation(OperationAnalysisContext context, FrameElements frames, BoundableQueues queues, FrameCollections collections)
    {
        var creation = (IObjectCreationOperation)context.Operation;
        if (creation.Type is not INamedTypeSymbol { IsGenericType: true } type || !FrameElements.AreIn(type, frames))
        {
            return;
        }

        if (queues.IsUnbounded(creation))
        {
            Report(context, creation);
        }
        else if ((creation.Parent as IConversionOperation ?? context.Operation).Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } && collections.Is(type) && collections.IsUnboundedHandOff(local, creation))
        {
            Report(context.ReportDiagnostic, context.Options, local.Locations[0], local.Name);
        }
    }

    private static void AnalyzeMember(SymbolAnalysisContext context, FrameCollections collections)
    {
        var type = context.Symbol switch
        {
            IFieldSymbol { IsImplicitlyDeclared: false } field => field.Type,
            IPropertySymbol { IsAbstract: false } property => property.Type,
            _ => null,
        };
        if (type is not null && collections.Is(type) && collections.IsUnboundedHandOff(context.Symbol, type))
        {
            Report(context.ReportDiagnostic, context.Options, context.Symbol.Locations[0], context.Symbol.Name);
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation operation) =>
        Report(context.ReportDiagnostic, context.Options, operation.Head(), operation.Type!.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));

    private static void Report(Action<Diagnostic> report, AnalyzerOptions options, Location location, string name)
    {
        var capacity = CapacityOf(options.AnalyzerConfigOptionsProvider.GetOptions(location.SourceTree!)).ToString(CultureInfo.InvariantCulture);
        report(Diagnostic.Create(Rule, location, ImmutableDictionary<string, string?>.Empty.Add(Capacity, capacity), name));
    }

    private static int CapacityOf(AnalyzerConfigOptions options) =>
        options.TryGetValue(CapacityOption, out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var capacity)
        && capacity is > 0 and <= MostCapacity
            ? capacity
            : DefaultCapacity;
}
