using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Locks.HRD1008LockOrderInvertedAnalyzer>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1008LockOrderInvertedTests
{
    private const string Gates = "readonly object _a = new(); readonly object _b = new(); readonly object _c = new(); readonly Lock _l = new(); readonly ReaderWriterLockSlim _rw = new(); static readonly object S = new(); int _n;";

    [TestCase("void M() { lock (_a) { lock ([|_b|]) { } } } void N() { lock (_b) { lock (_a) { } } }", TestName = "{m}(lock statements)")]
    [TestCase("void M() { lock (_a) { _n++; lock ([|_l|]) { } } } void N() { using (_l.EnterScope()) { lock (_a) { } } }", TestName = "{m}(a Lock and its scope)")]
    [TestCase("void M() { using var scope = _l.EnterScope(); lock ([|_a|]) { } } void N() { lock (_a) { lock (_l) { } } }", TestName = "{m}(a scope declaration)")]
    [TestCase("void M() { Monitor.Enter(_a); try { lock ([|_b|]) { } } finally { Monitor.Exit(_a); } } void N() { lock (_b) { lock (_a) { } } }", TestName = "{m}(Enter, then a statement)")]
    [TestCase("void M() { Monitor.Enter(_a); Monitor.Enter([|_b|]); Monitor.Exit(_b); Monitor.Exit(_a); } void N() { lock (_b) { Monitor.Enter(_a); Monitor.Exit(_a); } }", TestName = "{m}(Enter and Enter)")]
    [TestCase("void M() { _rw.EnterWriteLock(); try { lock ([|_a|]) { } } finally { _rw.ExitWriteLock(); } } void N() { lock (_a) { _rw.EnterReadLock(); _rw.ExitReadLock(); } }", TestName = "{m}(a reader-writer lock)")]
    [TestCase("void M() { lock (_a) { [|Both()|]; } } void Both() { lock (_b) { } } void N() { lock (_b) { lock (_a) { } } }", TestName = "{m}(a call)")]
    [TestCase("void M() { lock (_a) { [|One()|]; } } void One() => Two(); void Two() { lock (_b) { } } void N() { lock (_b) { Three(); } } void Three() { lock (_a) { } }", TestName = "{m}(calls on both sides)")]
    [TestCase("void M() { lock (_a) { lock ([|S|]) { } } } static void N(C c) { lock (S) { lock (c._a) { } } }", TestName = "{m}(a static lock)")]
    [TestCase("void M() { lock (_a) { Local(); void Local() { } lock ([|_b|]) { } } } void N() { Action later = () => { lock (_b) { lock (_a) { } } }; later(); }", TestName = "{m}(in a lambda)")]
    [TestCase("async Task M() { await Task.Yield(); lock (_a) { lock ([|_b|]) { } } } IEnumerable<int> N() { lock (_b) { lock (_a) { } } yield return 1; }", TestName = "{m}(async and an iterator)")]
    [TestCase("void M() { lock (_a) { lock (_b) { lock ([|_c|]) { } } } } void N() { lock (_c) { lock (_a) { } } }", TestName = "{m}(the outer of three)")]
    [TestCase("int P { get { lock (_a) { lock ([|_b|]) { return 1; } } } } int Q { get { lock (_b) { return R; } } } int R { get { lock (_a) { return 1; } } }", TestName = "{m}(properties)")]
    [TestCase("void M() { EnterA(); lock ([|_b|]) { } LeaveA(); } void EnterA() => Monitor.Enter(_a); void LeaveA() => Monitor.Exit(_a); void N() { lock (_b) { lock (_a) { } } }", TestName = "{m}(taken by a helper)")]
    [TestCase("readonly SemaphoreSlim _s = new(1, 1), _t = new(1); async Task M() { await _s.WaitAsync(); try { await [|_t|].WaitAsync(); _t.Release(); } finally { _s.Release(); } } async Task N() { await _t.WaitAsync(); await _s.WaitAsync(); _s.Release(); _t.Release(); }", TestName = "{m}(semaphores of one)")]
    [TestCase("void M() { lock (this) { lock ([|_b|]) { } } } void N() { lock (_b) { lock (this) { } } }", TestName = "{m}(the object itself)")]
    public Task Reports(string members) => Verify.ReportsAsync(In(members));

    [TestCase("public static void Pay(C from, C to) { lock (from._a) { lock ([|to._a|]) { } } }", TestName = "{m}(two parameters)")]
    [TestCase("public void Pay(C to) { lock (_a) { lock ([|to._a|]) { } } }", TestName = "{m}(this and a parameter)")]
    public Task Reports_the_locks_of_two_objects_in_the_order_of_the_caller(string members) => Verify.ReportsAsync(
        In(members), message: members.Contains("static", StringComparison.Ordinal)
            ? "'Pay' takes 'from._a' → 'to._a', but 'Pay' takes the same two the other way round when its arguments are: two threads that do so at once wait for each other forever"
            : "'Pay' takes '_a' → 'to._a', but 'Pay' takes the same two the other way round when its arguments are: two threads that do so at once wait for each other forever");

    [TestCase("void M() { lock (_a) { lock (_b) { } } } void N() { lock (_a) { lock (_b) { } } }", TestName = "{m}(one order)")]
    [TestCase("void M() { lock (_a) { lock (_a) { } } }", TestName = "{m}(the same lock again)")]
    [TestCase("void M() { lock (_a) { } lock (_b) { } } void N() { lock (_b) { } lock (_a) { } }", TestName = "{m}(one after the other)")]
    [TestCase("void M() { lock (_a) { if (Monitor.TryEnter(_b, 100)) { Monitor.Exit(_b); } } } void N() { lock (_b) { lock (_a) { } } }", TestName = "{m}(an attempt with a limit)")]
    [TestCase("void M() { lock (_c) { lock (_a) { lock (_b) { } } } } void N() { lock (_c) { lock (_b) { lock (_a) { } } } }", TestName = "{m}(a lock around both)")]
    [TestCase("C() { lock (_a) { lock (_b) { } } } void N() { lock (_b) { lock (_a) { } } }", TestName = "{m}(a constructor)")]
    [TestCase("void M() { lock (_a) { Task.Run(() => { lock (_b) { } }); } } void N() { lock (_b) { lock (_a) { } } }", TestName = "{m}(work that is only started)")]
    [TestCase("void M() { lock (_a) { Later(); } } async void Later() { await Task.Yield(); lock (_b) { } } void N() { lock (_b) { lock (_a) { } } }", TestName = "{m}(an async method)")]
    [TestCase("void M() { Monitor.Enter(_a); Monitor.Exit(_a); lock (_b) { } } void N() { lock (_b) { lock (_a) { } } }", TestName = "{m}(left before)")]
    [TestCase("readonly SemaphoreSlim _s = new(4), _t = new(4); async Task M() { await _s.WaitAsync(); await _t.WaitAsync(); } async Task N() { await _t.WaitAsync(); await _s.WaitAsync(); }", TestName = "{m}(semaphores that are limits)")]
    [TestCase("void M(C other) { lock (_a) { lock (other._b) { } } } void N() { object a = new(), b = new(); lock (a) { lock (b) { } } lock (b) { lock (a) { } } }", TestName = "{m}(locals)")]
    [TestCase("readonly Dictionary<string, object> _locks = new(), _others = new(); void M() { lock (_locks[\"a\"]) { lock (_others[\"b\"]) { } } } void N() { lock (_others[\"b\"]) { lock (_locks[\"a\"]) { } } }", TestName = "{m}(locks out of maps, which cannot be told apart)")]
    [TestCase("void M() { lock (_a) { Recurse(3); } } void Recurse(int n) { lock (_b) { if (n > 0) { Recurse(n - 1); } } }", TestName = "{m}(recursion)")]
    [TestCase("public static void Pay(C from, C to) { var (first, second) = from._n < to._n ? (from, to) : (to, from); lock (first._a) { lock (second._a) { } } }", TestName = "{m}(two objects in an order)")]
    [TestCase("public static void Pay(C from, C to) { if (from._n < to._n) { lock (from._a) { lock (to._a) { } } } else { lock (to._a) { lock (from._a) { } } } }", TestName = "{m}(two objects in an order, by branches)")]
    [TestCase("static void Both(C first, C second) { lock (first._a) { lock (second._a) { } } }", TestName = "{m}(two objects whose caller knows the order)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(In(members));

    [Test]
    public Task Both_paths_are_in_the_message() => Verify.ReportsAsync(
        In("void M() { lock (_a) { [|One()|]; } } void One() => Two(); void Two() { lock (_b) { } } void N() { lock (_b) { lock (_a) { } } }"),
        message: "'M' takes 'C._a' → One → Two → 'C._b', but 'N' takes 'C._b' → 'C._a': two threads that do so at once wait for each other forever");

    [Test]
    public Task Both_orders_in_different_documents_are_found() => Verify.ReportsAsync(
        """
        sealed class Accounts(Journal journal)
        {
            readonly object _gate = new();
            public void Pay() { lock (_gate) { journal.Write(); } }
            public int Sum() { lock (_gate) { return 1; } }
        }
        // === Journal.cs ===
        sealed class Journal
        {
            readonly object _gate = new();
            Accounts? _accounts;
            public void Write() { lock (_gate) { } }
            public void Report() { lock (_gate) { _accounts?[|.Sum()|]; } }
        }
        """,
        message: "'Report' takes 'Journal._gate' → Sum → 'Accounts._gate', but 'Pay' takes 'Accounts._gate' → Write → 'Journal._gate': two threads that do so at once wait for each other forever");

    [Test]
    public async Task Every_acquisition_is_a_further_location()
    {
        var markup = In("void M() { lock (_a) { One(); } } void One() { lock (_b) { } } void N() { lock (_b) { lock (_a) { } } }");
        var project = RuleRunner.CreateProject(Markup.Parse(markup), Setup.Default);
        var reported = await RuleRunner.RunAsync([new Hardening.Analyzers.Locks.HRD1008LockOrderInvertedAnalyzer()], project, "the test source");
        var texts = reported.Single().AdditionalLocations.Select(location => location.SourceTree!.GetText().ToString(location.SourceSpan));
        Assert.That(texts, Is.EqualTo(["_a", "_b", "_b", "_a", "_a"]), "held, taken; held, where, taken");
    }

    // What an editor does: one document, and no end of the compilation.
    [Test]
    public async Task Both_orders_in_one_document_are_reported_without_the_end_of_the_compilation()
    {
        var project = RuleRunner.CreateProject(Markup.Parse(In("void M() { lock (_a) { lock (_b) { } } } void N() { lock (_b) { lock (_a) { } } }")), Setup.Default);
        var compilation = (await project.GetCompilationAsync())!;
        var tree = compilation.SyntaxTrees.First();
        var analysis = compilation.WithAnalyzers([new Hardening.Analyzers.Locks.HRD1008LockOrderInvertedAnalyzer()]);
        var reported = await analysis.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), filterSpan: null, CancellationToken.None);
        Assert.That(reported.Select(diagnostic => diagnostic.Id), Is.EqualTo(["HRD1008"]));
    }

    private static string In(string members) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;

        partial class C
        {
            {{Gates}}
            {{members}}
        }
        """;
}
