using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1013DoubleCheckBrokenAnalyzer, Hardening.Analyzers.Locks.HRD1013DoubleCheckBrokenCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1013DoubleCheckBrokenTests
{
    [TestCase("if (_x == null) { lock (_gate) { [|_x|] = new X(); } } return _x;", TestName = "{m}(a field)")]
    [TestCase("if (_x == null) lock (_gate) [|_x|] = new X(); return _x;", TestName = "{m}(without braces)")]
    [TestCase("if (_x is null) { lock (_gate) { [|_x|] = new(); } } return _x;", TestName = "{m}(a pattern)")]
    [TestCase("if (null == this._x) { lock (_gate) { [|_x|] = Create(); } } return _x;", TestName = "{m}(a factory)")]
    [TestCase("if (s_x == null) { lock (s_gate) { [|s_x|] = new X(); } } return s_x;", TestName = "{m}(a static field)")]
    [TestCase("if (Made == null) { lock (_gate) { [|Made|] = new X(); } } return Made;", TestName = "{m}(a property)")]
    [TestCase("if (Volatile.Read(ref _x) == null) { lock (_gate) { [|Volatile.Write|](ref _x, new X()); } } return _x!;", TestName = "{m}(Volatile)")]
    [TestCase("if (_x == null && _n > 0) { lock (_gate) { [|_x|] = new X(); } } return _x!;", TestName = "{m}(one of two questions)")]
    [TestCase("if (_x != null) { return _x; } lock (_gate) { [|_x|] = new X(); return _x; }", TestName = "{m}(an early return)")]
    [TestCase("if (_x is not null) return _x; lock (_gate) { var x = new X(); x.Load(); [|_x|] = x; } return _x;", TestName = "{m}(an early return, a local)")]
    [TestCase("var x = _x; if (x == null) { lock (_gate) { x = new X(); [|_x|] = x; } } return x;", TestName = "{m}(a copy)")]
    [TestCase("if (_x == null) { _n++; lock (_gate) { [|_x|] = new X(); } } return _x;", TestName = "{m}(work before the lock)")]
    [TestCase("if (_x == null) { lock (_lock) { [|_x|] = new X(); } } return _x;", TestName = "{m}(a Lock)")]
    [TestCase("if (_x == null) { using (_lock.EnterScope()) { [|_x|] = new X(); } } return _x;", TestName = "{m}(a scope)")]
    [TestCase("if (!_isReady) { lock (_gate) { Load(); [|_isReady|] = true; } } return _data;", TestName = "{m}(a flag)")]
    [TestCase("if (_isReady == true) { return _data; } if (!_isReady) { lock (_gate) { _data = Create(); [|_isReady|] = true; } } return _data;", TestName = "{m}(a flag and a field)")]
    [TestCase("Func<X> make = () => { if (_x == null) { lock (_gate) { [|_x|] = new X(); } } return _x; }; return make();", TestName = "{m}(in a lambda)")]
    [TestCase("return Local(); X Local() { if (_x == null) { lock (_gate) { [|_x|] = new X(); } } return _x; }", TestName = "{m}(in a local function)")]
    public Task Reports_a_missing_check(string body) => Verify.ReportsAsync(In(body));

    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { [|_x|] = new X(); _x.Load(); } } } return _x;", TestName = "{m}(a call)")]
    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { [|_x|] = new X(); _x.Size = 4; } } } return _x;", TestName = "{m}(a property)")]
    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { [|_x|] = new X(); _x.Items.Add(4); } } } return _x;", TestName = "{m}(a list of it)")]
    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { [|_x|] = new X(); Fill(_x); } } } return _x;", TestName = "{m}(a method that fills it)")]
    [TestCase("if (_map == null) { lock (_gate) { if (_map == null) { [|_map|] = new(); foreach (var i in Ids()) { _map.Add(i, i); } } } } return new X();", TestName = "{m}(a loop)")]
    [TestCase("if (_map == null) { lock (_gate) { if (_map == null) { [|_map|] = new(); _map[1] = 2; } } } return new X();", TestName = "{m}(an indexer)")]
    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { var x = new X(); [|_x|] = x; x.Load(); } } } return _x;", TestName = "{m}(a local)")]
    [TestCase("if (_x != null) { return _x; } lock (_gate) { if (_x != null) { return _x; } [|_x|] = new X(); _x.Load(); return _x; }", TestName = "{m}(early returns)")]
    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { [|_x|] = new X(); _x?.Load(); } } } return _x!;", TestName = "{m}(a conditional access)")]
    [TestCase("if (!_isReady) { lock (_gate) { if (!_isReady) { [|_isReady|] = true; _data = Create(); } } } return _data;", TestName = "{m}(a flag before the data)")]
    [TestCase("if (_isReady) { return _data; } lock (_gate) { if (!_isReady) { [|_isReady|] = true; _data = Create(); } } return new X();", TestName = "{m}(a flag, an early return)")]
    public Task Reports_what_is_published_before_it_is_finished(string body) => Verify.ReportsAsync(In(body));

    [TestCase("T Get<T>(ref T? x) where T : class, new() { if (_x == null) { lock (_gate) { [|_x|] = new X(); } } return x ??= new T(); }", TestName = "{m}(a generic method)")]
    [TestCase("X P { get { if (_x == null) { lock (_gate) { [|_x|] = new X(); } } return _x; } }", TestName = "{m}(a property)")]
    [TestCase("async Task<X> M() { if (_x == null) { lock (_gate) { [|_x|] = new X(); } } await Task.Yield(); return _x; }", TestName = "{m}(an async method)")]
    [TestCase("IEnumerable<X> M() { if (_x == null) { lock (_gate) { [|_x|] = new X(); } } yield return _x; }", TestName = "{m}(an iterator)")]
    [TestCase("class D<T>(object gate) where T : class, new() { T? _t; public T M() { if (_t == null) { lock (gate) { [|_t|] = new T(); } } return _t; } }", TestName = "{m}(a primary constructor of a generic type)")]
    public Task Reports_in(string member) => Verify.ReportsAsync(Class(member));

    [Test]
    public Task Reports_in_a_part_of_a_type() => Verify.ReportsAsync(
        """
        partial class C { private readonly object _gate = new(); private object? _x; }
        // === Other.cs ===
        partial class C { object M() { if (_x == null) { lock (_gate) { [|_x|] = new(); } } return _x; } }
        """,
        message: "'M' asks for '_x' before the lock and not again in it, so two threads set it one after the other");

    [Test]
    public Task Says_what_comes_too_late() => Verify.ReportsAsync(
        In("if (_x == null) { lock (_gate) { if (_x == null) { [|_x|] = new X(); _x.Load(); } } } return _x;"),
        message: "'M' sets '_x' before '_x.Load()', so threads that do not take the lock use it unfinished");

    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { _x = new X(); } } } return _x;", TestName = "{m}(the right shape)")]
    [TestCase("if (_x == null) { lock (_gate) { _x ??= new X(); } } return _x;", TestName = "{m}(a coalescing assignment)")]
    [TestCase("if (_x == null) { lock (_gate) { _x = _x ?? new X(); } } return _x;", TestName = "{m}(a coalescing expression)")]
    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { var x = new X(); x.Load(); _x = x; } } } return _x;", TestName = "{m}(published last)")]
    [TestCase("var x = _x; if (x == null) { lock (_gate) { x = _x; if (x == null) { x = new X(); x.Load(); _x = x; } } } return x;", TestName = "{m}(a copy that is read again)")]
    [TestCase("if (_volatile == null) { lock (_gate) { if (_volatile == null) { _volatile = new X { Size = 4 }; } } } return _volatile;", TestName = "{m}(volatile)")]
    [TestCase("if (_x != null) { return _x; } lock (_gate) { if (_x != null) { return _x; } _x = new X(); } return _x;", TestName = "{m}(early returns)")]
    [TestCase("if (_x != null) { return _x; } lock (_gate) { return _x ??= new X(); }", TestName = "{m}(an early return, and a coalescing assignment)")]
    [TestCase("lock (_gate) { if (_x == null) { _x = new X(); _x.Load(); } } return _x;", TestName = "{m}(one check, in the lock)")]
    [TestCase("return _lazy.Value;", TestName = "{m}(Lazy)")]
    [TestCase("return LazyInitializer.EnsureInitialized(ref _x, () => new X())!;", TestName = "{m}(LazyInitializer)")]
    [TestCase("if (_x != null) { lock (_gate) { _x = null; } } return new X();", TestName = "{m}(something is taken away)")]
    [TestCase("if (_x == null) { var x = new X(); lock (_gate) { _x = x; } } return _x;", TestName = "{m}(made outside: the last one wins)")]
    [TestCase("if (_isClosed) { return _data; } lock (_gate) { _isClosed = true; _data.Dispose(); } return _data;", TestName = "{m}(closed twice)")]
    [TestCase("if (_isClosed) { return null!; } lock (_gate) { if (_isClosed) { return null!; } _isClosed = true; _data.Dispose(); } return null!;", TestName = "{m}(a flag that ends all)")]
    [TestCase("if (!_isReady) { lock (_gate) { if (!_isReady) { Load(); _isReady = true; } } } return _data;", TestName = "{m}(a flag that comes last)")]
    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { _x = new X(); Console.WriteLine(_x.Size); _x.LogStart(); } } } return _x;", TestName = "{m}(it is only looked at)")]
    [TestCase("lock (_lock) { if (_x == null) { lock (_gate) { _x = new X(); } } return _x; }", TestName = "{m}(the first check is under a lock too)")]
    [TestCase("if (_n == 0) { lock (_gate) { _x = new X(); } } return _x!;", TestName = "{m}(another question)")]
    [TestCase("if (_x == null) { lock (_gate) { Load(); } } return _x!;", TestName = "{m}(a method that may check)")]
    [TestCase("if (_x == null || _n > 0) { lock (_gate) { _x = new X(); } } return _x;", TestName = "{m}(it may be there and be renewed)")]
    [TestCase("if (t_x == null) { lock (_gate) { t_x = new X(); } } return t_x;", TestName = "{m}(each thread has its own)")]
    [TestCase("if (_x == null) { lock (_gate) { if (Interlocked.CompareExchange(ref _x, new X(), null) == null) { _n++; } } } return _x;", TestName = "{m}(compare and exchange)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    [Test]
    public Task Fix_checks_again() => Verify.FixesAsync(
        Lines(
            """
            // quick
            if (_x == null && _n > 0)
            {
                // sure
                lock (_gate) // one at a time
                {
                    // make
                    [|_x|] = new X(); // made
                } // done
            }

            return _x!;
            """),
        Lines(
            """
            // quick
            if (_x == null && _n > 0)
            {
                // sure
                lock (_gate) // one at a time
                {
                    if (_x == null)
                    {
                        // make
                        _x = new X(); // made
                    }
                } // done
            }

            return _x!;
            """));

    [Test]
    public Task Fix_leaves_the_result_outside() => Verify.FixesAsync(
        Lines(
            """
            if (_x is null)
            {
                lock (_gate)
                {
                    var x = new X();
                    x.Load();
                    [|_x|] = x; // now
                    return _x; // this one
                }
            }

            return _x;
            """),
        Lines(
            """
            if (_x is null)
            {
                lock (_gate)
                {
                    if (_x is null)
                    {
                        var x = new X();
                        x.Load();
                        _x = x; // now
                    }
                    return _x; // this one
                }
            }

            return _x;
            """));

    [Test]
    public Task Fix_returns_early_again() => Verify.FixesAsync(
        Lines(
            """
            if (_x != null)
            {
                return _x; // quick
            }

            lock (_gate) // sure
            {
                // make
                [|_x|] = new X();
                return _x; // made
            }
            """),
        Lines(
            """
            if (_x != null)
            {
                return _x; // quick
            }

            lock (_gate) // sure
            {
                if (_x != null)
                {
                    return _x;
                }

                // make
                _x = new X();
                return _x; // made
            }
            """));

    [Test]
    public Task Fix_of_a_statement_without_braces() => Verify.FixesAsync(
        Lines(
            """
            if (_x == null)
                lock (_gate)
                    [|_x|] = new X(); // made
            return _x;
            """),
        Lines(
            """
            if (_x == null)
                lock (_gate)
                {
                    if (_x == null)
                    {
                        _x = new X(); // made
                    }
                }
            return _x;
            """));

    [Test]
    public Task Fix_All() => Verify.FixesAllAsync(
        Lines(
            """
            if (_x == null)
            {
                lock (_gate)
                {
                    [|_x|] = new X(); // one
                }
            }
            if (!_isReady)
            {
                lock (_gate)
                {
                    Load();
                    [|_isReady|] = true; // two
                }
            }
            return _x;
            """),
        Lines(
            """
            if (_x == null)
            {
                lock (_gate)
                {
                    if (_x == null)
                    {
                        _x = new X(); // one
                    }
                }
            }
            if (!_isReady)
            {
                lock (_gate)
                {
                    if (!_isReady)
                    {
                        Load();
                        _isReady = true; // two
                    }
                }
            }
            return _x;
            """));

    [TestCase("if (_x == null) { lock (_gate) { if (_x == null) { [|_x|] = new X(); _x.Load(); } } } return _x;", TestName = "{m}(it is published too early)")]
    [TestCase("var x = _x; if (x == null) { lock (_gate) { x = new X(); [|_x|] = x; } } return x;", TestName = "{m}(a copy is asked)")]
    [TestCase("if (_x == null) { lock (_gate) { var x = new X(); [|_x|] = x; return x; } } return _x;", TestName = "{m}(the result is a local of the lock)")]
    [TestCase("if (_x == null) { using (_lock.EnterScope()) { [|_x|] = new X(); } } return _x;", TestName = "{m}(a scope)")]
    public Task Fix_is_not_offered_when(string body) => Verify.OffersNoFixAsync(In(body));

    private static string In(string body) => Class($"    X M() {{ {body} }}");

    private static string Lines(string body) => Class($"    X M()\n    {{\n{string.Join('\n', body.Split('\n').Select(line => line.Length == 0 ? line : "        " + line))}\n    }}");

    private static string Class(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;

        class C
        {
            private static readonly object s_gate = new();
            private static X? s_x;
            [ThreadStatic] private static X? t_x;
            private readonly object _gate = new();
            private readonly Lock _lock = new();
            private readonly Lazy<X> _lazy = new(() => new X());
            private X? _x;
            private volatile X? _volatile;
            private X _data = new();
            private Dictionary<int, int>? _map;
            private bool _isReady, _isClosed;
            private int _n;
            private X? Made { get; set; }
            void Load() => _data.Load();
            void Fill(X x) { }
            X Create() => new();
            int[] Ids() => [_n];

        {{member}}
        }

        class X : IDisposable
        {
            public int Size { get; set; }
            public List<int> Items { get; } = new();
            public void Load() { }
            public void LogStart() { }
            public void Dispose() { }
        }
        """;
}
