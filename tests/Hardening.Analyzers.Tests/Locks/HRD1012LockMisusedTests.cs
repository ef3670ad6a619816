using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1012LockMisusedAnalyzer, Hardening.Analyzers.Locks.HRD1012LockMisusedCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1012LockMisusedTests
{
    [TestCase("lock (_gate) { if (_queue.Count == 0) { [|Monitor.Wait|](_gate); } _n = _queue.Dequeue(); }", TestName = "{m}(if)")]
    [TestCase("lock (_gate) { if (_queue.Count == 0) [|Monitor.Wait|](_gate); _n = _queue.Dequeue(); }", TestName = "{m}(if without braces)")]
    [TestCase("lock (_gate) { [|Monitor.Wait|](_gate); _n++; }", TestName = "{m}(no question at all)")]
    [TestCase("lock (_gate) { if (!_ready) { [|Monitor.Wait|](_gate); } }", TestName = "{m}(nothing follows)")]
    [TestCase("lock (_gate) { if (!_ready) { [|Monitor.Wait|](_gate, Timeout.Infinite); } }", TestName = "{m}(a limit that is none)")]
    [TestCase("lock (_gate) { if (_queue.Count == 0) { [|Monitor.Wait|](_gate, 100); } _n = _queue.Dequeue(); }", TestName = "{m}(a limit, and what was asked is used)")]
    [TestCase("while (_n > 0) { lock (_gate) { if (_queue.Count == 0) { [|Monitor.Wait|](_gate); } _n = _queue.Dequeue(); } }", TestName = "{m}(a loop around the lock)")]
    [TestCase("Monitor.Enter(_gate); try { if (!_ready) { [|Monitor.Wait|](_gate); } } finally { Monitor.Exit(_gate); }", TestName = "{m}(Enter and Exit)")]
    [TestCase("Action later = () => { lock (_gate) { if (!_ready) { [|Monitor.Wait|](_gate); } } }; later();", TestName = "{m}(in a lambda)")]
    [TestCase("while (!_ready) { Action later = () => { lock (_gate) { [|Monitor.Wait|](_gate); } }; later(); }", TestName = "{m}(a loop around a lambda)")]
    [TestCase("Local(); void Local() { lock (_gate) { if (!_ready) { [|Monitor.Wait|](_gate); } } }", TestName = "{m}(in a local function)")]
    public Task Reports_a_wait_outside_of_a_loop(string body) => Verify.ReportsAsync(In(body));

    [TestCase("_rw.EnterReadLock(); try { if (_n == 0) { [|_rw.EnterWriteLock|](); } } finally { _rw.ExitReadLock(); }", TestName = "{m}(in a try)")]
    [TestCase("_rw.EnterReadLock(); [|_rw.EnterWriteLock|](); _n++; _rw.ExitWriteLock(); _rw.ExitReadLock();", TestName = "{m}(right after)")]
    [TestCase("_rw.EnterReadLock(); if ([|_rw.TryEnterWriteLock|](10)) { _n++; _rw.ExitWriteLock(); } _rw.ExitReadLock();", TestName = "{m}(an attempt)")]
    [TestCase("if (_rw.TryEnterReadLock(10)) { [|_rw.EnterWriteLock|](); _rw.ExitWriteLock(); _rw.ExitReadLock(); }", TestName = "{m}(after an attempt)")]
    [TestCase("_rw.EnterReadLock(); if (_n > 0) { _rw.ExitReadLock(); return; } [|_rw.EnterWriteLock|](); _rw.ExitWriteLock();", TestName = "{m}(left on another path only)")]
    [TestCase("_old.AcquireReaderLock(100); [|_old.AcquireWriterLock|](100); _old.ReleaseLock();", TestName = "{m}(a ReaderWriterLock)")]
    [TestCase("_rw.EnterReadLock(); try { [|Write|](); } finally { _rw.ExitReadLock(); }", TestName = "{m}(through a call)")]
    [TestCase("_rw.EnterReadLock(); try { [|WriteLater|](); } finally { _rw.ExitReadLock(); }", TestName = "{m}(through two calls)")]
    [TestCase("Action later = () => { _rw.EnterReadLock(); [|_rw.EnterWriteLock|](); }; later();", TestName = "{m}(in a lambda)")]
    public Task Reports_a_reader_that_writes(string body) => Verify.ReportsAsync(In(body));

    [TestCase("class C { private readonly SpinLock [|_spin|] = new(false); }", TestName = "{m}(a field)")]
    [TestCase("class C { private static readonly SpinLock [|s_spin|]; }", TestName = "{m}(a static field)")]
    [TestCase("readonly struct S { private readonly SpinLock [|_spin|]; public S(bool track) => _spin = new SpinLock(track); }", TestName = "{m}(a readonly struct)")]
    [TestCase("class C<T> { protected internal readonly System.Threading.SpinLock [|Spin|], [|Other|]; }", TestName = "{m}(two in a generic type)")]
    public Task Reports_a_readonly_SpinLock(string source) => Verify.ReportsAsync("using System.Threading; " + source);

    [TestCase("int M() { lock (_gate) { if (_queue.Count == 0) { [|Monitor.Wait|](_gate); } return _queue.Dequeue(); } }", TestName = "{m}(a result)")]
    [TestCase("T Take<T>(Queue<T> items) { lock (items) { if (items.Count == 0) { [|Monitor.Wait|](items); } return items.Dequeue(); } }", TestName = "{m}(a generic method, a parameter)")]
    [TestCase("IEnumerable<int> M() { lock (_gate) { if (!_ready) { [|Monitor.Wait|](_gate); } } yield return 1; }", TestName = "{m}(an iterator)")]
    [TestCase("int P { get { lock (_gate) { if (!_ready) { [|Monitor.Wait|](_gate); } return _n; } } }", TestName = "{m}(a property)")]
    [TestCase("class D(object gate) { public void M() { lock (gate) { [|Monitor.Wait|](gate); } } }", TestName = "{m}(a primary constructor)")]
    [TestCase("async Task M() { lock (_gate) { if (!_ready) { [|Monitor.Wait|](_gate); } } await Task.Yield(); }", TestName = "{m}(an async method)")]
    public Task Reports_in(string member) => Verify.ReportsAsync(Class(member));

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        "using System.Threading; var gate = new object(); lock (gate) { if (args.Length == 0) { [|Monitor.Wait|](gate); } }");

    [Test]
    public Task Reports_through_a_call_into_another_document() => Verify.ReportsAsync(
        """
        using System.Threading;
        partial class C { private readonly ReaderWriterLockSlim _rw = new(); void M() { _rw.EnterReadLock(); try { [|Write|](); } finally { _rw.ExitReadLock(); } } }
        // === Other.cs ===
        partial class C { void Write() { _rw.EnterWriteLock(); try { } finally { _rw.ExitWriteLock(); } } }
        """,
        message: "'M' enters the write lock of '_rw' through 'Write' while it holds the read lock, which throws or waits for itself");

    [Test]
    public Task Says_what_is_not_asked() => Verify.ReportsAsync(
        In("lock (_gate) { [|Monitor.Wait|](_gate); }"), message: "'M' waits for a pulse of '_gate' outside of a loop, so it goes on even if what it waits for is not there");

    [TestCase("lock (_gate) { while (_queue.Count == 0) { Monitor.Wait(_gate); } _n = _queue.Dequeue(); }", TestName = "{m}(while)")]
    [TestCase("lock (_gate) { do { Monitor.Wait(_gate); } while (!_ready); }", TestName = "{m}(do)")]
    [TestCase("lock (_gate) { for (; ;) { if (_ready) { break; } Monitor.Wait(_gate, 100); } }", TestName = "{m}(for)")]
    [TestCase("lock (_gate) { while (!_ready) { if (!Monitor.Wait(_gate, 100)) { throw new TimeoutException(); } } }", TestName = "{m}(a limit in a loop)")]
    [TestCase("lock (_gate) { Monitor.Wait(_gate, 100); }", TestName = "{m}(a sleep that can be ended)")]
    [TestCase("lock (_gate) { if (!_ready) { Monitor.Wait(_gate, 100); } }", TestName = "{m}(a sleep that may not be needed)")]
    [TestCase("while (!_ready) { lock (_gate) { if (_queue.Count == 0) { Monitor.Wait(_gate, 100); } if (_queue.Count > 0) { _n = _queue.Dequeue(); } } }", TestName = "{m}(a loop around the lock, and another look)")]
    [TestCase("while (!_ready) { lock (_gate) { if (_queue.Count == 0) { Monitor.Wait(_gate); } } _n++; }", TestName = "{m}(a loop around the lock, and nothing follows in it)")]
    [TestCase("lock (_gate) { if (_queue.Count == 0) { Monitor.Wait(_gate, 100); } _n = _queue.TryDequeue(out var item) ? item : 0; }", TestName = "{m}(a careful use)")]
    [TestCase("lock (_gate) { again: if (!_ready) { Monitor.Wait(_gate); goto again; } }", TestName = "{m}(goto)")]
    [TestCase("_task.Wait(); _slim.Wait();", TestName = "{m}(other waits)")]
    public Task Is_silent_on_a_wait(string body) => Verify.ReportsAsync(In(body));

    [TestCase("_rw.EnterUpgradeableReadLock(); try { _rw.EnterWriteLock(); _rw.ExitWriteLock(); } finally { _rw.ExitUpgradeableReadLock(); }", TestName = "{m}(an upgradeable lock)")]
    [TestCase("_rw.EnterReadLock(); _n++; _rw.ExitReadLock(); _rw.EnterWriteLock(); _n++; _rw.ExitWriteLock();", TestName = "{m}(one after the other)")]
    [TestCase("_rw.EnterReadLock(); try { if (_n > 0) { return; } } finally { _rw.ExitReadLock(); } _rw.EnterWriteLock(); try { _n++; } finally { _rw.ExitWriteLock(); }", TestName = "{m}(one after the other, with finally)")]
    [TestCase("_rw.EnterReadLock(); _other.EnterWriteLock(); _other.ExitWriteLock(); _rw.ExitReadLock();", TestName = "{m}(two locks)")]
    [TestCase("if (_ready) { _rw.EnterReadLock(); } else { _rw.EnterWriteLock(); }", TestName = "{m}(one or the other)")]
    [TestCase("if (_ready) { _rw.EnterReadLock(); } if (!_ready) { _rw.EnterWriteLock(); }", TestName = "{m}(one or the other, asked twice)")]
    [TestCase("_rw.EnterReadLock(); Action later = () => { _rw.EnterWriteLock(); }; _rw.ExitReadLock(); later();", TestName = "{m}(a lambda that runs later)")]
    [TestCase("_old.AcquireReaderLock(100); var cookie = _old.UpgradeToWriterLock(100); _old.DowngradeFromWriterLock(ref cookie); _old.ReleaseReaderLock();", TestName = "{m}(an upgrade)")]
    [TestCase("_rw.EnterReadLock(); try { new C().Write(); } finally { _rw.ExitReadLock(); }", TestName = "{m}(the lock of another object)")]
    [TestCase("_rw.EnterWriteLock(); try { _rw.ExitWriteLock(); _rw.EnterReadLock(); } finally { _rw.ExitReadLock(); }", TestName = "{m}(the write lock comes first)")]
    public Task Is_silent_on_a_reader(string body) => Verify.ReportsAsync(In(body));

    [TestCase("class C { private SpinLock _spin = new(false); }", TestName = "{m}(a field that may change)")]
    [TestCase("class C { private readonly SpinLock[] _spins = new SpinLock[2]; }", TestName = "{m}(an array)")]
    [TestCase("class C { private readonly object _gate = new(); private readonly SpinWait _wait; }", TestName = "{m}(other types)")]
    [TestCase("namespace Own { struct SpinLock { } class C { private readonly SpinLock _spin; } }", TestName = "{m}(a type of the same name)")]
    public Task Is_silent_on_a_field(string source) => Verify.ReportsAsync("using System.Threading; " + source);

    [Test]
    public Task Is_silent_on_a_helper_whose_caller_asks() => Verify.ReportsAsync(Class("void Await() { Monitor.Wait(_gate); } void M() { lock (_gate) { while (!_ready) { Await(); } } }"));

    [Test]
    public Task Fix_asks_again() => Verify.FixesAsync(
        Class(
            """
                int M()
                {
                    lock (_gate)
                    {
                        // empty?
                        if (_queue.Count == 0) // wait
                        {
                            [|Monitor.Wait|](_gate); // for one
                        }

                        return _queue.Dequeue();
                    }
                }
            """),
        Class(
            """
                int M()
                {
                    lock (_gate)
                    {
                        // empty?
                        while (_queue.Count == 0) // wait
                        {
                            Monitor.Wait(_gate); // for one
                        }

                        return _queue.Dequeue();
                    }
                }
            """));

    [Test]
    public Task Fix_All() => Verify.FixesAllAsync(
        In("lock (_gate) { if (!_ready) [|Monitor.Wait|](_gate); if (_n > 0) { [|Monitor.Wait|](_gate); } [|Monitor.Wait|](_gate); }"),
        In("lock (_gate) { while (!_ready) Monitor.Wait(_gate); while (_n > 0) { Monitor.Wait(_gate); } [|Monitor.Wait|](_gate); }"));

    [TestCase("lock (_gate) { [|Monitor.Wait|](_gate); }", TestName = "{m}(there is no question)")]
    [TestCase("lock (_gate) { if (!_ready) { [|Monitor.Wait|](_gate); } else { _n++; } }", TestName = "{m}(there is an else)")]
    [TestCase("lock (_gate) { if (_queue.Count == 0) { [|Monitor.Wait|](_gate, 100); } _n = _queue.Dequeue(); }", TestName = "{m}(the wait has a limit)")]
    [TestCase("_rw.EnterReadLock(); [|_rw.EnterWriteLock|]();", TestName = "{m}(a reader writes)")]
    public Task Fix_is_not_offered_when(string body) => Verify.OffersNoFixAsync(In(body));

    private static string In(string body) => Class($"    void M() {{ {body} }}");

    private static string Class(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;

        class C
        {
            private readonly object _gate = new();
            private readonly ReaderWriterLockSlim _rw = new();
            private readonly ReaderWriterLockSlim _other = new();
            private readonly ReaderWriterLock _old = new();
            private readonly ManualResetEventSlim _slim = new();
            private readonly Queue<int> _queue = new();
            private Task _task = Task.CompletedTask;
            private bool _ready;
            private int _n;
            void Write() { _rw.EnterWriteLock(); try { _n++; _ready = true; } finally { _rw.ExitWriteLock(); } }
            void WriteLater() { _n++; Write(); }

        {{member}}
        }
        """;
}
