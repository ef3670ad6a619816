using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2003AllAtOnceAnalyzer, Hardening.Analyzers.Threads.HRD2003AllAtOnceCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2003AllAtOnceTests
{
    [TestCase("await [|Task.WhenAll|](_urls.Select(url => _client.GetAsync(url)));", TestName = "{m}(a query)")]
    [TestCase("await [|Task.WhenAll|](_urls.Select(async url => await _client.GetAsync(url)));", TestName = "{m}(an async lambda)")]
    [TestCase("await [|Task.WhenAll|](_urls.Select(async url => { using var r = await _client.GetAsync(url); r.EnsureSuccessStatusCode(); }));", TestName = "{m}(an async block)")]
    [TestCase("await [|Task.WhenAll|](_urls.Select(_client.GetStringAsync));", TestName = "{m}(a method group)")]
    [TestCase("await [|Task.WhenAll|](_urls.Where(url => url.Length > 0).Select(url => _client.GetAsync(url.Trim())).ToArray());", TestName = "{m}(a longer query)")]
    [TestCase("await [|Task.WhenAll|](from url in _urls select File.ReadAllTextAsync(url));", TestName = "{m}(query syntax)")]
    [TestCase("await [|Task.WhenAll|]([.. _urls.Select(url => File.ReadAllTextAsync(url))]);", TestName = "{m}(a spread)")]
    [TestCase("var texts = await [|Task.WhenAll|](_urls.Select(url => File.ReadAllTextAsync(url))); _ = texts;", TestName = "{m}(results)")]
    [TestCase("await [|Task.WhenAll|](_urls.Select(url => _client.GetAsync(url))).ConfigureAwait(false);", TestName = "{m}(ConfigureAwait)")]
    [TestCase("var tasks = _urls.Select(url => _client.GetAsync(url)).ToList(); await [|Task.WhenAll|](tasks);", TestName = "{m}(a local)")]
    [TestCase("var tasks = new List<Task>(); foreach (var url in _urls) { tasks.Add(_client.GetAsync(url)); } await [|Task.WhenAll|](tasks);", TestName = "{m}(a list)")]
    [TestCase("List<Task> tasks = []; foreach (var url in _urls) { var t = _client.GetAsync(url); tasks.Add(t); } await [|Task.WhenAll|](tasks);", TestName = "{m}(a list, through a local)")]
    [TestCase("var tasks = new Task<string>[_urls.Count]; for (var i = 0; i < tasks.Length; i++) { tasks[i] = File.ReadAllTextAsync(_urls[i]); } await [|Task.WhenAll|](tasks);", TestName = "{m}(an array)")]
    [TestCase("var tasks = new List<Task>(); tasks.AddRange(_urls.Select(url => _client.GetAsync(url))); await [|Task.WhenAll|](tasks);", TestName = "{m}(AddRange)")]
    [TestCase("await [|Task.WhenAll|](_urls.Select(url => FetchAsync(url)));", TestName = "{m}(a method of the type)")]
    [TestCase("await [|Task.WhenAll|](_urls.Select(FetchAsync));", TestName = "{m}(its method group)")]
    [TestCase("await [|Task.WhenAll|](_urls.Select(url => _store.LoadAsync(url)));", TestName = "{m}(an interface with one implementation)")]
    [TestCase("await [|Task.WhenAll|](_urls.Select(LocalAsync)); async Task LocalAsync(string url) { await File.WriteAllTextAsync(url, \"\"); }", TestName = "{m}(a local function)")]
    [TestCase("await [|Task.WhenAll|](_urls.Select(url => Task.Run(async () => await _client.GetAsync(url))));", TestName = "{m}(tasks of the pool)")]
    [TestCase("await [|Task.WhenAll|](Enumerable.Range(0, 1000).Select(i => _client.GetAsync(\"?\" + i)));", TestName = "{m}(a range)")]
    [TestCase("Func<Task> all = () => [|Task.WhenAll|](_urls.Select(url => _client.GetAsync(url))); await all();", TestName = "{m}(a lambda)")]
    [TestCase("await [|Task.WhenAll|](_children.Select(c => WaitAsync(c))); Task WaitAsync(Process p) => p.WaitForExitAsync();", TestName = "{m}(children)")]
    public Task Reports(string body) => Verify.ReportsAsync(In(body));

    [TestCase("Task M() => [|Task.WhenAll|](_urls.Select(url => _client.GetAsync(url)));", TestName = "{m}(an expression body)")]
    [TestCase("Task M<T>(IEnumerable<T> items, Func<T, string> name) => [|Task.WhenAll|](items.Select(item => File.ReadAllTextAsync(name(item))));", TestName = "{m}(a generic method)")]
    [TestCase("async IAsyncEnumerable<string> M() { foreach (var text in await [|Task.WhenAll|](_urls.Select(url => File.ReadAllTextAsync(url)))) { yield return text; } }", TestName = "{m}(an async iterator)")]
    [TestCase("Task? M(List<string>? urls) => urls is null ? null : [|Task.WhenAll|](urls.Select(url => _client.GetAsync(url)));", TestName = "{m}(nullable)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("await Task.WhenAll(_client.GetAsync(\"a\"), _client.GetAsync(\"b\"));", TestName = "{m}(two tasks)")]
    [TestCase("var a = _client.GetAsync(\"a\"); var b = _client.GetAsync(\"b\"); await Task.WhenAll([a, b]);", TestName = "{m}(two named tasks)")]
    [TestCase("var tasks = new List<Task> { _client.GetAsync(\"a\") }; tasks.Add(_client.GetAsync(\"b\")); await Task.WhenAll(tasks);", TestName = "{m}(a list of two)")]
    [TestCase("await Task.WhenAll(new[] { \"a\", \"b\" }.Select(url => _client.GetAsync(url)));", TestName = "{m}(a literal)")]
    [TestCase("await Task.WhenAll(Mirrors.Select(url => _client.GetAsync(url)));", TestName = "{m}(a literal in a field)")]
    [TestCase("await Task.WhenAll(_urls.Take(4).Select(url => _client.GetAsync(url)));", TestName = "{m}(a few)")]
    [TestCase("foreach (var batch in _urls.Chunk(8)) { await Task.WhenAll(batch.Select(url => _client.GetAsync(url))); }", TestName = "{m}(chunks)")]
    [TestCase("await Task.WhenAll(_urls.Select(async url => { await _gate.WaitAsync(); try { await _client.GetAsync(url); } finally { _gate.Release(); } }));", TestName = "{m}(a semaphore)")]
    [TestCase("await Task.WhenAll(_urls.Select(GatedAsync));", TestName = "{m}(a semaphore in the method)")]
    [TestCase("var tasks = new List<Task>(); foreach (var url in _urls) { await _gate.WaitAsync(); tasks.Add(GetAsync(url)); } await Task.WhenAll(tasks); async Task GetAsync(string u) { try { await _client.GetAsync(u); } finally { _gate.Release(); } }", TestName = "{m}(a semaphore in the loop)")]
    [TestCase("var tasks = new List<Task>(); foreach (var url in _urls) { tasks.Add(_client.GetAsync(url)); if (tasks.Count >= 8) { await Task.WhenAll(tasks); tasks.Clear(); } }", TestName = "{m}(batches)")]
    [TestCase("var tasks = new List<Task>(); foreach (var url in _urls) { if (tasks.Count >= 8) { tasks.Remove(await Task.WhenAny(tasks)); } tasks.Add(_client.GetAsync(url)); } await Task.WhenAll(tasks);", TestName = "{m}(a window)")]
    [TestCase("await Task.WhenAll(_children.Select(child => child.WaitForExitAsync()));", TestName = "{m}(objects that are open already)")]
    [TestCase("var tasks = new List<Task>(); foreach (var child in _children) { tasks.Add(child.WaitForExitAsync()); } await Task.WhenAll(tasks);", TestName = "{m}(such objects in a loop)")]
    [TestCase("await Task.WhenAll(_urls.Select(url => Task.Delay(url.Length)));", TestName = "{m}(a delay)")]
    [TestCase("await Task.WhenAll(_urls.Select(url => Task.Run(() => url.Length)));", TestName = "{m}(work)")]
    [TestCase("await Task.WhenAll(_urls.Select(url => ComputeAsync(url)));", TestName = "{m}(a method without I/O)")]
    [TestCase("await Task.WhenAll(_urls.Select(async url => { using var m = new MemoryStream(); await m.WriteAsync(new byte[9]); }));", TestName = "{m}(memory)")]
    [TestCase("await Task.WhenAll(_tasks);", TestName = "{m}(tasks from elsewhere)")]
    [TestCase("await Task.WhenAny(_urls.Select(url => _client.GetAsync(url)));", TestName = "{m}(a race)")]
    [TestCase("await Parallel.ForEachAsync(_urls, async (url, token) => await _client.GetAsync(url, token));", TestName = "{m}(a parallel loop)")]
    [TestCase("foreach (var url in _urls) { await _client.GetAsync(url); }", TestName = "{m}(one after the other)")]
    [TestCase("await Task.WhenAll(_urls.Select(url => _two.LoadAsync(url)));", TestName = "{m}(an interface with two implementations)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        """
        using System.IO;
        using System.Linq;
        using System.Threading.Tasks;
        await [|Task.WhenAll|](args.Select(file => File.ReadAllTextAsync(file)));
        """,
        message: "'Main' starts 'File.ReadAllTextAsync' for all elements at once, so the input decides how many run at the same time");

    [Test]
    public Task Sees_calls_in_other_documents() => Verify.ReportsAsync(
        """
        using System.Linq;
        using System.Threading.Tasks;
        partial class C { Task M(string[] urls, Api api) => [|Task.WhenAll|](urls.Select(url => api.LoadAsync(url))); }
        // === Api.cs ===
        using System.Net.Http;
        using System.Threading.Tasks;
        class Api(HttpClient client)
        {
            public async Task<int> LoadAsync(string url) => (await FetchAsync(url)).Length;
            Task<string> FetchAsync(string url) => client.GetStringAsync(url);
        }
        """,
        message: "'M' starts 'LoadAsync → FetchAsync → HttpClient.GetStringAsync' for all elements at once, so the input decides how many run at the same time");

    [Test]
    public Task Fix_awaits_a_parallel_loop() => Verify.FixesAllAsync(
        In("""
                // All of them.
                await [|Task.WhenAll|](_urls.Select(url => _client.DeleteAsync(url))); // gone
                await [|Task.WhenAll|](_urls.Select(async url => await _client.DeleteAsync(url))).ConfigureAwait(false);
                await [|Task.WhenAll|](_urls.Select(async url =>
                {
                    // each
                    using var r = await _client.DeleteAsync(url);
                }));
        """),
        In("""
                // All of them.
                await Parallel.ForEachAsync(_urls, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (url, _) => await _client.DeleteAsync(url)); // gone
                await Parallel.ForEachAsync(_urls, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (url, _) => await _client.DeleteAsync(url));
                await Parallel.ForEachAsync(_urls, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (url, _) =>
                {
                    // each
                    using var r = await _client.DeleteAsync(url);
                });
        """));

    [Test]
    public Task Fix_replaces_a_list_of_tasks() => Verify.FixesAsync(
        In("""
                // All of them.
                var tasks = new List<Task>();
                foreach (var url in _urls)
                {
                    tasks.Add(_client.DeleteAsync(url)); // each
                }

                await [|Task.WhenAll|](tasks); // gone
        """),
        In("""
                // All of them.
                // each
                await Parallel.ForEachAsync(_urls, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (url, _) => await _client.DeleteAsync(url)); // gone
        """));

    [Test]
    public Task Fix_gives_results_the_places_of_their_elements() => Verify.FixesAsync(
        In("""
                // All of them.
                var texts = await [|Task.WhenAll|](_urls.Select(url => _client.GetStringAsync(url))); // read
                _ = texts.Length;
        """),
        In("""
                // All of them.
                var texts = new string[_urls.Count];
                await Parallel.ForEachAsync(Enumerable.Range(0, _urls.Count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (index, _) =>
                {
                    var url = _urls[index];
                    texts[index] = await _client.GetStringAsync(url);
                }); // read
                _ = texts.Length;
        """));

    [TestCase("Task M() => [|Task.WhenAll|](_urls.Select(url => _client.GetAsync(url)));", TestName = "{m}(the task is returned)")]
    [TestCase("async Task M() { foreach (var r in await [|Task.WhenAll|](_urls.Select(url => _client.GetAsync(url)))) { r.Dispose(); } }", TestName = "{m}(results are walked at once)")]
    [TestCase("async Task M() { var all = await [|Task.WhenAll|](_urls.Select(url => _client.GetByteArrayAsync(url))); _ = all; }", TestName = "{m}(results are arrays)")]
    [TestCase("async Task M() { await [|Task.WhenAll|](_urls.Where(url => url.Length > 0).Select(url => _client.GetAsync(url))); }", TestName = "{m}(the sequence is lazy)")]
    [TestCase("async Task M() { await [|Task.WhenAll|](_urls.Select((url, i) => _client.GetAsync(url + i))); }", TestName = "{m}(the lambda takes the place)")]
    [TestCase("async Task M() { await [|Task.WhenAll|](_urls.Select(_client.GetStringAsync)); }", TestName = "{m}(a method group)")]
    [TestCase("async Task M() { await [|Task.WhenAll|](_urls /* all */ .Select(url => _client.GetAsync(url))); }", TestName = "{m}(a comment would be lost)")]
    [TestCase("async Task M() { var tasks = new List<Task>(); foreach (var url in _urls) { tasks.Add(_client.GetAsync(url)); } await Task.Yield(); await [|Task.WhenAll|](tasks); }", TestName = "{m}(something runs meanwhile)")]
    public Task Fix_is_not_offered_where(string member) => Verify.OffersNoFixAsync(Member(member));

    private static string In(string body) => Member($"    async Task M()\n    {{\n{body}\n        await Task.Yield();\n    }}");

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.IO;
        using System.Linq;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;

        interface IStore { Task LoadAsync(string name); }
        sealed class Store : IStore { public async Task LoadAsync(string name) { await File.ReadAllTextAsync(name); } }
        interface ITwo { Task LoadAsync(string name); }
        sealed class One : ITwo { public Task LoadAsync(string name) => File.ReadAllTextAsync(name); }
        sealed class Two : ITwo { public Task LoadAsync(string name) => Task.CompletedTask; }

        class C(IStore store, ITwo two)
        {
            static readonly string[] Mirrors = { "a", "b", "c" };
            readonly List<string> _urls = new();
            readonly List<Process> _children = new();
            readonly List<Task> _tasks = new();
            readonly HttpClient _client = new();
            readonly SemaphoreSlim _gate = new(8);
            readonly IStore _store = store;
            readonly ITwo _two = two;
            async Task<string> FetchAsync(string url) { var text = await _client.GetStringAsync(url); return text.Trim(); }
            async Task GatedAsync(string url) { await _gate.WaitAsync(); try { await _client.GetAsync(url); } finally { _gate.Release(); } }
            static async Task<int> ComputeAsync(string url) { await Task.Yield(); return url.Length; }

        {{member}}
        }
        """;
}
