using System.Globalization;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>HRD2006: the pool is given so many threads that blocked ones do not show; they are blocked all the same.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD2006PoolSizeSetAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD2006";

    private const string MostOption = "HRD2006.most_threads";
    private const int DefaultMost = 64;

    // From a variable to its value, and on: in code that is not finished they can go round in a circle.
    private const int MostSteps = 8;

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Do not cure blocked pool threads with more threads",
        messageFormat: "'{0}' sets the {1} of the thread pool to '{2}' threads, {3}: more threads hide what blocks them, and compete for the cores",
        category: Categories.Threads,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "The pool needs about one thread per core, if nothing blocks them. A large or computed size moves the moment at which all are blocked to a higher load, and costs memory and switches until then. Find what blocks, and make it asynchronous or give it threads of its own.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Threading.ThreadPool") is { } pool)
            {
                start.RegisterOperationAction(call => Analyze(call, pool), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol pool)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.Name is not ("SetMinThreads" or "SetMaxThreads") || !SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, pool))
        {
            return;
        }

        var most = MostOf(context.Options.AnalyzerConfigOptionsProvider.GetOptions(call.Syntax.SyntaxTree));
        foreach (var argument in call.Arguments)
        {
            if (WhyTooMany(argument.Value, most, MostSteps) is { } why)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule, call.Head(), call.FunctionName(context.ContainingSymbol),
                    call.TargetMethod.Name == "SetMinThreads" ? "minimum" : "maximum", Names.Of(argument.Value.Syntax), why));
                return;
            }
        }
    }

    // Null where the number is small, is the pool's own, or is someone's setting.
    private static string? WhyTooMany(IOperation count, int most, int steps)
    {
        count = count.Unwrap();
        return count switch
        {
            _ when steps == 0 => null,
            { ConstantValue: { HasValue: true, Value: int number } } => number > most ? $"more than {most.ToString(CultureInfo.InvariantCulture)}" : null,
            IBinaryOperation or IPropertyReferenceOperation { Property.Name: "Count" or "Length" } or IInvocationOperation { TargetMethod.Name: "Count" } => "a computed number",
            IInvocationOperation { TargetMethod: { Name: "Min", ContainingType.Name: "Math" }, Arguments: { Length: 2 } limits } =>
                limits.Select(limit => WhyTooMany(limit.Value, most, steps - 1)).Aggregate((one, other) => one is null || other is null ? null : one),
            IInvocationOperation { TargetMethod: { Name: "Clamp", ContainingType.Name: "Math" }, Arguments: { Length: 3 } limits } => WhyTooMany(limits[2].Value, most, steps - 1),
            IInvocationOperation { TargetMethod: { Name: "Max", ContainingType.Name: "Math" }, Arguments: var all } => FirstReason(all.Select(each => each.Value)),
            IConditionalOperation { WhenFalse: { } other } choice => FirstReason([choice.WhenTrue, other]),
            ICoalesceOperation choice => WhyTooMany(choice.WhenNull, most, steps - 1),
            ILocalReferenceOperation { Local: var local } when Initializers.Of(local, count) is { } initial => WhyTooMany(initial, most, steps - 1),
            IFieldReferenceOperation { Field: { IsReadOnly: true } field } when Initializers.Of(field, count) is { } initial => WhyTooMany(initial, most, steps - 1),
            _ => null,
        };

        string? FirstReason(IEnumerable<IOperation> values) => values.Select(value => WhyTooMany(value, most, steps - 1)).FirstOrDefault(why => why is not null);
    }

    private static int MostOf(AnalyzerConfigOptions options) =>
        options.TryGetValue(MostOption, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most : DefaultMost;
}
