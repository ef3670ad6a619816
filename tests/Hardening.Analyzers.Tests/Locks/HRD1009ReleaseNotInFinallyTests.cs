using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1009ReleaseNotInFinallyAnalyzer, Hardening.Analyzers.Locks.HRD1009ReleaseNotInFinallyCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1009ReleaseNotInFinallyTests
{
    [TestCase("[|Monitor.Enter|](_gate); Work(); Monitor.Exit(_gate);", TestName = "{m}(a Monitor)")]
    [TestCase("[|Monitor.Enter|](_gate); _items.Add(1); Monitor.Exit(_gate);", TestName = "{m}(a call of the framework)")]
    [TestCase("[|_lock.Enter|](); Work(); _lock.Exit();", TestName = "{m}(a Lock)")]
    [TestCase("[|this._lock.Enter|](); Work(); _lock.Exit();", TestName = "{m}(this or not)")]
    [TestCase("[|_rw.EnterReadLock|](); Work(); _rw.ExitReadLock();", TestName = "{m}(a read lock)")]
    [TestCase("[|_rw.EnterWriteLock|](); Work(); _rw.ExitWriteLock();", TestName = "{m}(a write lock)")]
    [TestCase("[|_rw.EnterUpgradeableReadLock|](); Work(); _rw.ExitUpgradeableReadLock();", TestName = "{m}(an upgradeable lock)")]
    [TestCase("[|_old.AcquireReaderLock|](-1); Work(); _old.ReleaseReaderLock();", TestName = "{m}(a ReaderWriterLock)")]
    [TestCase("[|_mutex.WaitOne|](); Work(); _mutex.ReleaseMutex();", TestName = "{m}(a Mutex)")]
    [TestCase("bool taken = false; [|_spin.Enter|](ref taken); Work(); if (taken) { _spin.Exit(); }", TestName = "{m}(a SpinLock)")]
    [TestCase("bool taken = false; [|Monitor.Enter|](_gate, ref taken); Work(); if (taken) Monitor.Exit(_gate);", TestName = "{m}(with a flag)")]
    [TestCase("if ([|Monitor.TryEnter|](_gate, 100)) { Work(); Monitor.Exit(_gate); }", TestName = "{m}(TryEnter)")]
    [TestCase("if (![|Monitor.TryEnter|](_gate)) { return; } Work(); Monitor.Exit(_gate);", TestName = "{m}(TryEnter that leaves)")]
    [TestCase("if ([|_mutex.WaitOne|](100)) { Work(); _mutex.ReleaseMutex(); }", TestName = "{m}(a Mutex with a limit)")]
    [TestCase("var taken = [|Monitor.TryEnter|](_gate, 100); if (taken) { Work(); Monitor.Exit(_gate); }", TestName = "{m}(TryEnter in a local)")]
    [TestCase("[|Monitor.Enter|](_gate); try { Work(); } catch (IOException) { } Monitor.Exit(_gate);", TestName = "{m}(a handler of some exceptions)")]
    [TestCase("[|Monitor.Enter|](_gate); try { Work(); Monitor.Exit(_gate); } catch (IOException) { Monitor.Exit(_gate); throw; }", TestName = "{m}(a handler of some exceptions that leaves)")]
    [TestCase("[|Monitor.Enter|](_gate); try { Work(); } catch (Exception) { throw; } Monitor.Exit(_gate);", TestName = "{m}(a handler that throws on)")]
    [TestCase("[|Monitor.Enter|](_gate); if (_n > 3) { throw new InvalidOperationException(); } _n++; Monitor.Exit(_gate);", TestName = "{m}(a throw)")]
    [TestCase("[|Monitor.Enter|](_gate); if (_n > 3) { return; } _n++; Monitor.Exit(_gate);", TestName = "{m}(an early return)")]
    [TestCase("[|Monitor.Enter|](_gate); if (_n > 3) { Monitor.Exit(_gate); return; } Work(); Monitor.Exit(_gate);", TestName = "{m}(two exits)")]
    [TestCase("[|Monitor.Enter|](_gate); Work(); try { _n++; } finally { Monitor.Exit(_gate); }", TestName = "{m}(work before the try)")]
    [TestCase("[|Monitor.Enter|](_gate); _changed?.Invoke(); Monitor.Exit(_gate);", TestName = "{m}(a delegate)")]
    [TestCase("[|Monitor.Enter|](_gate); _n = _map[1]; Monitor.Exit(_gate);", TestName = "{m}(an indexer)")]
    [TestCase("[|Monitor.Enter|](_gates[_n]); Work(); Monitor.Exit(_gates[_n]);", TestName = "{m}(an array of locks)")]
    [TestCase("[|Monitor.Enter|](_gate); foreach (var i in _items) { Work(); } Monitor.Exit(_gate);", TestName = "{m}(a loop)")]
    [TestCase("while (_n > 0) { [|Monitor.Enter|](_gate); Work(); Monitor.Exit(_gate); }", TestName = "{m}(in a loop)")]
    [TestCase("Action later = () => { [|Monitor.Enter|](_gate); Work(); Monitor.Exit(_gate); }; later();", TestName = "{m}(in a lambda)")]
    [TestCase("try { Action later = () => { [|Monitor.Enter|](_gate); Work(); Monitor.Exit(_gate); }; later(); } catch (Exception) { Monitor.Exit(_gate); } finally { Monitor.Exit(_gate); }", TestName = "{m}(in a lambda that is made in a try)")]
    [TestCase("Local(); void Local() { [|Monitor.Enter|](_gate); Work(); Monitor.Exit(_gate); }", TestName = "{m}(in a local function)")]
    [TestCase("using (var file = File.OpenRead(\"x\")) { [|Monitor.Enter|](_gate); Work(); Monitor.Exit(_gate); }", TestName = "{m}(in a using)")]
    [TestCase("var gate = _gate; [|Monitor.Enter|](gate); Work(); Monitor.Exit(gate);", TestName = "{m}(a local)")]
    [TestCase("[|Monitor.Enter|](_gates[0]); Work(); Monitor.Exit(this._gates[0]);", TestName = "{m}(an element of an array of locks, this or not)")]
    [TestCase("[|Monitor.Enter|](obj: _gate); Work(); Monitor.Exit(_gate);", TestName = "{m}(a named argument)")]
    public Task Reports(string body) => Verify.ReportsAsync(In(body));

    [TestCase("int P { get { [|Monitor.Enter|](_gate); var n = Count(); Monitor.Exit(_gate); return n; } }", TestName = "{m}(a property)")]
    [TestCase("IEnumerable<int> M() { [|Monitor.Enter|](_gate); Work(); Monitor.Exit(_gate); yield return 1; }", TestName = "{m}(an iterator)")]
    [TestCase("async Task M() { [|Monitor.Enter|](_gate); Work(); Monitor.Exit(_gate); await Task.Yield(); }", TestName = "{m}(an async method)")]
    [TestCase("T M<T>(Func<T> f) { [|Monitor.Enter|](_gate); var t = f(); Monitor.Exit(_gate); return t; }", TestName = "{m}(a generic method)")]
    [TestCase("class D(object gate) { public void M() { [|Monitor.Enter|](gate); GC.KeepAlive(gate.GetType().Assembly.GetTypes()); Monitor.Exit(gate); } }", TestName = "{m}(a primary constructor)")]
    [TestCase("bool M() { [|Monitor.Enter|](_gate); if (_n > 0) { return false; } _n++; Monitor.Exit(_gate); return true; }", TestName = "{m}(a path that returns)")]
    [TestCase("void M() { [|EnterGate|](); Work(); LeaveGate(); } void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(helpers)")]
    [TestCase("void M() { [|EnterGate|](); if (_n > 3) { return; } _n++; LeaveGate(); } void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(helpers, and a path that returns)")]
    [TestCase("void M() { [|EnterGate|](); Work(); Monitor.Exit(_gate); } void EnterGate() { Monitor.Enter(_gate); _n++; }", TestName = "{m}(a helper that takes)")]
    [TestCase("void M() { [|Monitor.Enter|](_gate); Work(); LeaveGate(); } void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(a helper that leaves)")]
    [TestCase("void M() { if ([|TryGate|]()) { Work(); Done(); } } bool TryGate() => Monitor.TryEnter(_gate, 100); void Done() { _n--; Monitor.Exit(_gate); }", TestName = "{m}(a helper that may take, and one of another name)")]
    [TestCase("void M() { [|Begin|](); Work(); End(); void Begin() => _rw.EnterWriteLock(); void End() => _rw.ExitWriteLock(); }", TestName = "{m}(local functions)")]
    public Task Reports_in(string member) => Verify.ReportsAsync(Class(member));

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        "using System; using System.Threading; var gate = new object(); [|Monitor.Enter|](gate); Console.Out.WriteLine(args.Length); Monitor.Exit(gate);");

    [Test]
    public Task Reports_in_a_part_of_a_type() => Verify.ReportsAsync(
        """
        partial class C { private readonly object _gate = new(); }
        // === Other.cs ===
        using System.Threading;
        partial class C { void M(System.Action work) { [|Monitor.Enter|](_gate); work(); Monitor.Exit(_gate); } }
        """);

    [Test]
    public Task Says_what_throws() => Verify.ReportsAsync(
        In("[|Monitor.Enter|](_gate); Work(); Monitor.Exit(_gate);"), message: "'M' keeps the lock '_gate' if 'Work' throws, so every other thread waits for it without end");

    [Test]
    public Task Says_that_it_returns() => Verify.ReportsAsync(
        In("[|Monitor.Enter|](_gate); if (_n > 3) { return; } _n++; Monitor.Exit(_gate);"), message: "'M' keeps the lock '_gate' on a path that returns, so every other thread waits for it without end");

    [TestCase("lock (_gate) { Work(); }", TestName = "{m}(a lock statement)")]
    [TestCase("_maybe?.EnterReadLock(); try { Work(); } finally { _maybe?.ExitReadLock(); }", TestName = "{m}(a conditional access)")]
    [TestCase("using (_lock.EnterScope()) { Work(); }", TestName = "{m}(a scope)")]
    [TestCase("Monitor.Enter(_gate); try { Work(); } finally { Monitor.Exit(_gate); }", TestName = "{m}(a finally)")]
    [TestCase("bool taken = false; try { Monitor.Enter(_gate, ref taken); Work(); } finally { if (taken) { Monitor.Exit(_gate); } }", TestName = "{m}(the shape of the compiler)")]
    [TestCase("try { Monitor.Enter(_gate); Work(); } finally { Monitor.Exit(_gate); }", TestName = "{m}(Enter within the try)")]
    [TestCase("_rw.EnterReadLock(); _n++; try { Work(); } finally { _rw.ExitReadLock(); }", TestName = "{m}(nothing that throws before the try)")]
    [TestCase("if (Monitor.TryEnter(_gate)) { try { Work(); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(TryEnter and a finally)")]
    [TestCase("if (!Monitor.TryEnter(_gate)) { Work(); return; } try { Work(); } finally { Monitor.Exit(_gate); }", TestName = "{m}(TryEnter that leaves, and a finally)")]
    [TestCase("Monitor.Enter(_gate); _n++; _n = _m; Monitor.Exit(_gate);", TestName = "{m}(assignments)")]
    [TestCase("Monitor.Enter(_gate); var n = _items.Count; _slots[_n & 1] = n; Interlocked.Increment(ref _n); Monitor.Exit(_gate);", TestName = "{m}(what throws only by a bug)")]
    [TestCase("Monitor.Enter(_gate); if (_n > 3) { Monitor.Exit(_gate); return; } _n++; Monitor.Exit(_gate);", TestName = "{m}(two exits and nothing that throws)")]
    [TestCase("Monitor.Enter(_gate); Monitor.PulseAll(_gate); Monitor.Exit(_gate);", TestName = "{m}(a pulse)")]
    [TestCase("Monitor.Enter(_gate); try { Work(); } catch { } Monitor.Exit(_gate);", TestName = "{m}(all exceptions are handled)")]
    [TestCase("Monitor.Enter(_gate); try { Work(); } catch (Exception e) { Log(e); } Monitor.Exit(_gate);", TestName = "{m}(all exceptions are handled and logged)")]
    [TestCase("Monitor.Enter(_gate); try { Work(); } catch { Monitor.Exit(_gate); throw; } Monitor.Exit(_gate);", TestName = "{m}(a handler that leaves)")]
    [TestCase("Monitor.Enter(_gates[0]); Work(); Monitor.Exit(_gates[1]);", TestName = "{m}(two elements of an array of locks)")]
    [TestCase("var gates = new Dictionary<int, object>(); Monitor.Enter(gates[_n]); Work(); Monitor.Exit(gates[_m]);", TestName = "{m}(two elements of a map of locks)")]
    [TestCase("Monitor.Enter(_gate); Work();", TestName = "{m}(the exit is somewhere else)")]
    [TestCase("Monitor.Exit(_gate); try { Work(); } finally { Monitor.Enter(_gate); }", TestName = "{m}(the lock is given up for a while)")]
    [TestCase("Monitor.Enter(_gate); Monitor.Enter(_other); try { Work(); } finally { Monitor.Exit(_other); Monitor.Exit(_gate); }", TestName = "{m}(two locks and one finally)")]
    [TestCase("if (_n > 0) { Monitor.Enter(_gate); } _m++; if (_n > 0) { Monitor.Exit(_gate); }", TestName = "{m}(a lock that is taken sometimes)")]
    [TestCase("if (_n > 0) { Monitor.Enter(_gate); } try { Work(); } finally { if (_n > 0) { Monitor.Exit(_gate); } }", TestName = "{m}(a finally for a lock that is taken sometimes)")]
    [TestCase("Monitor.Enter(_other); if (_n > 0) { Monitor.Exit(_other); return; } try { Work(); } finally { ExitOther(); }", TestName = "{m}(a helper leaves)")]
    [TestCase("var s = new Scope(); s.Enter(); Work(); s.Exit();", TestName = "{m}(another Enter and Exit)")]
    [TestCase("_semaphore.Wait(); Work(); _semaphore.Release();", TestName = "{m}(a semaphore, which has its own rule)")]
    [TestCase("Monitor.TryEnter(_gate); Work(); Monitor.Exit(_gate);", TestName = "{m}(a result that nobody reads, which has its own rule)")]
    [TestCase("for (var spins = 0; !Monitor.TryEnter(_gate); spins++) { Thread.Yield(); } try { Work(); } finally { Monitor.Exit(_gate); }", TestName = "{m}(spinning until taken)")]
    [TestCase("Monitor.Enter(_gate); _logger.LogInformation(\"x\"); try { Work(); } finally { Monitor.Exit(_gate); }", TestName = "{m}(a log before the try)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    [TestCase("void Take() { Monitor.Enter(_gate); Work(); } void Leave() { Monitor.Exit(_gate); }", TestName = "{m}(a helper that takes and one that leaves)")]
    [TestCase("bool TryTake() { Monitor.Enter(_gate); if (_n > 0) { Monitor.Exit(_gate); return false; } return true; } void Leave() => Monitor.Exit(_gate);", TestName = "{m}(a helper that may take)")]
    [TestCase("bool TryTake() { Monitor.Enter(_gate); if (_n == 0) { return true; } Work(); Monitor.Exit(_gate); return false; } void Leave() => Monitor.Exit(_gate);", TestName = "{m}(a helper that may take, the other way round)")]
    [TestCase("public readonly object Shared = new(); bool TryTake() { Monitor.Enter(Shared); if (_n == 0) { return true; } _n--; Monitor.Exit(Shared); return false; }", TestName = "{m}(others may leave a shared lock)")]
    [TestCase("Scope Take() { _rw.EnterReadLock(); return new Scope(); } class Releaser(C c) : IDisposable { public void Dispose() => c._rw.ExitReadLock(); }", TestName = "{m}(a wrapper with Dispose)")]
    [TestCase("async Task M() { Monitor.Enter(_gate); await Task.Yield(); Monitor.Exit(_gate); }", TestName = "{m}(an await under the lock, which is HRD1003's)")]
    [TestCase("void M() { EnterGate(); try { Work(); } finally { LeaveGate(); } } void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(helpers and a finally)")]
    [TestCase("void M() { Monitor.Enter(_gate); try { Work(); } finally { LeaveGate(); } } void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(a helper in the finally)")]
    [TestCase("void M() { EnterGate(); _n++; LeaveGate(); } void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(helpers and nothing that throws)")]
    [TestCase("void Enter() { EnterGate(); Work(); } void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(a helper of a helper)")]
    [TestCase("void M(C other) { other.EnterGate(); Work(); other.LeaveGate(); } void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(the helpers of another object)")]
    [TestCase("void M() { using (Take()) { Work(); } LeaveGate(); } Left Take() { Monitor.Enter(_gate); return new Left(); } class Left : IDisposable { public void Dispose() { } } void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(a helper whose result leaves)")]
    [TestCase("protected virtual void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate); void M() { EnterGate(); Work(); LeaveGate(); }", TestName = "{m}(a helper that can be another)")]
    [TestCase("void M() { EnterGate(); try { Work(); } catch { LeaveGate(); throw; } LeaveGate(); } void EnterGate() => Monitor.Enter(_gate); void LeaveGate() => Monitor.Exit(_gate);", TestName = "{m}(a helper in a handler)")]
    public Task Is_silent_in(string member) => Verify.ReportsAsync(Class(member));

    [Test]
    public Task Fix_leaves_by_a_helper_in_a_finally() => Verify.FixesAsync(
        """
        using System.Threading;
        class C
        {
            readonly object _gate = new();
            void EnterGate() => Monitor.Enter(_gate);
            void LeaveGate() => Monitor.Exit(_gate);
            void M(System.Action work)
            {
                // Ours.
                [|EnterGate|](); // from here
                work();
                LeaveGate(); // to here
            }
        }
        """,
        """
        using System.Threading;
        class C
        {
            readonly object _gate = new();
            void EnterGate() => Monitor.Enter(_gate);
            void LeaveGate() => Monitor.Exit(_gate);
            void M(System.Action work)
            {
                // Ours.
                EnterGate(); // from here
                try
                {
                    work();
                }
                finally
                {
                    LeaveGate(); // to here
                }
            }
        }
        """);

    [Test]
    public Task Fix_uses_a_lock_statement() => Verify.FixesAsync(
        Lines(
            """
            // before
            [|Monitor.Enter|](_gate); // take
            Work(); // work

            _n++;
            // last
            Monitor.Exit(_gate); // leave
            _m++;
            """),
        Lines(
            """
            // before
            lock (_gate) // take
            {
                Work(); // work

                _n++;
                // last
            } // leave
            _m++;
            """));

    [Test]
    public Task Fix_leaves_a_read_lock_in_a_finally() => Verify.FixesAsync(
        Lines(
            """
            // before
            [|_rw.EnterReadLock|](); // take
            Work(); // work
            // last
            _rw.ExitReadLock(); // leave
            _m++;
            """),
        Lines(
            """
            // before
            _rw.EnterReadLock(); // take
            try
            {
                Work(); // work
            }
            finally
            {
                // last
                _rw.ExitReadLock(); // leave
            }
            _m++;
            """));

    [Test]
    public Task Fix_declares_outside_what_is_needed_after_it() => Verify.FixesAsync(
        Class(
            """
                int M()
                {
                    // before
                    [|Monitor.Enter|](_gate);
                    // the count
                    var n = Count(); // now
                    Monitor.Exit(_gate);
                    return n;
                }
            """),
        Class(
            """
                int M()
                {
                    int n;
                    // before
                    lock (_gate)
                    {
                        // the count
                        n = Count(); // now
                    }
                    return n;
                }
            """));

    [Test]
    public Task Fix_needs_one_exit_only() => Verify.FixesAsync(
        Lines(
            """
            [|Monitor.Enter|](_gate);
            if (_n > 3)
            {
                // enough
                Monitor.Exit(_gate);
                return; // early
            }

            Work();
            Monitor.Exit(_gate);
            """),
        Lines(
            """
            lock (_gate)
            {
                if (_n > 3)
                {
                    // enough
                    return; // early
                }

                Work();
            }
            """));

    [Test]
    public Task Fix_of_an_attempt() => Verify.FixesAsync(
        Lines(
            """
            if ([|Monitor.TryEnter|](_gate, 100)) // or not
            {
                // now
                Work();
                Monitor.Exit(_gate);
            }
            """),
        Lines(
            """
            if (Monitor.TryEnter(_gate, 100)) // or not
            {
                try
                {
                    // now
                    Work();
                }
                finally
                {
                    Monitor.Exit(_gate);
                }
            }
            """));

    [Test]
    public Task Fix_of_an_attempt_that_returns() => Verify.FixesAsync(
        Lines(
            """
            if (![|_mutex.WaitOne|](100))
            {
                return; // busy
            }

            Work();
            _mutex.ReleaseMutex(); // free
            """),
        Lines(
            """
            if (!_mutex.WaitOne(100))
            {
                return; // busy
            }

            try
            {
                Work();
            }
            finally
            {
                _mutex.ReleaseMutex(); // free
            }
            """));

    [Test]
    public Task Fix_moves_work_into_the_try() => Verify.FixesAsync(
        Lines(
            """
            [|Monitor.Enter|](_gate);
            // first
            Work();
            try
            {
                _n++; // second
            }
            finally
            {
                Monitor.Exit(_gate);
            }
            """),
        Lines(
            """
            Monitor.Enter(_gate);
            try
            {
                // first
                Work();
                _n++; // second
            }
            finally
            {
                Monitor.Exit(_gate);
            }
            """));

    [Test]
    public Task Fix_All() => Verify.FixesAllAsync(
        Lines(
            """
            [|Monitor.Enter|](_gate); // one
            Work();
            Monitor.Exit(_gate);
            [|_rw.EnterWriteLock|](); // two
            Work();
            _rw.ExitWriteLock();
            """),
        Lines(
            """
            lock (_gate) // one
            {
                Work();
            }
            _rw.EnterWriteLock(); // two
            try
            {
                Work();
            }
            finally
            {
                _rw.ExitWriteLock();
            }
            """));

    [TestCase("[|Monitor.Enter|](_gate); if (_n > 0) { Work(); Monitor.Exit(_gate); } else { Monitor.Exit(_gate); }", TestName = "{m}(the exits are in branches)")]
    [TestCase("[|Monitor.Enter|](_gate); if (_n > 3) { Monitor.Exit(_gate); Work(); return; } Work(); Monitor.Exit(_gate);", TestName = "{m}(work after an early exit)")]
    [TestCase("[|Monitor.Enter|](_gate); if (!_map.Remove(1, out var old)) { Work(); } Monitor.Exit(_gate); _n = old;", TestName = "{m}(a variable of an expression is needed after it)")]
    [TestCase("[|Monitor.Enter|](_gate); using var file = File.OpenRead(\"x\"); Monitor.Exit(_gate); Work();", TestName = "{m}(a using would end sooner)")]
    public Task Fix_is_not_offered_when(string body) => Verify.OffersNoFixAsync(In(body));

    private static string In(string body) => Class($"    void M() {{ {body} }}");

    private static string Lines(string body) => Class($"    void M()\n    {{\n{string.Join('\n', body.Split('\n').Select(line => line.Length == 0 ? line : "        " + line))}\n    }}");

    private static string Class(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;

        class C
        {
            private readonly object _gate = new();
            private readonly object _other = new();
            private readonly object[] _gates = { new() };
            private readonly Lock _lock = new();
            private readonly ReaderWriterLockSlim _rw = new();
            private readonly ReaderWriterLockSlim? _maybe = new();
            private readonly ReaderWriterLock _old = new();
            private readonly Mutex _mutex = new();
            private readonly SemaphoreSlim _semaphore = new(1);
            private readonly List<int> _items = new();
            private readonly Dictionary<int, int> _map = new();
            private readonly int[] _slots = new int[2];
            private SpinLock _spin;
            private int _n, _m;
            private Action? _changed;
            private ILogger _logger = null!;
            C() { }
            void Work() { }
            void ExitOther() => Monitor.Exit(_other);
            void Log(Exception? e) { }
            int Count() => _items.Count;

        {{member}}
        }

        interface ILogger { void LogInformation(string message); }
        class Scope { public void Enter() { } public void Exit() { } }
        """;
}
