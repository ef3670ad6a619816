using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>HRD3012: a command line that is put together as text is taken apart again at its blanks and quotes, also at those that came with a file name.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class HRD3012CommandLineOfTextAnalyzer : DiagnosticAnalyzer
{
    public const string Id = "HRD3012";

    private static readonly DiagnosticDescriptor Rule = Rules.Create(
        Id,
        title: "Pass arguments as a list, not as one text",
        messageFormat: "'{0}' writes {1} into the command line of {2}: {3}",
        category: Categories.Processes,
        defaultSeverity: DiagnosticSeverity.Warning,
        description: "A command line is one text that the child, or .NET for it, cuts at blanks and quotes. A file name with a blank or a quote in it becomes other arguments. ArgumentList passes each argument as it is.");

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("System.Diagnostics.ProcessStartInfo") is { } info)
            {
                start.RegisterOperationAction(
                    operation => Analyze(operation, info),
                    OperationKind.SimpleAssignment, OperationKind.CompoundAssignment, OperationKind.ObjectCreation, OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol info)
    {
        if (CommandLinePlace.MayBe(context.Operation))
        {
            Report(context, info);
        }
    }

    private static void Report(OperationAnalysisContext context, INamedTypeSymbol info)
    {
        if (CommandLinePlace.Of(context.Operation, info) is not { } place || place.Value.ConstantValue.HasValue)
        {
            return;
        }

        var program = StartedProgram.Of(place);
        if (program.TakesTheRest || place.IsScript && !program.IsShell)
        {
            return;
        }

        var facts = CompilationFacts.Of(context.Compilation, context.Options);
        var values = CommandLineReader.Read(place.Value, context.ContainingSymbol, facts.Graph).Unquoted().Select(value => Names.Of(value.Syntax)).Distinct().ToList();
        if (values.Count > 0)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rule,
                place.Value.Syntax.GetLocation(),
                Names.Of(context.ContainingSymbol),
                Joined(values),
                program.Name is { } name ? $"'{name}'" : "its child",
                program.IsShell ? $"the shell runs what is in {(values.Count == 1 ? "it" : "them")}"
                    : $"a blank or a quote in {(values.Count == 1 ? "it" : "them")} makes other arguments"));
        }
    }

    private static string Joined(List<string> values) =>
        values.Count == 1 ? $"'{values[0]}'"
        : values.Count <= 3 ? $"'{string.Join("', '", values.Take(values.Count - 1))}' and '{values[values.Count - 1]}'"
        : $"'{values[0]}', '{values[1]}' and {values.Count - 2} more values";
}
