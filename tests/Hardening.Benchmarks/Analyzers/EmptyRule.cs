using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>
/// A rule that looks at every call and does nothing: what the first rule of any package costs, for the compiler then binds every body a second time.
/// It is compiled here, by the compiler that then loads it.
/// </summary>
internal static class EmptyRule
{
    public const string Name = "(an empty rule)";

    private const string Source =
        """
        using System.Collections.Immutable;
        using Microsoft.CodeAnalysis;
        using Microsoft.CodeAnalysis.Diagnostics;

        [DiagnosticAnalyzer(LanguageNames.CSharp)]
        public sealed class EmptyRule : DiagnosticAnalyzer
        {
            public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
                ImmutableArray.Create(new DiagnosticDescriptor("EMPTY1", "Empty", "Empty", "Empty", DiagnosticSeverity.Warning, isEnabledByDefault: true));

            public override void Initialize(AnalysisContext context)
            {
                context.EnableConcurrentExecution();
                context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
                context.RegisterOperationAction(_ => { }, OperationKind.Invocation);
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
