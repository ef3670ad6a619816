using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1007StaticLockForInstanceStateAnalyzer, Hardening.Analyzers.Locks.HRD1007StaticLockForInstanceStateCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1007StaticLockForInstanceStateTests
{
    [TestCase("static readonly object [|s_gate|] = new(); int _n; void M() { lock (s_gate) { _n++; } }", TestName = "{m}(a counter)")]
    [TestCase("static readonly object [|s_gate|] = new object(); readonly Dictionary<string, int> _map = new(); int M(string key) { lock (s_gate) { return _map.TryGetValue(key, out var n) ? n : _map[key] = 0; } }", TestName = "{m}(a dictionary)")]
    [TestCase("static readonly Lock [|s_gate|] = new(); readonly List<int> _items = []; void M(int item) { lock (s_gate) { _items.Add(item); } }", TestName = "{m}(a Lock)")]
    [TestCase("static readonly Lock [|s_gate|] = new(); int _n; void M() { using (s_gate.EnterScope()) { _n++; } } int N() { using var scope = s_gate.EnterScope(); return _n; }", TestName = "{m}(scopes)")]
    [TestCase("static object [|s_gate|] = new(); int _n, _m; void M() { lock (s_gate) { _n++; } } void N() { lock (C.s_gate) { _m--; } }", TestName = "{m}(two places, once)")]
    [TestCase("static readonly object [|s_gate|] = new(); public int Count { get; private set; } void M() { lock (s_gate) { Count += 1; } }", TestName = "{m}(a property)")]
    [TestCase("static readonly object [|s_gate|] = new(); int _n; void M() { lock (s_gate) { Add(1); } } void Add(int by) => _n += Clamp(by); static int Clamp(int n) => Math.Clamp(n, 0, 9);", TestName = "{m}(through calls)")]
    [TestCase("static readonly object [|s_gate|] = new(); int _n; int Next { get { _n++; return _n; } } int M() { lock (s_gate) { return Next; } }", TestName = "{m}(through a property)")]
    [TestCase("static readonly object [|s_gate|] = new(); readonly Queue<string> _q = new(); void M(string s) { lock (s_gate) { if (_q.Count > Max) { _q.Dequeue(); } _q.Enqueue(s.Trim()); } } const int Max = 9; ", TestName = "{m}(a constant)")]
    [TestCase("static readonly object [|s_gate|] = new(); DateTime _last; static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1); bool M() { lock (s_gate) { if (DateTime.UtcNow - _last < s_pause) { return false; } _last = DateTime.UtcNow; return true; } }", TestName = "{m}(times)")]
    [TestCase("static readonly object [|s_gate|] = new(); C? _next; void M(C next) { lock (s_gate) { _next = next; } }", TestName = "{m}(a reference that is replaced)")]
    [TestCase("static readonly object [|s_gate|] = new(); int _n; void M(int by) { lock (s_gate) { if (by < 0) { throw new ArgumentOutOfRangeException(nameof(by)); } _n += by; } }", TestName = "{m}(an exception)")]
    [TestCase("static readonly object [|s_gate|] = new(); readonly int[] _counts = new int[9]; Action M() => () => { lock (s_gate) { _counts[0]++; } };", TestName = "{m}(in a lambda)")]
    [TestCase("static readonly object [|s_gate|] = new(); int _n; async Task M() { await Task.Yield(); lock (s_gate) { Local(); } void Local() => _n++; }", TestName = "{m}(async, a local function)")]
    [TestCase("static readonly object [|s_gate|] = new(); int _n; IEnumerable<int> M() { int n; lock (s_gate) { n = _n; } yield return n; }", TestName = "{m}(an iterator)")]
    [TestCase("class G<T>(T seed) { static readonly object [|s_gate|] = new(); T _value = seed; T M(T next) { lock (s_gate) { var old = _value; _value = next; return old; } } }", TestName = "{m}(a generic type)")]
    [TestCase("static readonly object [|s_gate|] = new(); int _n; void M() { Monitor.Enter(s_gate); try { _n++; } finally { Monitor.Exit(s_gate); } }", TestName = "{m}(Enter and Exit)")]
    [TestCase("static readonly object [|s_gate|] = new(); int _n; int M() { lock (s_gate) { return _n; } } void N() { Monitor.Enter(s_gate); try { _n++; } finally { Monitor.Exit(s_gate); } }", TestName = "{m}(Enter and Exit beside a lock statement)")]
    [TestCase("static readonly object [|s_gate|] = new(); int _n; void M() { bool taken = false; try { Monitor.Enter(s_gate, ref taken); _n++; } finally { if (taken) { Monitor.Exit(s_gate); } } }", TestName = "{m}(Enter within the try)")]
    [TestCase("static readonly Lock [|s_gate|] = new(); int _n; void M() { s_gate.Enter(); try { _n++; } catch (InvalidOperationException) { _n--; } finally { s_gate.Exit(); } }", TestName = "{m}(a Lock that is entered)")]
    public Task Reports(string members) => Verify.ReportsAsync(In(members));

    [TestCase("readonly object _gate = new(); int _n; void M() { lock (_gate) { _n++; } }", TestName = "{m}(a lock of the object)")]
    [TestCase("static readonly object s_gate = new(); static int s_n; int _n; void M() { lock (s_gate) { s_n++; _n++; } }", TestName = "{m}(static state)")]
    [TestCase("static readonly object s_gate = new(); static readonly List<C> s_all = []; void M() { lock (s_gate) { s_all.Add(this); } }", TestName = "{m}(a static list)")]
    [TestCase("static readonly object s_gate = new(); static int s_n; int _n; void M() { lock (s_gate) { _n++; } } static void N() { lock (s_gate) { s_n++; } }", TestName = "{m}(static state elsewhere)")]
    [TestCase("static readonly object s_gate = new(); static int s_n; int _n; void M() { Monitor.Enter(s_gate); try { s_n++; _n++; } finally { Monitor.Exit(s_gate); } }", TestName = "{m}(static state between Enter and Exit)")]
    [TestCase("static readonly object s_gate = new(); static int s_n; int _n; void M() { Monitor.Enter(s_gate); try { _n++; } finally { s_n++; Monitor.Exit(s_gate); } }", TestName = "{m}(static state in the finally)")]
    [TestCase("static readonly object s_gate = new(); static int s_n; int _n; void M() { lock (s_gate) { _n++; } } void N() { Monitor.Enter(s_gate); s_n++; Monitor.Exit(s_gate); }", TestName = "{m}(Enter and Exit without a try)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M() { Monitor.Enter(s_gate); try { _n++; Monitor.Pulse(s_gate); } finally { Monitor.Exit(s_gate); } }", TestName = "{m}(a pulse between Enter and Exit)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M() { if (Monitor.TryEnter(s_gate)) { try { _n++; } finally { Monitor.Exit(s_gate); } } }", TestName = "{m}(TryEnter)")]
    [TestCase("static readonly object s_gate = new(); static int s_n; int _n; void M() { lock (s_gate) { _n = Next(); } } static int Next() => ++s_n;", TestName = "{m}(static state through a call)")]
    [TestCase("static readonly object s_gate = new(); static int s_n; int _n; static int Next => ++s_n; void M() { lock (s_gate) { _n = Next; } }", TestName = "{m}(static state through a property)")]
    [TestCase("static readonly object s_gate = new(); static int Count { get; set; } int _n; void M() { lock (s_gate) { _n = ++Count; } }", TestName = "{m}(a static property)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M() { lock (s_gate) { System.IO.File.AppendAllText(\"log\", \"x\"); _n++; } }", TestName = "{m}(a file)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M() { lock (s_gate) { Console.WriteLine(_n++); } }", TestName = "{m}(the console)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M(Helper h) { lock (s_gate) { _n = h.Next(); } } class Helper { static int s_n; public int Next() => ++s_n; }", TestName = "{m}(another type)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M(C other) { lock (s_gate) { _n--; other._n++; } }", TestName = "{m}(two objects)")]
    [TestCase("static readonly object s_gate = new(); int _n; static int M(C it) { lock (s_gate) { return it._n++; } }", TestName = "{m}(a static method)")]
    [TestCase("static readonly object s_gate = new(); readonly List<int> _items; public C(List<int> items) => _items = items; void M() { lock (s_gate) { _items.Add(1); } }", TestName = "{m}(a list that was handed in)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M(List<int> items) { lock (s_gate) { items.Add(_n++); } }", TestName = "{m}(a list that is passed)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M() { lock (s_gate) { _n += Next(); } } protected virtual int Next() => 1;", TestName = "{m}(a virtual method)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M(Func<int> next) { lock (s_gate) { _n += next(); } }", TestName = "{m}(a delegate)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M() { lock (s_gate) { N(this); _n++; } } static void N(C c) { }", TestName = "{m}(the object handed on)")]
    [TestCase("static readonly object s_gate = new(); int _n; void M() { lock (s_gate) { while (_n == 0) { Monitor.Wait(s_gate); } } }", TestName = "{m}(a lock that is waited on)")]
    [TestCase("internal static readonly object Gate = new(); int _n; void M() { lock (Gate) { _n++; } }", TestName = "{m}(a lock that others can take)")]
    [TestCase("static readonly List<int> s_items = []; int _n; void M() { lock (s_items) { _n++; } }", TestName = "{m}(a list that is a lock, too)")]
    [TestCase("static readonly object s_gate = Shared.Gate; int _n; void M() { lock (s_gate) { _n++; } } static class Shared { public static object Gate = new(); }", TestName = "{m}(a lock from elsewhere)")]
    [TestCase("static readonly object s_gate = new(); void M() { lock (s_gate) { } }", TestName = "{m}(nothing)")]
    [TestCase("static readonly object s_gate = new(); readonly string _path = \"\"; int M() { lock (s_gate) { return _path.Length; } }", TestName = "{m}(what never changes)")]
    [TestCase("static class S { static readonly object s_gate = new(); static int s_n; public static void M() { lock (s_gate) { s_n++; } } }", TestName = "{m}(a static class)")]
    [TestCase("class One { private One() { } public static One Instance { get; } = new(); static readonly object s_gate = new(); int _n; public void M() { lock (s_gate) { _n++; } } }", TestName = "{m}(an object that is there once)")]
    [TestCase("struct S { static readonly object s_gate = new(); int _n; public void M() { lock (s_gate) { _n++; } } }", TestName = "{m}(a struct)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(In(members));

    [Test]
    public Task Is_silent_on_a_type_of_two_documents() => Verify.ReportsAsync(
        """
        partial class C { static readonly object s_gate = new(); int _n; void M() { lock (s_gate) { _n++; } } }
        // === Other.cs ===
        partial class C { static int s_n; void N() { lock (s_gate) { s_n++; } } }
        """);

    [Test]
    public Task Reports_a_type_of_two_documents() => Verify.ReportsAsync(
        """
        partial class C { static readonly object [|s_gate|] = new(); void M() { lock (s_gate) { _n++; } } }
        // === Other.cs ===
        using System.Threading;
        partial class C { int _n; void N() { Monitor.Enter(s_gate); try { Add(); } finally { Monitor.Exit(s_gate); } } }
        // === Third.cs ===
        partial class C { void Add() => _n++; }
        """);

    [Test]
    public Task Reports_a_lock_that_another_document_takes() => Verify.ReportsAsync(
        """
        partial class C { static readonly object s_gate = new(); int _n; }
        // === Other.cs ===
        partial class C { void N() { lock ([|s_gate|]) { _n++; } } }
        """);

    [Test]
    public Task Reports_a_type_of_two_parts_in_a_program() => Verify.ReportsAsync(
        """
        new C().M();
        partial class C { static readonly object [|s_gate|] = new(); int _n; }
        partial class C { public void M() { lock (s_gate) { _n++; } } }
        """);

    [Test]
    public Task Says_what_is_guarded() => Verify.ReportsAsync(
        "class Meter { static readonly object [|s_gate|] = new(); int _n; void M() { lock (s_gate) { _n++; } } }",
        message: "The static lock 's_gate' guards only what each 'Meter' has of its own ('_n'), so threads that use different objects wait for each other");

    [Test]
    public Task Fix_makes_the_lock_one_of_the_object() => Verify.FixesAllAsync(
        """
        using System.Threading;
        class C
        {
            // The gate.
            private static readonly Lock [|s_gate|] = new(); // one for all
            static readonly object [|Gate|] = new();
            private int _n, _m;

            void M() { lock (s_gate /* ours */) { _n++; } }
            void N() { using (s_gate.EnterScope()) { _n--; } lock (C.Gate) { _m++; } }
        }
        """,
        """
        using System.Threading;
        class C
        {
            // The gate.
            private readonly Lock _gate = new(); // one for all
            readonly object Gate = new();
            private int _n, _m;

            void M() { lock (_gate /* ours */) { _n++; } }
            void N() { using (_gate.EnterScope()) { _n--; } lock (Gate) { _m++; } }
        }
        """);

    [Test]
    public Task Fix_keeps_the_name_where_the_other_is_taken() => Verify.FixesAsync(
        "class C { readonly object _gate = new(); static object [|s_gate|] = new(); int _n; void M() { lock (s_gate) { _n++; } } }",
        "class C { readonly object _gate = new(); object s_gate = new(); int _n; void M() { lock (s_gate) { _n++; } } }");

    [TestCase("record R { static readonly object [|s_gate|] = new(); int _n; void M() { lock (s_gate) { _n++; } } }", TestName = "{m}(a record)")]
    [TestCase("class C { static readonly object [|s_gate|] = new(); int _n; void M() { lock (s_gate) { _n++; } } object Copy() => MemberwiseClone(); }", TestName = "{m}(a type that copies itself)")]
    [TestCase("[System.Serializable] class C { static readonly object [|s_gate|] = new(); int _n; void M() { lock (s_gate) { _n++; } } }", TestName = "{m}(a serialized type)")]
    [TestCase("partial class C { static readonly object [|s_gate|] = new(); int _n; void M() { lock (s_gate) { _n++; } } }\n// === Other.cs ===\npartial class C { void N() { lock (s_gate) { _n--; } } }", TestName = "{m}(a type of two documents)")]
    [TestCase("class C { static readonly object [|s_gate|] = new(), s_other = new(); int _n; void M() { lock (s_gate) { _n++; } } }", TestName = "{m}(two locks in one declaration)")]
    public Task Fix_is_not_offered_for(string source) => Verify.OffersNoFixAsync(source);

    private static string In(string members) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            {{members}}
        }
        """;
}
