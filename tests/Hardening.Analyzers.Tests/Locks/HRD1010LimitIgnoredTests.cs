using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1010LimitIgnoredAnalyzer, Hardening.Analyzers.Locks.HRD1010LimitIgnoredCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1010LimitIgnoredTests
{
    [TestCase("[|Monitor.TryEnter|](_gate, 100); Work(); Monitor.Exit(_gate);", TestName = "{m}(a Monitor)")]
    [TestCase("[|Monitor.TryEnter|](_gate); try { Work(); } finally { Monitor.Exit(_gate); }", TestName = "{m}(a Monitor and a finally)")]
    [TestCase("_ = [|Monitor.TryEnter|](_gate, 100); Work();", TestName = "{m}(a discard)")]
    [TestCase("var taken = [|Monitor.TryEnter|](_gate, 100); Work(); Monitor.Exit(_gate);", TestName = "{m}(a local that nobody reads)")]
    [TestCase("bool taken = false; [|Monitor.TryEnter|](_gate, 100, ref taken); Work(); Monitor.Exit(_gate);", TestName = "{m}(a flag that nobody reads)")]
    [TestCase("[|_lock.TryEnter|](TimeSpan.FromSeconds(1)); _n++; _lock.Exit();", TestName = "{m}(a Lock)")]
    [TestCase("[|_rw.TryEnterReadLock|](100); try { _n++; } finally { _rw.ExitReadLock(); }", TestName = "{m}(a read lock)")]
    [TestCase("[|_rw.TryEnterWriteLock|](100); try { _n++; } finally { _rw.ExitWriteLock(); }", TestName = "{m}(a write lock)")]
    [TestCase("bool taken = false; [|_spin.TryEnter|](ref taken); _n++; _spin.Exit();", TestName = "{m}(a SpinLock)")]
    [TestCase("[|_mutex.WaitOne|](1000); Work(); _mutex.ReleaseMutex();", TestName = "{m}(a Mutex)")]
    [TestCase("[|_mutex.WaitOne|](1000); Work();", TestName = "{m}(a Mutex that is released elsewhere)")]
    [TestCase("[|_semaphore.Wait|](100); try { Work(); } finally { _semaphore.Release(); }", TestName = "{m}(a semaphore)")]
    [TestCase("try { [|_semaphore.Wait|](100); Work(); } finally { _semaphore.Release(); }", TestName = "{m}(a semaphore, inside of the try)")]
    [TestCase("[|_semaphore.Wait|](TimeSpan.FromSeconds(1), CancellationToken.None); Work(); _semaphore.Release();", TestName = "{m}(a time and a token)")]
    [TestCase("[|_named.WaitOne|](100); Work(); _named.Release();", TestName = "{m}(a named semaphore)")]
    [TestCase("_maybe?[|.Wait|](100); Work(); _maybe?.Release();", TestName = "{m}(a conditional access)")]
    [TestCase("Action later = () => { [|_semaphore.Wait|](100); Work(); _semaphore.Release(); }; later();", TestName = "{m}(in a lambda)")]
    [TestCase("Local(); void Local() { [|_semaphore.Wait|](100); Work(); _semaphore.Release(); }", TestName = "{m}(in a local function)")]
    [TestCase("if (_n > 0) { [|Monitor.TryEnter|](_gate, 100); } Work(); Monitor.Exit(_gate);", TestName = "{m}(in a branch)")]
    [TestCase("""var done = new ManualResetEvent(false); string? text = null; ThreadPool.QueueUserWorkItem(_ => { text = "x"; done.Set(); }); [|done.WaitOne|](5000); _n = text!.Length;""", TestName = "{m}(what a lambda writes before it signals)")]
    [TestCase("""using var done = new ManualResetEventSlim(); var sum = 0; Task.Run(() => { sum = Count(); done.Set(); }); [|done.Wait|](TimeSpan.FromSeconds(1)); Use(sum);""", TestName = "{m}(a sum that a task writes)")]
    public Task Reports(string body) => Verify.ReportsAsync(In(body));

    [TestCase("async Task M() { await [|_semaphore.WaitAsync|](100); try { await Task.Yield(); } finally { _semaphore.Release(); } }", TestName = "{m}(an async method)")]
    [TestCase("async Task M(CancellationToken t) { await [|_semaphore.WaitAsync|](TimeSpan.FromSeconds(1), t).ConfigureAwait(false); Work(); _semaphore.Release(); }", TestName = "{m}(a configured await)")]
    [TestCase("IEnumerable<int> M() { [|_semaphore.Wait|](100); try { yield return 1; } finally { _semaphore.Release(); } }", TestName = "{m}(an iterator)")]
    [TestCase("T M<T>(SemaphoreSlim s, Func<T> f) { [|s.Wait|](100); try { return f(); } finally { s.Release(); } }", TestName = "{m}(a generic method, a parameter)")]
    [TestCase("int P { get { [|Monitor.TryEnter|](_gate, 10); try { return _n; } finally { Monitor.Exit(_gate); } } }", TestName = "{m}(a property)")]
    [TestCase("class D(SemaphoreSlim s) { public void M(Action a) { [|s.Wait|](100); a(); s.Release(); } }", TestName = "{m}(a primary constructor)")]
    public Task Reports_in(string member) => Verify.ReportsAsync(Class(member));

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        "using System; using System.Threading; using var gate = new SemaphoreSlim(1); [|gate.Wait|](100); Console.WriteLine(args.Length); gate.Release();");

    [Test]
    public Task Says_what_is_released() => Verify.ReportsAsync(
        In("[|_semaphore.Wait|](100); try { Work(); } finally { _semaphore.Release(); }"),
        message: "'M' does not ask whether '_semaphore.Wait' took '_semaphore', and releases it all the same");

    [Test]
    public Task Says_what_goes_on() => Verify.ReportsAsync(
        In("[|Monitor.TryEnter|](_gate, 100); Work();"), message: "'M' does not ask whether 'Monitor.TryEnter' took '_gate', and goes on as if it had");

    [TestCase("while (_n > 0) { _stop.WaitOne(1000); Work(); }", TestName = "{m}(a delay in a polling loop)")]
    [TestCase("_stop.WaitOne(1000);", TestName = "{m}(a delay)")]
    [TestCase("_slim.Wait(1000); Work();", TestName = "{m}(a delay that an event ends)")]
    [TestCase("_ = _stop.WaitOne(1000); Work();", TestName = "{m}(a discarded delay)")]
    [TestCase("_semaphore.Wait(1000); Work();", TestName = "{m}(a semaphore as a delay)")]
    [TestCase("if (!_semaphore.Wait(1000)) { throw new TimeoutException(); } try { Work(); } finally { _semaphore.Release(); }", TestName = "{m}(a result that is asked)")]
    [TestCase("if (Monitor.TryEnter(_gate)) { try { Work(); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(an if)")]
    [TestCase("bool taken = false; try { Monitor.TryEnter(_gate, 100, ref taken); if (taken) { Work(); } } finally { if (taken) { Monitor.Exit(_gate); } }", TestName = "{m}(a flag)")]
    [TestCase("var taken = _semaphore.Wait(1000); try { Work(); } finally { if (taken) { _semaphore.Release(); } }", TestName = "{m}(the best that can be had at the end)")]
    [TestCase("while (!Monitor.TryEnter(_gate, 100)) { Work(); } Monitor.Exit(_gate);", TestName = "{m}(a loop)")]
    [TestCase("_semaphore.Wait(); try { Work(); } finally { _semaphore.Release(); }", TestName = "{m}(no limit)")]
    [TestCase("_semaphore.Wait(-1); try { Work(); } finally { _semaphore.Release(); }", TestName = "{m}(a limit that is none)")]
    [TestCase("_semaphore.Wait(Timeout.InfiniteTimeSpan); try { Work(); } finally { _semaphore.Release(); }", TestName = "{m}(an infinite time)")]
    [TestCase("_mutex.WaitOne(Timeout.Infinite); try { Work(); } finally { _mutex.ReleaseMutex(); }", TestName = "{m}(an infinite number)")]
    [TestCase("_semaphore.Wait(0); _semaphore.Release();", TestName = "{m}(a signal that is set once)")]
    [TestCase("_semaphore.Release(); _semaphore.Wait(100);", TestName = "{m}(the release comes first)")]
    [TestCase("Monitor.TryEnter(_gate, 100);", TestName = "{m}(nothing follows)")]
    [TestCase("""var done = new ManualResetEvent(false); string? text = null; Task.Run(() => { text = "x"; done.Set(); }); done.WaitOne(5000); if (text != null) { Use(text.Length); }""", TestName = "{m}(the result is asked)")]
    [TestCase("""var done = new ManualResetEvent(false); string? text = null; Task.Run(() => { text = "x"; done.Set(); }); done.WaitOne(5000); _text = text;""", TestName = "{m}(the result is passed on)")]
    [TestCase("""var done = new ManualResetEvent(false); var n = 0; Task.Run(() => { n = 1; done.Set(); }); done.WaitOne(); Use(n);""", TestName = "{m}(an event without a limit)")]
    [TestCase("""var done = new ManualResetEvent(false); var n = 1; Task.Run(() => done.Set()); done.WaitOne(100); Use(n);""", TestName = "{m}(what no lambda writes)")]
    [TestCase("var own = new Own(); own.Wait(100); Work(); own.Release();", TestName = "{m}(another Wait)")]
    [TestCase("_task.Wait(100); Work();", TestName = "{m}(a task)")]
    [TestCase("_process.WaitForExit(100); if (!_process.HasExited) { _process.Kill(true); }", TestName = "{m}(HasExited is asked next)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    [TestCase("void Consume() { _semaphore.Wait(100); Work(); if (_n > 0) { _semaphore.Release(); } } void Produce() { _semaphore.Release(); }", TestName = "{m}(a signal that another method gives)")]
    [TestCase("readonly SemaphoreSlim _signal = new(0); void Consume() { _signal.Wait(100); Work(); if (_n > 0) { _signal.Release(); } }", TestName = "{m}(a signal that begins empty)")]
    [TestCase("bool Take() => _semaphore.Wait(100);", TestName = "{m}(the caller asks)")]
    [TestCase("Task<bool> Take() => _semaphore.WaitAsync(100);", TestName = "{m}(the caller awaits)")]
    [TestCase("async Task M() { if (await _semaphore.WaitAsync(100)) { try { Work(); } finally { _semaphore.Release(); } } }", TestName = "{m}(an awaited if)")]
    public Task Is_silent_in(string member) => Verify.ReportsAsync(Class(member));

    [Test]
    public Task Fix_wraps_the_try() => Verify.FixesAsync(
        Lines(
            """
            // before
            [|_semaphore.Wait|](100); // not long
            try
            {
                Work(); // work
            }
            finally
            {
                _semaphore.Release();
            } // after
            _n++;
            """),
        Lines(
            """
            // before
            if (_semaphore.Wait(100)) // not long
            {
                try
                {
                    Work(); // work
                }
                finally
                {
                    _semaphore.Release();
                } // after
            }
            _n++;
            """));

    [Test]
    public Task Fix_wraps_up_to_the_release() => Verify.FixesAsync(
        Class(
            """
                async Task M()
                {
                    // before
                    _ = await [|_semaphore.WaitAsync|](100).ConfigureAwait(false); // not long

                    // work
                    Work();
                    _semaphore.Release(); // after
                    _n++;
                }
            """),
        Class(
            """
                async Task M()
                {
                    // before
                    if (await _semaphore.WaitAsync(100).ConfigureAwait(false)) // not long
                    {
                        // work
                        Work();
                        _semaphore.Release(); // after
                    }
                    _n++;
                }
            """));

    [Test]
    public Task Fix_All() => Verify.FixesAllAsync(
        Lines(
            """
            [|Monitor.TryEnter|](_gate, 100); // one
            Work();
            Monitor.Exit(_gate);
            [|_mutex.WaitOne|](100); // two
            Work();
            _mutex.ReleaseMutex();
            """),
        Lines(
            """
            if (Monitor.TryEnter(_gate, 100)) // one
            {
                Work();
                Monitor.Exit(_gate);
            }
            if (_mutex.WaitOne(100)) // two
            {
                Work();
                _mutex.ReleaseMutex();
            }
            """));

    [TestCase("int M() { [|_semaphore.Wait|](100); try { return Count(); } finally { _semaphore.Release(); } }", TestName = "{m}(a result is due)")]
    [TestCase("int M() { int n; [|_semaphore.Wait|](100); n = Count(); _semaphore.Release(); return n; }", TestName = "{m}(a variable would be unassigned)")]
    [TestCase("int M() { [|_semaphore.Wait|](100); var n = Count(); _semaphore.Release(); return n; }", TestName = "{m}(a variable would be gone)")]
    [TestCase("void M() { [|_mutex.WaitOne|](100); Work(); }", TestName = "{m}(the release is elsewhere)")]
    [TestCase("void M() { bool taken = false; [|Monitor.TryEnter|](_gate, 100, ref taken); Work(); Monitor.Exit(_gate); }", TestName = "{m}(the result is a flag)")]
    [TestCase("void M() { try { [|_semaphore.Wait|](100); Work(); } finally { _semaphore.Release(); } }", TestName = "{m}(the wait is inside of the try)")]
    public Task Fix_is_not_offered_when(string member) => Verify.OffersNoFixAsync(Class(member));

    private static string In(string body) => Class($"    void M() {{ {body} }}");

    private static string Lines(string body) => Class($"    void M()\n    {{\n{string.Join('\n', body.Split('\n').Select(line => line.Length == 0 ? line : "        " + line))}\n    }}");

    private static string Class(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;

        class C
        {
            private readonly object _gate = new();
            private readonly Lock _lock = new();
            private readonly ReaderWriterLockSlim _rw = new();
            private readonly Mutex _mutex = new();
            private readonly SemaphoreSlim _semaphore = new(1);
            private readonly SemaphoreSlim? _maybe = new(1);
            private readonly Semaphore _named = new(1, 1);
            private readonly ManualResetEvent _stop = new(false);
            private readonly ManualResetEventSlim _slim = new();
            private SpinLock _spin;
            private int _n;
            private string? _text;
            private Task _task = null!;
            private Process _process = null!;
            C() { }
            void Work() { }
            void Use(int n) { }
            int Count() => _n;

        {{member}}
        }

        class Own { public bool Wait(int milliseconds) => true; public void Release() { } }
        """;
}
