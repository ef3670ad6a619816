using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>
/// A rule that asks for a type, looks at every call and does nothing: what the first rule of any package costs. The compiler then reads the names of all references, and binds
/// every body a second time. It is compiled here, by the compiler that then loads it.
/// </summary>
internal static class EmptyRule
{
    public const string Name = "(an empty rule)";
    public const string Id = "EMPTY1";

    private const string Source =
        $$"""
        using System.Collections.Immutable;
        using Microsoft.CodeAnalysis;
        using Microsoft.CodeAnalysis.Diagnostics;

        [DiagnosticAnalyzer(LanguageNames.CSharp)]
        public sealed class EmptyRule : DiagnosticAnalyzer
        {
            public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
                ImmutableArray.Create(new DiagnosticDescriptor("{{Id}}", "Empty", "Empty", "Empty", DiagnosticSeverity.Warning, isEnabledByDefault: true));

            public override void Initialize(AnalysisContext context)
            {
                context.EnableConcurrentExecution();
                context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
                context.RegisterCompilationStartAction(start =>
                {
                    if (start.Compilation.GetTypeByMetadataName("Empty.None") is null)
                    {
                        start.RegisterOperationAction(_ => { }, OperationKind.Invocation);
                    }
                });
            }
        }
        """;

    public static async Task<RuleSet> CompileAsync(CSharpCompiler compiler, string scratch, CancellationToken stop)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "empty")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "EmptyRule.cs"), Source, stop);
        var tree = SourceTree.Load(folder, "EmptyRule");
        var result = await compiler.CompileAsync(tree, null, [$"/reference:{Path.Combine(Path.GetDirectoryName(BuildFacts.Compiler)!, "Microsoft.CodeAnalysis.dll")}"], stop);
        return result.ExitCode == 0
            ? new RuleSet(Name, "", [compiler.Output(tree)], [], [])
            : throw new BenchmarkException($"the empty rule does not compile: {result.Output}");
    }
}
