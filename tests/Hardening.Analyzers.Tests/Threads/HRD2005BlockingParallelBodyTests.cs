using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2005BlockingParallelBodyAnalyzer, Hardening.Analyzers.Threads.HRD2005BlockingParallelBodyCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2005BlockingParallelBodyTests
{
    [TestCase("[|Parallel.ForEach|](_files, file => File.Delete(file));", TestName = "{m}(ForEach)")]
    [TestCase("[|Parallel.ForEach|](_files, file => { var text = File.ReadAllText(file); Work(text); });", TestName = "{m}(a read, then work)")]
    [TestCase("[|Parallel.For|](0, _files.Length, i => { Work(_files[i]); Thread.Sleep(10); });", TestName = "{m}(For)")]
    [TestCase("[|Parallel.For|](0L, 1000L, i => _gate.Wait());", TestName = "{m}(For of long)")]
    [TestCase("[|Parallel.ForEach|](_files, (file, state) => { if (file.Length == 0) { state.Break(); return; } _client.GetStringAsync(file).Wait(); });", TestName = "{m}(a loop state)")]
    [TestCase("[|Parallel.ForEach|](_files, () => 0, (file, state, n) => { File.Delete(file); return n + 1; }, n => { });", TestName = "{m}(thread-local values)")]
    [TestCase("[|Parallel.ForEach|](Partitioner.Create(0, 1000), range => Thread.Sleep(range.Item2));", TestName = "{m}(a partitioner)")]
    [TestCase("[|Parallel.ForEach|](_files, new ParallelOptions(), file => File.Delete(file));", TestName = "{m}(options without a degree)")]
    [TestCase("[|Parallel.ForEach|](_files, new ParallelOptions { CancellationToken = _token }, file => File.Delete(file));", TestName = "{m}(options with a token)")]
    [TestCase("[|Parallel.ForEach|](_files, new() { MaxDegreeOfParallelism = -1 }, file => File.Delete(file));", TestName = "{m}(a degree of -1)")]
    [TestCase("var options = new ParallelOptions(); options.CancellationToken = _token; [|Parallel.ForEach|](_files, options, file => File.Delete(file));", TestName = "{m}(options in a local)")]
    [TestCase("[|Parallel.ForEach|](_files, Shared, file => File.Delete(file));", TestName = "{m}(options in a field)")]
    [TestCase("[|Parallel.ForEach|](_files, Save);", TestName = "{m}(a method group)")]
    [TestCase("[|Parallel.ForEach|](_files, Local); void Local(string file) { using var stream = File.OpenRead(file); }", TestName = "{m}(a local function)")]
    [TestCase("Action<string> body = file => File.Delete(file); [|Parallel.ForEach|](_files, body);", TestName = "{m}(a lambda in a local)")]
    [TestCase("[|Parallel.ForEach|](_files, delegate (string file) { File.Delete(file); });", TestName = "{m}(an anonymous method)")]
    [TestCase("[|Parallel.Invoke|](_files.Select(file => (Action)(() => File.Delete(file))).ToArray());", TestName = "{m}(Invoke of a query)")]
    [TestCase("var all = _files.Select(file => new Action(() => File.Delete(file))).ToArray(); [|Parallel.Invoke|](all);", TestName = "{m}(Invoke of a local)")]
    [TestCase("[|Parallel.Invoke|](() => { }, () => { }, () => { }, () => { }, () => Thread.Sleep(1));", TestName = "{m}(Invoke of five)")]
    [TestCase("[|_files.AsParallel|]().ForAll(file => File.Delete(file));", TestName = "{m}(ForAll)")]
    [TestCase("[|Parallel.ForEach|](_files, File.Delete);", TestName = "{m}(a method of another assembly)")]
    [TestCase("var texts = [|_files.AsParallel|]().Select(File.ReadAllText).ToList(); _ = texts;", TestName = "{m}(such a method in a query)")]
    [TestCase("[|Parallel.ForEach|](_files, file => { Work(file); Save(file); });", TestName = "{m}(through a call)")]
    [TestCase("var texts = [|_files.AsParallel|]().AsOrdered().Where(file => file.Length > 0).Select(Read).ToList(); _ = texts; string Read(string t) => File.ReadAllText(t);", TestName = "{m}(a long query)")]
    [TestCase("var texts = from file in [|_files.AsParallel|]() where file.Length > 0 select File.ReadAllText(file); Work(string.Concat(texts));", TestName = "{m}(query syntax)")]
    [TestCase("var query = [|_files.AsParallel|](); var texts = query.Select(file => File.ReadAllText(file)).ToList(); _ = texts;", TestName = "{m}(a query in a local)")]
    public Task Reports(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [TestCase("async Task M() { await Task.Yield(); [|Parallel.ForEach|](_files, file => File.Delete(file)); }", TestName = "{m}(async)")]
    [TestCase("IEnumerable<int> M() { [|Parallel.ForEach|](_files, file => File.Delete(file)); yield return 1; }", TestName = "{m}(an iterator)")]
    [TestCase("void M<T>(IEnumerable<T> items, Func<T, string> name) => [|Parallel.ForEach|](items, item => File.Delete(name(item)));", TestName = "{m}(a generic method)")]
    [TestCase("ParallelLoopResult M(IEnumerable<string>? items) => [|Parallel.ForEach|](items!, item => { using var s = File.OpenRead(item); });", TestName = "{m}(a result)")]
    [TestCase("static readonly string[] Texts = [|new[] { \"a\", \"b\", \"c\", \"d\", \"e\" }.AsParallel|]().Select(file => File.ReadAllText(file)).ToArray();", TestName = "{m}(a field)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("Parallel.ForEach(_files, file => Work(file));", TestName = "{m}(work)")]
    [TestCase("Parallel.ForEach(_files, new ParallelOptions { MaxDegreeOfParallelism = 8 }, file => File.Delete(file));", TestName = "{m}(a degree)")]
    [TestCase("Parallel.For(0, 1000, new() { MaxDegreeOfParallelism = _degree }, i => Thread.Sleep(i));", TestName = "{m}(a degree from elsewhere)")]
    [TestCase("var options = new ParallelOptions(); options.MaxDegreeOfParallelism = 4; Parallel.ForEach(_files, options, file => File.Delete(file));", TestName = "{m}(a degree set later)")]
    [TestCase("Parallel.ForEach(_files, _options, file => File.Delete(file));", TestName = "{m}(options from elsewhere)")]
    [TestCase("Parallel.Invoke(() => File.Delete(\"a\"), () => File.Delete(\"b\"));", TestName = "{m}(two actions)")]
    [TestCase("Parallel.For(0, 4, i => Thread.Sleep(10));", TestName = "{m}(four)")]
    [TestCase("Parallel.ForEach(new[] { \"a\", \"b\" }, file => File.Delete(file));", TestName = "{m}(a short list)")]
    [TestCase("Parallel.ForEach(_files.Take(3), file => File.Delete(file));", TestName = "{m}(a few)")]
    [TestCase("Parallel.ForEach(_files, file => Task.Run(() => File.Delete(file)));", TestName = "{m}(a lambda in the body)")]
    [TestCase("Parallel.ForEach(_files, file => Parallel.For(0, 1000, i => Work(file)));", TestName = "{m}(a loop in a loop)")]
    [TestCase("Parallel.ForEach(_files, async file => await File.ReadAllTextAsync(file));", TestName = "{m}(an async lambda, which is another mistake)")]
    [TestCase("Parallel.ForEach(_files, file => { using var memory = new MemoryStream(); memory.Write(new byte[9]); });", TestName = "{m}(memory)")]
    [TestCase("Parallel.ForEach(_files, () => File.OpenRead(\"x\"), (file, state, s) => { Work(file); return s; }, s => s.Dispose());", TestName = "{m}(once for each thread)")]
    [TestCase("_files.AsParallel().WithDegreeOfParallelism(8).ForAll(file => File.Delete(file));", TestName = "{m}(a query with a degree)")]
    [TestCase("var q = _files.AsParallel().Select(file => File.ReadAllText(file)).WithDegreeOfParallelism(2); _ = q;", TestName = "{m}(a degree at the end)")]
    [TestCase("_files.AsParallel().Select(file => file.Length).Sum();", TestName = "{m}(a query that works)")]
    [TestCase("foreach (var file in _files.AsParallel().AsSequential().Select(file => File.ReadAllText(file))) { Work(file); }", TestName = "{m}(sequential again)")]
    [TestCase("Fake.ForEach(_files, file => File.Delete(file));", TestName = "{m}(another ForEach)")]
    [TestCase("foreach (var file in _files) { File.Delete(file); }", TestName = "{m}(a loop)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [Test]
    public Task Is_silent_on_an_awaited_loop() => Verify.ReportsAsync(
        Member("Task M() => Parallel.ForEachAsync(_files, async (file, token) => await File.ReadAllTextAsync(file, token));"));

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        """
        using System.IO;
        using System.Threading.Tasks;
        [|Parallel.ForEach|](args, file => File.Delete(file));
        """,
        message: "'Main' blocks in 'File.Delete' inside of 'Parallel.ForEach' without a degree, so every element that waits holds a thread of the pool");

    [Test]
    public Task Sees_calls_in_other_documents() => Verify.ReportsAsync(
        """
        using System.Threading.Tasks;
        class C
        {
            void M(string[] files) => [|Parallel.ForEach|](files, file => Store.Save(file));
            void N(string[] files) => [|Parallel.ForEach|](files, Store.Save);
        }
        // === Store.cs ===
        static class Store
        {
            internal static void Save(string file) => Write(file);
            static void Write(string file) => System.IO.File.WriteAllText(file, "");
        }
        """);

    [Test]
    public Task Message_shows_the_path() => Verify.ReportsAsync(
        Member("void Load() => [|Parallel.ForEach|](_files, file => Save(file));"),
        message: "'Load' blocks in 'Save → File.WriteAllText' inside of 'Parallel.ForEach' without a degree, so every element that waits holds a thread of the pool");

    [Test]
    public Task Message_names_the_query() => Verify.ReportsAsync(
        Member("void Load() => [|_files.AsParallel|]().ForAll(file => Thread.Sleep(1));"),
        message: "'Load' blocks in 'Thread.Sleep' inside of 'AsParallel' without a degree, so every element that waits holds a thread of the pool");

    [Test]
    public Task Fix_adds_options() => Verify.FixesAllAsync(
        Member("""
            void M()
            {
                // All files.
                [|Parallel.ForEach|](_files, file => File.Delete(file)); // gone
                [|Parallel.For|](0, 1000, i => Thread.Sleep(i));
                [|Parallel.Invoke|](_files.Select(file => (Action)(() => File.Delete(file))).ToArray());
                [|Parallel.ForEach|](
                    _files, // these
                    // each
                    file => File.Delete(file));
            }
        """),
        Member("""
            void M()
            {
                // All files.
                Parallel.ForEach(_files, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, file => File.Delete(file)); // gone
                Parallel.For(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i => Thread.Sleep(i));
                Parallel.Invoke(new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, _files.Select(file => (Action)(() => File.Delete(file))).ToArray());
                Parallel.ForEach(
                    _files, // these
                    new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                    // each
                    file => File.Delete(file));
            }
        """));

    [Test]
    public Task Fix_sets_the_degree_of_options_that_are_there() => Verify.FixesAllAsync(
        Member("""
            void M()
            {
                [|Parallel.ForEach|](_files, new ParallelOptions(), file => File.Delete(file));
                [|Parallel.ForEach|](_files, new() { MaxDegreeOfParallelism = -1 /* all */ }, file => File.Delete(file));
                [|Parallel.ForEach|](_files, new ParallelOptions { CancellationToken = _token }, file => File.Delete(file));
                // Twice the same.
                var options = new ParallelOptions
                {
                    CancellationToken = _token, // stops
                }; // end
                [|Parallel.ForEach|](_files, options, file => File.Delete(file));
                [|Parallel.ForEach|](_files, options, file => File.Delete(file));
            }
        """),
        Member("""
            void M()
            {
                Parallel.ForEach(_files, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, file => File.Delete(file));
                Parallel.ForEach(_files, new() { MaxDegreeOfParallelism = Environment.ProcessorCount /* all */ }, file => File.Delete(file));
                Parallel.ForEach(_files, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = _token }, file => File.Delete(file));
                // Twice the same.
                var options = new ParallelOptions
                {
                    MaxDegreeOfParallelism = Environment.ProcessorCount,
                    CancellationToken = _token, // stops
                }; // end
                Parallel.ForEach(_files, options, file => File.Delete(file));
                Parallel.ForEach(_files, options, file => File.Delete(file));
            }
        """));

    [Test]
    public Task Fix_limits_a_query() => Verify.FixesAllAsync(
        Member("""
            void M()
            {
                // Read them.
                var texts = _files
                    .[|AsParallel|]() // at once
                    .Select(file => File.ReadAllText(file))
                    .ToList();
                var more = from file in [|_files.AsParallel|]() select File.ReadAllText(file);
                _ = (texts, more);
            }
        """),
        Member("""
            void M()
            {
                // Read them.
                var texts = _files
                    .AsParallel().WithDegreeOfParallelism(Environment.ProcessorCount) // at once
                    .Select(file => File.ReadAllText(file))
                    .ToList();
                var more = from file in _files.AsParallel().WithDegreeOfParallelism(Environment.ProcessorCount) select File.ReadAllText(file);
                _ = (texts, more);
            }
        """));

    [TestCase("[|Parallel.ForEach|](source: _files, body: file => File.Delete(file));", TestName = "{m}(arguments have names)")]
    [TestCase("[|ParallelEnumerable.AsParallel|](_files).ForAll(file => File.Delete(file));", TestName = "{m}(the extension may not be in scope)")]
    public Task Fix_is_not_offered_where(string body) => Verify.OffersNoFixAsync(Member($"void M() {{ {body} }}"));

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;

        class C(ParallelOptions options, int degree, CancellationToken token)
        {
            static readonly ParallelOptions Shared = new() { TaskScheduler = TaskScheduler.Default };
            readonly string[] _files = new string[9];
            readonly SemaphoreSlim _gate = new(1);
            readonly System.Net.Http.HttpClient _client = new();
            readonly ParallelOptions _options = options;
            readonly int _degree = degree;
            readonly CancellationToken _token = token;
            void Work(string text) { }
            static void Save(string file) { File.WriteAllText(file, ""); }

        {{member}}
        }

        static class Fake { public static void ForEach<T>(IEnumerable<T> items, Action<T> body) { } }
        """;
}
