using System.Diagnostics;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>The compiler of the SDK, as a build runs it.</summary>
/// <param name="child">Runs it.</param>
/// <param name="server">What it compiles in; null: in a process of its own for each run, which remembers nothing of the one before.</param>
/// <param name="scratch">For its files.</param>
internal sealed class CSharpCompiler(ChildProgram child, CompileServer? server, string scratch)
{
    private static readonly TimeSpan LeastServerTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Compiles a tree.</summary>
    /// <param name="tree">The sources.</param>
    /// <param name="rules">With which rules; null: bare.</param>
    /// <param name="more">Further arguments.</param>
    /// <param name="stop">Ends the compiler.</param>
    public async Task<ChildResult> CompileAsync(SourceTree tree, RuleSet? rules, IEnumerable<string> more, CancellationToken stop)
    {
        var start = new ProcessStartInfo(BuildFacts.Dotnet, [BuildFacts.Compiler, .. server?.Arguments ?? [], "/noconfig", $"@{ResponseFile(tree)}", .. rules?.Arguments() ?? [], .. more])
        {
            Environment = { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" },
        };
        var before = server?.Cpu;
        var result = await child.RunAsync(start, Limit, stop);
        return server is null ? result
            : server.Cpu - before is { } spent && spent > LeastServerTime ? result with { Sample = result.Sample with { Cpu = result.Sample.Cpu + spent } }
            : throw new BenchmarkException("the build server did not do the work");
    }

    public string Output(SourceTree tree) => Path.Combine(scratch, tree.Name + ".dll");

    private string ResponseFile(SourceTree tree)
    {
        var path = Path.Combine(scratch, $"{tree.Name}.rsp");
        if (!File.Exists(path))
        {
            var major = Environment.Version.Major;
            string[] symbols = ["NET", "NETCOREAPP", $"NET{major}_0", .. Enumerable.Range(5, major - 4).Select(version => $"NET{version}_0_OR_GREATER")];
            File.WriteAllLines(path,
            [
                "/nologo /nostdlib+ /target:library /unsafe+ /optimize+ /deterministic+ /debug:portable /langversion:latest /preferreduilang:en",
                "/nowarn:1701,1702,8632", // 8632: a tree that has its nullable context in its project and not in its files
                $"/define:{string.Join(';', symbols)}",
                $"/out:\"{Output(tree)}\"",
                .. BuildFacts.References().Select(file => $"/reference:\"{file}\""),
                .. tree.Files.Select(file => $"\"{file}\""),
            ]);
        }

        return path;
    }
}
