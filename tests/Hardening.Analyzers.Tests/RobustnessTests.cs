using System.Globalization;
using Hardening.Testing;
using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Analyzers.Tests;

/// <summary>Editors run rules over code as it is typed, so most of what they see does not compile. No rule and no fix may throw on it.</summary>
public sealed class RobustnessTests
{
    private const int VariantsOfAll = 600;

    private const string GlobalUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    // What rules look for, in the shapes of the language that are easy to forget.
    private const string Shapes =
        """
        using System.Collections.Concurrent;
        using System.Diagnostics;
        using System.Threading.Channels;

        await using var stream = File.OpenRead("x");
        using var process = Process.Start(new ProcessStartInfo("x") { RedirectStandardOutput = true });
        process?.Kill();
        lock (args) { Console.WriteLine(process?.StandardOutput.ReadToEnd()); }
        foreach (var arg in args) { new Thread(() => { lock (arg) { Thread.Sleep(1); } }).Start(); }
        await foreach (var n in new Shapes<int>(1).Each()) { _ = n switch { > 0 and < 9 => typeof(int), _ => throw new IOException() }; }

        sealed partial class Shapes<T>(int count) : IDisposable where T : struct
        {
            private readonly Lock _gate = new();
            private readonly BlockingCollection<T> _queue = new();
            private Channel<T> Items { get; init; } = Channel.CreateUnbounded<T>();
            public event Action<T>? Changed { add { lock (this) { } } remove => Monitor.Enter(count); }
            public T this[int index] { get { lock (typeof(T)) { return default; } } set => Monitor.Exit(this); }
            public static implicit operator int(Shapes<T> it) => it.GetHashCode();
            ~Shapes() => Dispose();
            public void Dispose() { lock (_gate) { _queue.Dispose(); } Changed?.Invoke(default); }
            public async IAsyncEnumerable<T> Each([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
            {
                var gate = new object();
                Parallel.For(0, count, i => { lock (gate) { _queue.Add(default, token); } });
                await foreach (var item in Items.Reader.ReadAllAsync(token)) { yield return item; }
                T Local<U>(U u) { lock (u!.ToString()!) { return (from x in _queue where x.Equals(u) select x).First(); } }
                using (_gate.EnterScope()) { yield return Local(() => new Process { StartInfo = { FileName = "x" } }.Start()); }
            }
        }
        """;

    private static readonly ImmutableArray<string> Samples =
        [.. AllRules.Analyzers
            .Select(analyzer => Repository.Examples(Repository.Page(analyzer.SupportedDiagnostics[0])))
            .SelectMany(examples => examples["violation"].Concat(examples["fixed"]).Select(code => string.Concat(examples["declarations"]) + code))
            .Append(Shapes)];

    [Test, CancelAfter(400_000)]
    public Task No_rule_throws_on_truncated_code(CancellationToken timeout) =>
        TryAsync(Samples.SelectMany(sample => Spread(sample.Length).Select(position => sample[..position])), timeout);

    [Test, CancelAfter(400_000)]
    public Task No_rule_throws_on_code_with_missing_tokens(CancellationToken timeout)
    {
        // A fixed seed: the same variants in every run.
        var random = new Random(20260101);
        return TryAsync(Samples.SelectMany(sample =>
        {
            var tokens = CSharpSyntaxTree.ParseText(sample, cancellationToken: timeout).GetRoot(timeout).DescendantTokens().Where(token => token.Span.Length > 0).ToList();
            return Spread(tokens.Count).Select(_ => Without(sample, Enumerable.Range(0, 3).Select(_ => tokens[random.Next(tokens.Count)])));
        }).ToList(), timeout);
    }

    [Test, CancelAfter(400_000)]
    public async Task No_rule_throws_on_the_code_of_this_repository(CancellationToken timeout)
    {
        var files = Repository.Sources().Select(path => new MarkedFile(Path.GetRelativePath(Baseline.RepositoryRoot, path), File.ReadAllText(path), []));
        var project = RuleRunner.CreateProject(files, new Setup { Sources = [GlobalUsings] });
        await TryAsync(project, timeout);
    }

    // The same number of variants however many samples there are: the time is bounded.
    private static IEnumerable<int> Spread(int length)
    {
        var ofThis = Math.Max(VariantsOfAll / Samples.Length, 2);
        return Enumerable.Range(0, ofThis).Select(variant => length * (variant + 1) / (ofThis + 1)).Distinct();
    }

    private static string Without(string sample, IEnumerable<SyntaxToken> tokens) =>
        tokens.Distinct().OrderByDescending(token => token.SpanStart).Aggregate(sample, (text, token) => text.Remove(token.SpanStart, token.Span.Length));

    private static Task TryAsync(IEnumerable<string> variants, CancellationToken timeout) =>
        Parallel.ForEachAsync(variants, timeout, async (variant, token) =>
        {
            try
            {
                await TryAsync(RuleRunner.CreateProject([new MarkedFile("Test.cs", variant, [])], new Setup { Sources = [GlobalUsings] }), token);
            }
            catch (Exception thrown) when (thrown is not OperationCanceledException)
            {
                throw new VerificationException(string.Create(CultureInfo.InvariantCulture, $"{thrown}\n--- on\n{variant}\n---"));
            }
        });

    // A fix may be asked for whatever is reported, and may be wrong about broken code, but not throw.
    private static async Task TryAsync(Project project, CancellationToken timeout)
    {
        var compilation = (await project.GetCompilationAsync(timeout))!;
        var reported = await RuleRunner.RunAsync(AllRules.Analyzers, compilation, project.AnalyzerOptions, timeout);
        foreach (var diagnostic in reported.DistinctBy(diagnostic => diagnostic.Id))
        {
            foreach (var fix in AllRules.FixesOf(diagnostic.Descriptor))
            {
                foreach (var action in await FixRunner.ActionsAsync(fix, project, diagnostic))
                {
                    await action.GetOperationsAsync(timeout);
                }
            }
        }
    }
}
