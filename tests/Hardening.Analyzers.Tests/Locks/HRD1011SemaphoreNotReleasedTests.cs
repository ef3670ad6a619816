using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1011SemaphoreNotReleasedAnalyzer, Hardening.Analyzers.Locks.HRD1011SemaphoreNotReleasedCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1011SemaphoreNotReleasedTests
{
    [TestCase("[|_turn.Wait|](); Work(); _turn.Release();", TestName = "{m}(a wait)")]
    [TestCase("await [|_turn.WaitAsync|](); await WorkAsync(); _turn.Release();", TestName = "{m}(an awaited wait)")]
    [TestCase("await [|_turn.WaitAsync|](_token).ConfigureAwait(false); await WorkAsync(); _turn.Release();", TestName = "{m}(a configured await)")]
    [TestCase("[|_named.WaitOne|](); Work(); _named.Release();", TestName = "{m}(a named semaphore)")]
    [TestCase("if (await [|_turn.WaitAsync|](100)) { Work(); _turn.Release(); }", TestName = "{m}(a wait with a limit)")]
    [TestCase("if (!await [|_turn.WaitAsync|](100)) { return; } Work(); _turn.Release();", TestName = "{m}(a wait with a limit that leaves)")]
    [TestCase("var taken = [|_turn.Wait|](100); if (taken) { Work(); _turn.Release(); }", TestName = "{m}(a wait with a limit in a local)")]
    [TestCase("await [|_turn.WaitAsync|](); if (_n > 3) { return; } _n++; _turn.Release();", TestName = "{m}(an early return)")]
    [TestCase("await [|_turn.WaitAsync|](); if (_n > 3) { throw new InvalidOperationException(); } _turn.Release();", TestName = "{m}(a throw)")]
    [TestCase("await [|_turn.WaitAsync|](); try { Work(); } catch (IOException) { } _turn.Release();", TestName = "{m}(a handler of some exceptions)")]
    [TestCase("await [|_turn.WaitAsync|](); try { Work(); } catch (Exception e) when (e is IOException) { } _turn.Release();", TestName = "{m}(a filter)")]
    [TestCase("await [|_turn.WaitAsync|](); Work(); try { Work(); } finally { _turn.Release(); }", TestName = "{m}(work before the try)")]
    [TestCase("foreach (var i in _items) { await [|_turn.WaitAsync|](); Work(); _turn.Release(); }", TestName = "{m}(in a loop)")]
    [TestCase("var all = _items.Select(async i => { await [|_turn.WaitAsync|](); await WorkAsync(); _turn.Release(); }); await Task.WhenAll(all);", TestName = "{m}(in a lambda)")]
    [TestCase("await Local(); async Task Local() { await [|_turn.WaitAsync|](); await WorkAsync(); _turn.Release(); }", TestName = "{m}(in a local function)")]
    [TestCase("var limit = new SemaphoreSlim(4); foreach (var i in _items) { await [|limit.WaitAsync|](); _ = Task.Run(() => { Work(); limit.Release(); }); }", TestName = "{m}(released by a task, but not in a finally)")]
    [TestCase("foreach (var i in _items) { await [|_turn.WaitAsync|](); _ = Task.Run(async () => { await WorkAsync(); _turn.Release(); }); }", TestName = "{m}(released by an async task)")]
    [TestCase("_turn.Wait(); foreach (var i in _items) { [|_named.WaitOne|](); ThreadPool.QueueUserWorkItem(_ => { if (_n > 0) { return; } _named.Release(); }); }", TestName = "{m}(a task that returns early)")]
    [TestCase("var gate = _gates.GetOrAdd(1, _ => new SemaphoreSlim(1)); await [|gate.WaitAsync|](); await WorkAsync(); gate.Release();", TestName = "{m}(a semaphore for each key)")]
    [TestCase("using var file = File.OpenRead(\"x\"); [|_turn.Wait|](); Work(); _turn.Release();", TestName = "{m}(beside a using)")]
    public Task Reports_a_release_outside_of_a_finally(string body) => Verify.ReportsAsync(In(body));

    [TestCase("try { await [|_turn.WaitAsync|](_token); await WorkAsync(); } finally { _turn.Release(); }", TestName = "{m}(a token)")]
    [TestCase("try { [|_turn.Wait|](); Work(); } finally { _turn.Release(); }", TestName = "{m}(no token)")]
    [TestCase("try { _n++; await [|_turn.WaitAsync|](_token); Work(); } catch (IOException) { } finally { _n--; _turn.Release(); }", TestName = "{m}(among others)")]
    [TestCase("try { if (!await [|_turn.WaitAsync|](100)) { return; } Work(); } finally { _turn.Release(); }", TestName = "{m}(a limit)")]
    [TestCase("try { [|_named.WaitOne|](); Work(); } finally { _named.Release(); }", TestName = "{m}(a named semaphore)")]
    [TestCase("try { await [|_turn.WaitAsync|](_token); } finally { _maybe?.Release(); _turn.Release(); }", TestName = "{m}(two semaphores)")]
    public Task Reports_a_wait_inside_of_the_try(string body) => Verify.ReportsAsync(In(body));

    [TestCase("async IAsyncEnumerable<int> M() { await [|_turn.WaitAsync|](); yield return await Task.FromResult(1); _turn.Release(); }", TestName = "{m}(an async iterator)")]
    [TestCase("T M<T>(SemaphoreSlim s, Func<T> f) { [|s.Wait|](); var t = f(); s.Release(); return t; }", TestName = "{m}(a generic method, a parameter)")]
    [TestCase("class D(SemaphoreSlim s) { public async Task M(Func<Task> f) { await [|s.WaitAsync|](); await f(); s.Release(); } }", TestName = "{m}(a primary constructor)")]
    [TestCase("int P { get { [|_turn.Wait|](); var n = Count(); _turn.Release(); return n; } }", TestName = "{m}(a property)")]
    [TestCase("static readonly SemaphoreSlim s_turn = new(1, 1); static async Task M(HttpClient c) { await [|s_turn.WaitAsync|](); await c.GetStringAsync(\"x\"); s_turn.Release(); }", TestName = "{m}(a static semaphore)")]
    [TestCase("void M() { [|Take|](); Work(); Give(); } void Take() => _signal.Wait(); void Give() => _signal.Release();", TestName = "{m}(helpers)")]
    [TestCase("void M() { [|_signal.Wait|](_token); Work(); Give(); } void Take() => _signal.Wait(); void Give() => _signal.Release();", TestName = "{m}(a helper that releases)")]
    [TestCase("void M() { try { [|Take|](); Work(); } finally { _signal.Release(); } } void Take() => _signal.Wait();", TestName = "{m}(a helper that waits inside of the try)")]
    public Task Reports_in(string member) => Verify.ReportsAsync(Class(member));

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        "using System.IO; using System.Threading; using var turn = new SemaphoreSlim(1); await [|turn.WaitAsync|](); File.Delete(args[0]); turn.Release();");

    [Test]
    public Task Says_what_throws() => Verify.ReportsAsync(
        In("await [|_turn.WaitAsync|](); await WorkAsync(); _turn.Release();"), message: "'M' keeps a place of '_turn' if 'await WorkAsync()' throws: it is lost for all who wait for one");

    [Test]
    public Task Says_what_the_finally_does() => Verify.ReportsAsync(
        In("try { await [|_turn.WaitAsync|](_token); } finally { _turn.Release(); }"),
        message: "'M' waits for '_turn' inside the try whose finally releases it: a wait that fails or is cancelled releases what it never took");

    [TestCase("await _turn.WaitAsync(); try { await WorkAsync(); } finally { _turn.Release(); }", TestName = "{m}(the right shape)")]
    [TestCase("if (!await _turn.WaitAsync(100)) { throw new TimeoutException(); } try { await WorkAsync(); } finally { _turn.Release(); }", TestName = "{m}(with a limit)")]
    [TestCase("var taken = _n > 0 ? await _turn.WaitAsync(Timeout.Infinite, _token) : await _turn.WaitAsync(0); if (!taken) { return; } try { Work(); } finally { _turn.Release(); }", TestName = "{m}(a wait that is one of two)")]
    [TestCase("if (!_named.WaitOne()) { return; } try { Work(); } finally { _named.Release(); }", TestName = "{m}(the result of a wait without a limit)")]
    [TestCase("var taken = false; try { await _turn.WaitAsync(_token); taken = true; Work(); } finally { if (taken) { _turn.Release(); } }", TestName = "{m}(a flag)")]
    [TestCase("await _turn.WaitAsync(); _n++; _turn.Release();", TestName = "{m}(nothing that throws)")]
    [TestCase("foreach (var i in _items) { await _turn.WaitAsync(); _ = Task.Run(async () => { try { await WorkAsync(); } finally { _turn.Release(); } }); }", TestName = "{m}(released by a task in its finally)")]
    [TestCase("foreach (var i in _items) { await _turn.WaitAsync(); _ = WorkAsync().ContinueWith(_ => _turn.Release()); }", TestName = "{m}(released by a continuation)")]
    [TestCase("await _turn.WaitAsync(); Work();", TestName = "{m}(the release is elsewhere)")]
    [TestCase("for (var i = 0; i < 4; i++) { await _turn.WaitAsync(); } Work(); for (var i = 0; i < 4; i++) { _turn.Release(); }", TestName = "{m}(all places are taken)")]
    [TestCase("_turn.Release(); try { Work(); } finally { _turn.Wait(); }", TestName = "{m}(given up for a while)")]
    [TestCase("await _turn.WaitAsync(); try { _turn.Release(); Work(); await _turn.WaitAsync(); } finally { _turn.Release(); }", TestName = "{m}(taken back inside of the try)")]
    [TestCase("var done = new SemaphoreSlim(0); _ = Task.Run(() => { Work(); done.Release(); }); await done.WaitAsync();", TestName = "{m}(a signal from a task)")]
    [TestCase("var done = new SemaphoreSlim(0); await done.WaitAsync(); Work(); done.Release();", TestName = "{m}(a signal that is passed on)")]
    [TestCase("_turn.Wait(100); Work(); _turn.Release();", TestName = "{m}(a result that nobody reads, which is HRD1010's)")]
    [TestCase("try { _turn.Wait(100); Work(); } finally { _turn.Release(); }", TestName = "{m}(the same inside of the try)")]
    [TestCase("lock (_items) { } using (await LockAsync()) { Work(); }", TestName = "{m}(a wrapper)")]
    [TestCase("await _turn.WaitAsync(); try { Work(); } catch { } _turn.Release();", TestName = "{m}(all exceptions are handled)")]
    [TestCase("var wait = _turn.WaitAsync(); Work(); await wait; _turn.Release();", TestName = "{m}(the wait is awaited later)")]
    [TestCase("Monitor.Enter(_items); Work(); Monitor.Exit(_items);", TestName = "{m}(a lock, which has its own rule)")]
    [TestCase("await _turn.WaitAsync(); try { await WorkAsync(); } finally { ReleaseTurn(); }", TestName = "{m}(a helper releases)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    [TestCase("void Consume() { _signal.Wait(); Work(); } void Produce() { Work(); _signal.Release(); }", TestName = "{m}(a consumer and a producer)")]
    [TestCase("void Consume() { _signal.Wait(); Work(); if (_n > 0) { _signal.Release(); } } void Produce() { Work(); _signal.Release(); }", TestName = "{m}(a consumer that signals again)")]
    [TestCase("async Task StartAsync() { await _signal.WaitAsync(); if (_n > 0) { Work(); _signal.Release(); } } void Stop() => _signal.Release();", TestName = "{m}(held from start to stop)")]
    [TestCase("async Task<Releaser> EnterAsync() { await _signal.WaitAsync(); return new Releaser(_signal); } class Releaser(SemaphoreSlim s) : IDisposable { public void Dispose() => s.Release(); }", TestName = "{m}(a wrapper with Dispose)")]
    [TestCase("async Task<bool> TryTake() { await _signal.WaitAsync(); if (_n > 0) { _signal.Release(); return false; } return true; } void Leave() => _signal.Release();", TestName = "{m}(a helper that may take)")]
    [TestCase("void M(Slot s) { s.Wait(); Work(); s.Release(); } class Slot { public void Wait() { } public void Release() { } }", TestName = "{m}(another Wait and Release)")]
    [TestCase("void Ping() { while (true) { _signal.Wait(); Work(); _pong.Release(); } } void Pong() { while (true) { _pong.Wait(); Work(); _signal.Release(); } }", TestName = "{m}(ping-pong)")]
    [TestCase("void M() { Take(); try { Work(); } finally { Give(); } } void Take() => _signal.Wait(); void Give() => _signal.Release();", TestName = "{m}(helpers and a finally)")]
    [TestCase("bool _has; void M() { try { _signal.Wait(); _has = true; Work(); } finally { Give(); } } void Give() { if (_has) { _signal.Release(); } }", TestName = "{m}(a helper that asks before it releases)")]
    [TestCase("void M() { Take(); Work(); Give(); } void Stop() { Work(); _signal.Release(); } void Take() => _signal.Wait(); void Give() => _signal.Release();", TestName = "{m}(helpers, and a release elsewhere)")]
    public Task Is_silent_in(string member) => Verify.ReportsAsync(Class(member));

    [Test]
    public Task Fix_releases_in_a_finally() => Verify.FixesAsync(
        Lines(
            """
            // before
            await [|_turn.WaitAsync|](_token); // one at a time
            await WorkAsync(); // work

            // done
            _turn.Release(); // next
            _n++;
            """),
        Lines(
            """
            // before
            await _turn.WaitAsync(_token); // one at a time
            try
            {
                await WorkAsync(); // work
            }
            finally
            {
                // done
                _turn.Release(); // next
            }
            _n++;
            """));

    [Test]
    public Task Fix_moves_the_wait_before_the_try() => Verify.FixesAsync(
        Lines(
            """
            // before
            try
            {
                // wait
                await [|_turn.WaitAsync|](_token); // one at a time

                Work(); // work
            }
            finally
            {
                _turn.Release();
            } // after
            """),
        Lines(
            """
            // before
            // wait
            await _turn.WaitAsync(_token); // one at a time
            try
            {
                Work(); // work
            }
            finally
            {
                _turn.Release();
            } // after
            """));

    [Test]
    public Task Fix_moves_a_wait_with_a_limit() => Verify.FixesAsync(
        Lines(
            """
            try
            {
                if (!await [|_turn.WaitAsync|](100))
                {
                    return; // busy
                }

                Work(); // work
            }
            finally
            {
                _turn.Release();
            }
            """),
        Lines(
            """
            if (!await _turn.WaitAsync(100))
            {
                return; // busy
            }
            try
            {
                Work(); // work
            }
            finally
            {
                _turn.Release();
            }
            """));

    [Test]
    public Task Fix_in_the_task_that_releases() => Verify.FixesAsync(
        Lines(
            """
            foreach (var i in _items)
            {
                await [|_turn.WaitAsync|]();
                _ = Task.Run(async () =>
                {
                    // work
                    await WorkAsync();
                    _turn.Release(); // next
                });
            }
            """),
        Lines(
            """
            foreach (var i in _items)
            {
                await _turn.WaitAsync();
                _ = Task.Run(async () =>
                {
                    try
                    {
                        // work
                        await WorkAsync();
                    }
                    finally
                    {
                        _turn.Release(); // next
                    }
                });
            }
            """));

    [Test]
    public Task Fix_declares_outside_what_is_needed_after_it() => Verify.FixesAsync(
        Lines(
            """
            await [|_turn.WaitAsync|]();
            var n = await Task.FromResult(1); // now
            _turn.Release();
            _n = n;
            """),
        Lines(
            """
            int n;
            await _turn.WaitAsync();
            try
            {
                n = await Task.FromResult(1); // now
            }
            finally
            {
                _turn.Release();
            }
            _n = n;
            """));

    [Test]
    public Task Fix_of_an_early_return() => Verify.FixesAsync(
        Lines(
            """
            await [|_turn.WaitAsync|]();
            if (_n > 3)
            {
                return; // enough
            }

            _n++;
            _turn.Release();
            """),
        Lines(
            """
            await _turn.WaitAsync();
            try
            {
                if (_n > 3)
                {
                    return; // enough
                }

                _n++;
            }
            finally
            {
                _turn.Release();
            }
            """));

    [Test]
    public Task Fix_All() => Verify.FixesAllAsync(
        Lines(
            """
            await [|_turn.WaitAsync|](); // one
            await WorkAsync();
            _turn.Release();
            try
            {
                [|_named.WaitOne|](); // two
                Work();
            }
            finally
            {
                _named.Release();
            }
            """),
        Lines(
            """
            await _turn.WaitAsync(); // one
            try
            {
                await WorkAsync();
            }
            finally
            {
                _turn.Release();
            }
            _named.WaitOne(); // two
            try
            {
                Work();
            }
            finally
            {
                _named.Release();
            }
            """));

    [TestCase("try { await [|_turn.WaitAsync|](_token); Work(); } catch (OperationCanceledException) { } finally { _turn.Release(); }", TestName = "{m}(a handler would no longer see the wait)")]
    [TestCase("try { Work(); await [|_turn.WaitAsync|](_token); Work(); } finally { _turn.Release(); }", TestName = "{m}(work comes before the wait)")]
    [TestCase("await [|_turn.WaitAsync|](); if (_n > 0) { Work(); _turn.Release(); } else { _turn.Release(); }", TestName = "{m}(the releases are in branches)")]
    [TestCase("await [|_turn.WaitAsync|](); if (!int.TryParse(Text(), out var n)) { Work(); } _turn.Release(); _n = n;", TestName = "{m}(a variable of an expression is needed after it)")]
    public Task Fix_is_not_offered_when(string body) => Verify.OffersNoFixAsync(In(body));

    private static string In(string body) => Class($"    async Task M() {{ {body} }}");

    private static string Lines(string body) => Class($"    async Task M()\n    {{\n{string.Join('\n', body.Split('\n').Select(line => line.Length == 0 ? line : "        " + line))}\n    }}");

    private static string Class(string member) =>
        $$"""
        #pragma warning disable CS1998
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;

        class C
        {
            private readonly SemaphoreSlim _turn = new(1, 1);
            private readonly SemaphoreSlim _signal = new(1);
            private readonly SemaphoreSlim _pong = new(1);
            private readonly SemaphoreSlim? _maybe = null;
            private readonly Semaphore _named = new(1, 1);
            private readonly ConcurrentDictionary<int, SemaphoreSlim> _gates = new();
            private readonly List<int> _items = new();
            private CancellationToken _token = default;
            private int _n;
            C() { }
            void Work() { }
            void ReleaseTurn() { }
            int Count() => _n;
            string Text() => "x";
            Task WorkAsync() => Task.CompletedTask;
            Task<IDisposable> LockAsync() => throw new NotSupportedException();

        {{member}}
        }
        """;
}
