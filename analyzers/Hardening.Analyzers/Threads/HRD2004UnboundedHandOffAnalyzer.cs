using System.Globalization;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2004: a queue without a bound turns a reader that is too slow into a process that runs out of memory.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2004UnboundedHandOffAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2004";

    /// <summary>The property of the diagnostic with the capacity that the fix writes.</summary>
    internal const string Capacity = "capacity";

    private const string CapacityOption = "HRD2004.capacity_hint";
    private const int DefaultCapacity = 64;
    private const int MostCapacity = 1_000_000;

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Bound every hand-off between threads",
        messageFormat: "'{0}' has no bound: while its readers are slower than its writers, it grows until memory runs out",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "Every queue is bounded by something; without a capacity it is memory, and what arrives late arrives later and later. Give it a capacity and decide what happens when it is full.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var facts = CompilationFacts.Of(start.Compilation, start.Options);
            var frames = FrameElements.Of(facts.Images);
            if (start.Compilation.GetTypeByMetadataName("System.Threading.Channels.Channel") is { } channel)
            {
                start.RegisterOperationAction(call => AnalyzeCall(call, channel, frames), OperationKind.Invocation);
            }

            var queues = new BoundableQueues(start.Compilation);
            if (queues.Any)
            {
                start.RegisterOperationAction(creation => AnalyzeCreation(creation, queues, frames), OperationKind.ObjectCreation);
            }

            if (start.Compilation.GetTypeByMetadataName("System.Collections.Concurrent.ConcurrentQueue`1") is { } queue)
            {
                var fields = new QueueFields(type => SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, queue) && !FrameElements.AreIn(type, frames));
                start.RegisterSymbolStartAction(type => fields.Collect(type, (end, field, use) => AnalyzeField(end, field, use, facts)), SymbolKind.NamedType);
            }
        });
    }

    private static void AnalyzeCall(OperationAnalysisContext context, INamedTypeSymbol channel, FrameElements? frames)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name is "CreateUnbounded" or "CreateUnboundedPrioritized"
            && SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, channel)
            && !FrameElements.AreIn(call.Type, frames))
        {
            Report(context, call);
        }
    }

    private static void AnalyzeCreation(OperationAnalysisContext context, BoundableQueues queues, FrameElements? frames)
    {
        if (queues.IsUnbounded((IObjectCreationOperation)context.Operation) && !FrameElements.AreIn(context.Operation.Type, frames))
        {
            Report(context, context.Operation);
        }
    }

    private static void AnalyzeField(SymbolAnalysisContext context, IFieldSymbol field, QueueUse use, CompilationFacts facts)
    {
        if (use.IsUnboundedHandOff && !use.Counts.Any(count => ComparedMembers.Has(count, context.Compilation, facts.Graph)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, field.Locations[0], field.Name));
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation operation)
    {
        var options = context.Options.AnalyzerConfigOptionsProvider.GetOptions(operation.Syntax.SyntaxTree);
        context.ReportDiagnostic(Diagnostic.Create(
            Rule,
            operation.Head(),
            ImmutableDictionary<string, string?>.Empty.Add(Capacity, CapacityOf(options).ToString(CultureInfo.InvariantCulture)),
            operation.Type?.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)));
    }

    private static int CapacityOf(AnalyzerConfigOptions options) =>
        options.TryGetValue(CapacityOption, out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var capacity)
        && capacity is > 0 and <= MostCapacity
            ? capacity
            : DefaultCapacity;
}
