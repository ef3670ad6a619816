using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1003LockHeldAcrossBlockingAnalyzer, Hardening.Analyzers.Locks.HRD1003LockHeldAcrossBlockingCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1003LockHeldAcrossBlockingTests
{
    [TestCase("lock (_gate) { _n++; [|Thread.Sleep|](10); }", TestName = "{m}(a sleep)")]
    [TestCase("lock (_gate) { [|File.WriteAllText|](_path, _text); }", TestName = "{m}(a file)")]
    [TestCase("lock (_gate) { [|_task.Wait|](); }", TestName = "{m}(a task wait)")]
    [TestCase("lock (_gate) { _n = [|_task.Result|]; }", TestName = "{m}(a task result)")]
    [TestCase("lock (_gate) { _n = [|_task.GetAwaiter().GetResult|](); }", TestName = "{m}(an awaiter)")]
    [TestCase("lock (_gate) { _n = [|_task.ConfigureAwait(false).GetAwaiter().GetResult|](); }", TestName = "{m}(a configured awaiter)")]
    [TestCase("lock (_gate) { [|_ready.WaitOne|](); }", TestName = "{m}(an event)")]
    [TestCase("lock (_gate) { if (![|_ready.WaitOne|](5)) { throw new TimeoutException(); } }", TestName = "{m}(an event with a limit)")]
    [TestCase("lock (_gate) { [|_thread.Join|](); }", TestName = "{m}(a thread)")]
    [TestCase("lock (_gate) { [|_process.WaitForExit|](); }", TestName = "{m}(a process)")]
    [TestCase("lock (_gate) { [|_semaphore.Wait|](); }", TestName = "{m}(a semaphore)")]
    [TestCase("lock (_gate) { [|_stream.Write|](_bytes, 0, 1); }", TestName = "{m}(a stream)")]
    [TestCase("lock (_gate) { using var file = [|new FileStream|](_path, FileMode.Open); [|file.ReadByte|](); }", TestName = "{m}(a file stream)")]
    [TestCase("lock (_gate) { [|_http.Send|](new HttpRequestMessage()); }", TestName = "{m}(a request)")]
    [TestCase("lock (_gate) { [|_command.ExecuteNonQuery|](); }", TestName = "{m}(a database)")]
    [TestCase("lock (_gate) { [|Parallel.For|](0, 9, i => { }); }", TestName = "{m}(a parallel loop)")]
    [TestCase("lock (_gate) { foreach (var item in [|_queue.GetConsumingEnumerable|]()) { _n += item; } }", TestName = "{m}(a queue)")]
    [TestCase("lock (_gate) { [|_queue.Add|](1); }", TestName = "{m}(a bounded queue)")]
    [TestCase("var queue = new BlockingCollection<int>(boundedCapacity: 8); lock (_gate) { [|queue.Add|](1); }", TestName = "{m}(a bounded queue in a local)")]
    [TestCase("lock (_lock) { [|Thread.Sleep|](10); }", TestName = "{m}(under a Lock)")]
    [TestCase("using (_lock.EnterScope()) { [|Thread.Sleep|](10); }", TestName = "{m}(in a scope)")]
    [TestCase("_n++; using var scope = _lock.EnterScope(); _n++; [|Thread.Sleep|](10);", TestName = "{m}(after a scope declaration)")]
    [TestCase("lock (_gate) { lock (_lock) { [|Thread.Sleep|](10); } }", TestName = "{m}(under two locks, once)")]
    [TestCase("lock (_gate) { lock (_other) { [|Monitor.Wait|](_other); } }", TestName = "{m}(a Monitor.Wait that keeps the outer lock)")]
    [TestCase("lock (_gate) { [|Local|](); void Local() { lock (_other) { [|Thread.Sleep|](1); } } }", TestName = "{m}(a lock in a local function: two locks, two findings)")]
    [TestCase("Action later = () => { lock (_gate) { [|Thread.Sleep|](1); } }; later();", TestName = "{m}(a lock in a lambda)")]
    [TestCase("lock (_gate) { _maybe?[|.Wait|](); }", TestName = "{m}(a conditional access)")]
    [TestCase("lock (_gate) { [|Task.WaitAll|](_task); }", TestName = "{m}(all tasks)")]
    public Task Reports_under_a_scope(string body) => Verify.ReportsAsync(In(body));

    [TestCase("Monitor.Enter(_gate); [|Thread.Sleep|](1); Monitor.Exit(_gate);", TestName = "{m}(between Enter and Exit)")]
    [TestCase("Monitor.Enter(_gate); try { [|Thread.Sleep|](1); } finally { Monitor.Exit(_gate); }", TestName = "{m}(in a try)")]
    [TestCase("bool taken = false; try { Monitor.Enter(_gate, ref taken); [|Thread.Sleep|](1); } finally { if (taken) { Monitor.Exit(_gate); } }", TestName = "{m}(with a flag)")]
    [TestCase("if (Monitor.TryEnter(_gate)) { try { [|Thread.Sleep|](1); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(TryEnter)")]
    [TestCase("if (!Monitor.TryEnter(_gate, 100)) { Thread.Sleep(1); return; } [|Thread.Sleep|](2); Monitor.Exit(_gate);", TestName = "{m}(after a TryEnter that leaves)")]
    [TestCase("var taken = Monitor.TryEnter(_gate); if (taken) { [|Thread.Sleep|](1); Monitor.Exit(_gate); }", TestName = "{m}(TryEnter kept in a local)")]
    [TestCase("bool taken = false; Monitor.TryEnter(_gate, 5, ref taken); if (taken) { [|Thread.Sleep|](1); Monitor.Exit(_gate); }", TestName = "{m}(TryEnter by reference)")]
    [TestCase("_lock.Enter(); try { [|Thread.Sleep|](1); } finally { _lock.Exit(); }", TestName = "{m}(a Lock)")]
    [TestCase("_rw.EnterWriteLock(); try { [|Thread.Sleep|](1); } finally { _rw.ExitWriteLock(); }", TestName = "{m}(a write lock)")]
    [TestCase("Monitor.Enter(_gate); while (_n > 0) { [|Thread.Sleep|](1); _n--; } Monitor.Exit(_gate);", TestName = "{m}(a loop)")]
    [TestCase("Monitor.Enter(_gate); try { _n++; } catch (IOException) { [|Thread.Sleep|](1); } finally { Monitor.Exit(_gate); }", TestName = "{m}(a handler)")]
    [TestCase("Monitor.Enter(_gate); lock (_other) { [|Thread.Sleep|](1); } Monitor.Exit(_gate);", TestName = "{m}(a scope within, once)")]
    [TestCase("Monitor.Enter(_gate); Monitor.Enter(_other); [|Monitor.Wait|](_other); Monitor.Exit(_other); Monitor.Exit(_gate);", TestName = "{m}(a Monitor.Wait that keeps the other lock)")]
    [TestCase("Action later = () => { Monitor.Enter(_gate); [|Thread.Sleep|](1); Monitor.Exit(_gate); }; later();", TestName = "{m}(in a lambda)")]
    [TestCase("Local(); void Local() { Monitor.Enter(_gate); [|Thread.Sleep|](1); Monitor.Exit(_gate); }", TestName = "{m}(in a local function)")]
    [TestCase("var gates = new Dictionary<int, object>(); Monitor.Enter(gates[1]); Monitor.Enter(gates[2]); try { [|Thread.Sleep|](1); } finally { Monitor.Exit(gates[2]); [|Thread.Sleep|](1); Monitor.Exit(gates[1]); }", TestName = "{m}(two elements of a map of locks)")]
    [TestCase("var gates = new object[9]; Monitor.Enter(gates[_n]); Monitor.Exit(gates[0]); [|Thread.Sleep|](1); Monitor.Exit(gates[_n]); Thread.Sleep(1);", TestName = "{m}(two elements of an array of locks)")]
    public Task Reports_between_calls(string body) => Verify.ReportsAsync(In(body));

    [TestCase("async Task M() { Monitor.Enter(_gate); [|await Task.Delay(1)|]; Monitor.Exit(_gate); }", TestName = "{m}(await in a Monitor)")]
    [TestCase("async Task M() { _lock.Enter(); try { [|await Task.Delay(1)|]; } finally { _lock.Exit(); } }", TestName = "{m}(await in a Lock)")]
    [TestCase("async Task M() { _rw.EnterReadLock(); [|await Task.Delay(1)|]; _rw.ExitReadLock(); }", TestName = "{m}(await in a read lock)")]
    [TestCase("readonly BlockingCollection<int> _made; C(int limit) { _made = new(limit); } void M() { lock (_gate) { [|_made.Add|](1); } }", TestName = "{m}(a queue that the constructor bounds)")]
    [TestCase("async Task M() { await Task.Delay(1); lock (_gate) { [|Thread.Sleep|](1); } }", TestName = "{m}(async)")]
    [TestCase("IEnumerable<int> M() { lock (_gate) { [|Thread.Sleep|](1); } yield return 1; }", TestName = "{m}(an iterator)")]
    [TestCase("async IAsyncEnumerable<int> M() { await Task.Yield(); lock (_gate) { [|Thread.Sleep|](1); } yield return 1; }", TestName = "{m}(an async iterator)")]
    [TestCase("int P { get { lock (_gate) { [|Thread.Sleep|](1); return _n; } } }", TestName = "{m}(a property)")]
    [TestCase("int M<T>(Task<T> task, T? fallback) where T : class { lock (_gate) { return ([|task.Result|] ?? fallback) is null ? 1 : 0; } }", TestName = "{m}(a generic task)")]
    [TestCase("C(object gate, Task task) : this() { lock (gate) { [|task.Wait|](); } }", TestName = "{m}(a constructor)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("lock (_gate) { while (_n == 0) { Monitor.Wait(_gate); } }", TestName = "{m}(Monitor.Wait on that lock)")]
    [TestCase("lock (_gate) { Monitor.Wait(_gate, 10); }", TestName = "{m}(Monitor.Wait with a limit)")]
    [TestCase("lock (_gate) { if (_semaphore.Wait(0)) { _n++; } }", TestName = "{m}(a wait for no time)")]
    [TestCase("lock (_gate) { if (_ready.WaitOne(TimeSpan.Zero)) { _n++; } }", TestName = "{m}(a wait for zero)")]
    [TestCase("lock (_gate) { Thread.Sleep(0); }", TestName = "{m}(a sleep that only yields)")]
    [TestCase("lock (_gate) { _n++; } Thread.Sleep(1);", TestName = "{m}(after the lock)")]
    [TestCase("Thread.Sleep(1); lock (_gate) { _n++; }", TestName = "{m}(before the lock)")]
    [TestCase("Monitor.Enter(_gate); _n++; Monitor.Exit(_gate); Thread.Sleep(1);", TestName = "{m}(after Exit)")]
    [TestCase("Monitor.Enter(_gate); try { _n++; } finally { Monitor.Exit(_gate); } Thread.Sleep(1);", TestName = "{m}(after a finally with Exit)")]
    [TestCase("Monitor.Enter(_gate); if (_n > 0) { Monitor.Exit(_gate); Thread.Sleep(1); return; } Monitor.Exit(_gate);", TestName = "{m}(after an early Exit)")]
    [TestCase("if (!Monitor.TryEnter(_gate)) { Thread.Sleep(1); return; } Monitor.Exit(_gate);", TestName = "{m}(where TryEnter failed)")]
    [TestCase("while (true) { if (Monitor.TryEnter(_gate)) { _n++; Monitor.Exit(_gate); break; } Thread.Sleep(1); }", TestName = "{m}(between attempts)")]
    [TestCase("bool taken = false; try { Monitor.TryEnter(_gate, ref taken); if (!taken) { Thread.Sleep(1); } } finally { if (taken) { Monitor.Exit(_gate); } }", TestName = "{m}(where the flag is unset)")]
    [TestCase("{ using var scope = _lock.EnterScope(); _n++; } Thread.Sleep(1);", TestName = "{m}(after a scope)")]
    [TestCase("lock (_gate) { _later = () => Thread.Sleep(1); }", TestName = "{m}(a lambda that is only defined)")]
    [TestCase("lock (_gate) { _n++; void Local() => Thread.Sleep(1); _later = Local; }", TestName = "{m}(a local function that is only defined)")]
    [TestCase("lock (_gate) { _pending = Task.Run(() => Thread.Sleep(1)); }", TestName = "{m}(work that is only started)")]
    [TestCase("lock (_gate) { _log.LogInformation(\"Saved\"); }", TestName = "{m}(a log message)")]
    [TestCase("lock (_gate) { if (_task.IsCompleted) { _n = _task.Result; } }", TestName = "{m}(a task that was asked)")]
    [TestCase("lock (_gate) { if (!_task.IsCompletedSuccessfully) { return; } _n = _task.Result; }", TestName = "{m}(a task that was asked before)")]
    [TestCase("lock (_gate) { _n = _task is { IsCompletedSuccessfully: true } ? _task.Result : 0; }", TestName = "{m}(a task that matches)")]
    [TestCase("lock (_gate) { _n = Task.FromResult(1).Result; Task.CompletedTask.Wait(); }", TestName = "{m}(a task that never ran)")]
    [TestCase("Task.WaitAll(_task); lock (_gate) { _n = _task.Result; }", TestName = "{m}(a task that was waited for)")]
    [TestCase("_task.ContinueWith(t => { lock (_gate) { _n = t.Result; } });", TestName = "{m}(the task of a continuation)")]
    [TestCase("var buffer = new MemoryStream(); lock (_gate) { buffer.WriteByte(1); }", TestName = "{m}(memory)")]
    [TestCase("Stream buffer = new MemoryStream(); lock (_gate) { buffer.WriteByte(1); }", TestName = "{m}(memory as a Stream)")]
    [TestCase("lock (_gate) { new Mine().WriteByte(1); }", TestName = "{m}(a stream of this compilation)")]
    [TestCase("var queue = new BlockingCollection<int>(); lock (_gate) { queue.Add(1); }", TestName = "{m}(a queue without a bound)")]
    [TestCase("Thread.Sleep(1);", TestName = "{m}(no lock)")]
    [TestCase("var gates = new Dictionary<int, object>(); lock (gates[_n]) { Monitor.Wait(gates[_n]); }", TestName = "{m}(a wait on the element that is locked)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    [TestCase("async Task M() { Monitor.Enter(_gate); _n++; Monitor.Exit(_gate); await Task.Delay(1); }", TestName = "{m}(after Exit)")]
    [TestCase("async Task M() { await _semaphore.WaitAsync(); try { await Task.Delay(1); } finally { _semaphore.Release(); } }", TestName = "{m}(in a semaphore, which allows it)")]
    [TestCase("async Task M() { await _task; lock (_gate) { _n = _task.Result; } }", TestName = "{m}(a task that was awaited)")]
    [TestCase("async Task M(Task<int>[] tasks) { await Task.WhenAll(tasks); lock (_gate) { foreach (var t in tasks) { _n += t.Result; } _n += tasks[0].Result; } }", TestName = "{m}(tasks that were awaited)")]
    [TestCase("async Task M(Task<int> a, Task<int> b) { var first = await Task.WhenAny(a, b); lock (_gate) { _n = first.Result; } }", TestName = "{m}(the task that came first)")]
    public Task Is_silent_on_the_async(string member) => Verify.ReportsAsync(Member(member));

    [Test]
    public Task Is_silent_on_a_task_only_until_it_is_replaced() => Verify.ReportsAsync(
        Member("async Task M(Task<int> t) { await t; t = Next(); lock (_gate) { _n = [|t.Result|]; } } Task<int> Next() => _task;"));

    [Test]
    public Task The_call_itself_is_marked_where_a_chain_of_calls_has_many_lines() => Verify.ReportsAsync(Member(
        """
        void M()
        {
            lock (_gate)
            {
                _http
                    .GetStringAsync("x")
                    .[|Wait|]();
            }
        }
        """));

    [Test]
    public Task Message_names_the_holder_the_lock_and_the_operation() => Verify.ReportsAsync(
        Member("void Save() { lock (_gate) { [|File.WriteAllText|](_path, _text); } }"),
        message: "'Save' holds the lock '_gate' across 'File.WriteAllText', so every thread that needs the lock waits for it too");

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        """
        using System.Threading;
        var gate = new Lock();
        ThreadPool.QueueUserWorkItem(_ => { lock (gate) { } });
        lock (gate) { [|Thread.Sleep|](1); }
        """);

    [Test]
    public Task Both_parts_of_a_partial_type_are_reported() => Verify.ReportsAsync(
        """
        partial class C { readonly object _gate = new(); void M() { lock (_gate) { [|System.Threading.Thread.Sleep|](1); } } }
        // === Other.cs ===
        partial class C { void N() { lock (_gate) { [|System.Threading.Thread.Sleep|](1); } } }
        """);

    [TestCase("hardening.blocking_methods = Vendor.Camera.Grab", TestName = "{m}(one)")]
    [TestCase("hardening.blocking_methods = Other.Type.Method | Vendor.Camera.Grab", TestName = "{m}(one of several, by bar)")]
    [TestCase("hardening.blocking_methods = Vendor.Camera.Grab, Other.Type.Method", TestName = "{m}(one of several, by comma)")]
    public Task Listed_methods_are_reported(string options) => Verify.ReportsAsync(Vendor("[|camera.Grab|]()"), new Setup { Options = options });

    [TestCase("", TestName = "{m}(no list)")]
    [TestCase("hardening.blocking_methods = Grab | .Grab | Vendor.Camera. | |", TestName = "{m}(names without a type)")]
    [TestCase("hardening.blocking_methods = Vendor.Other.Grab", TestName = "{m}(another type)")]
    public Task Methods_that_are_not_listed_are_not_reported(string options) => Verify.ReportsAsync(Vendor("camera.Grab()"), new Setup { Options = options });

    [Test]
    public Task Fix_moves_a_leading_wait_before_the_lock() => Verify.FixesAsync(
        Member("""
            void M()
            {
                // Only one at a time.
                lock (_gate)
                {
                    // The device settles.
                    [|Thread.Sleep|](10); // 10 ms

                    _n++; // counted
                }
            }
        """),
        Member("""
            void M()
            {
                // The device settles.
                Thread.Sleep(10); // 10 ms
                // Only one at a time.
                lock (_gate)
                {
                    _n++; // counted
                }
            }
        """));

    [Test]
    public Task Fix_moves_a_trailing_wait_after_the_lock() => Verify.FixesAsync(
        Member("""
            void M(Task task)
            {
                lock (_gate)
                {
                    _n++; // counted
                    // The other side follows.
                    [|task.Wait|](); // at last
                }
                // Done.
                _n.ToString();
            }
        """),
        Member("""
            void M(Task task)
            {
                lock (_gate)
                {
                    _n++; // counted
                }
                // The other side follows.
                task.Wait(); // at last
                // Done.
                _n.ToString();
            }
        """));

    [Test]
    public Task Fix_takes_a_leading_declaration_along() => Verify.FixesAsync(
        Member("""
            void M(Task<int> task)
            {
                lock (_gate)
                {
                    var n = [|task.Result|];
                    _n += n;
                }
            }
        """),
        Member("""
            void M(Task<int> task)
            {
                var n = task.Result;
                lock (_gate)
                {
                    _n += n;
                }
            }
        """));

    [Test]
    public Task Fix_returns_after_the_lock() => Verify.FixesAsync(
        Member("""
            int M(Task<int> task)
            {
                lock (_gate)
                {
                    _n++;
                    return [|task.Result|];
                }
            }
        """),
        Member("""
            int M(Task<int> task)
            {
                lock (_gate)
                {
                    _n++;
                }

                return task.Result;
            }
        """.Replace("}\n\n", "}\n", StringComparison.Ordinal)));

    [Test]
    public Task Fix_all_moves_every_wait_in_its_order() => Verify.FixesAllAsync(
        Member("""
            void M(Task task, Thread thread)
            {
                lock (_gate)
                {
                    [|_ready.WaitOne|](); // first
                    [|Thread.Sleep|](1); // second
                    _n++;
                    [|task.Wait|](); // third
                    [|thread.Join|](); // fourth
                }
                lock (_lock)
                {
                    _n++;
                    [|File.Delete|](_path);
                }
            }
        """),
        Member("""
            void M(Task task, Thread thread)
            {
                _ready.WaitOne(); // first
                Thread.Sleep(1); // second
                lock (_gate)
                {
                    _n++;
                }
                task.Wait(); // third
                thread.Join(); // fourth
                lock (_lock)
                {
                    _n++;
                    [|File.Delete|](_path);
                }
            }
        """));

    [TestCase("lock (_gate) { [|Thread.Sleep|](1); }", TestName = "{m}(nothing would stay in the lock)")]
    [TestCase("lock (_gate) { _n++; [|File.AppendAllText|](_path, _text); }", TestName = "{m}(the lock may be for the file)")]
    [TestCase("lock (_gate) { _n++; [|Thread.Sleep|](1); _n--; }", TestName = "{m}(work on both sides)")]
    [TestCase("lock (_gate) { _n++; [|Thread.Sleep|](_n); }", TestName = "{m}(a guarded field is read)")]
    [TestCase("lock (_gate) { _n++; _n = [|_task.Result|]; }", TestName = "{m}(a guarded field is written)")]
    [TestCase("lock (_gate) { var task = Start(); [|task.Wait|](); }", TestName = "{m}(what is declared inside)")]
    [TestCase("lock (_gate) { [|_ready.WaitOne|](); _ready.Reset(); }", TestName = "{m}(what else the lock uses)")]
    [TestCase("lock (_gate) { _n++; [|Start().Wait|](); }", TestName = "{m}(a call that the lock may be for)")]
    [TestCase("var n = 1; lock (_gate) { n = _n; if (n > 0) { [|Thread.Sleep|](n); } }", TestName = "{m}(a branch)")]
    [TestCase("if (_n > 0) lock (_gate) { _n++; [|Thread.Sleep|](1); }", TestName = "{m}(no block around the lock)")]
    [TestCase("Monitor.Enter(_gate); [|Thread.Sleep|](1); Monitor.Exit(_gate);", TestName = "{m}(Enter and Exit)")]
    [TestCase("{ var n = 1; _n = n; } lock (_gate) { var n = [|_task.Result|]; _n = n; }", TestName = "{m}(the name is taken)")]
    public Task Fix_is_not_offered_where(string body) => Verify.OffersNoFixAsync(In(body));

    [Test]
    public Task Fix_is_never_an_await_in_a_lock() => Verify.OffersNoFixAsync(
        Member("async Task M() { Monitor.Enter(_gate); [|await Task.Delay(1)|]; _n++; Monitor.Exit(_gate); }"));

    private static string In(string body) => Member($"void M() {{ {body} }}");

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Data.Common;
        using System.Diagnostics;
        using System.IO;
        using System.Net.Http;
        using System.Threading;
        using System.Threading.Tasks;

        sealed class C
        {
            readonly object _gate = new();
            readonly object _other = new();
            readonly Lock _lock = new();
            readonly ReaderWriterLockSlim _rw = new();
            readonly ManualResetEvent _ready = new(false);
            readonly SemaphoreSlim _semaphore = new(1);
            readonly BlockingCollection<int> _queue = new(8);
            readonly Task<int> _task = Task.Run(() => 1);
            readonly Task? _maybe = null;
            readonly string _path = "p", _text = "t";
            readonly byte[] _bytes = new byte[1];
            Thread _thread = null!; Process _process = null!; Stream _stream = null!; HttpClient _http = null!; DbCommand _command = null!;
            ILogger _log = null!; Action? _later; Task? _pending; int _n;
            C() { }
            Task Start() => Task.CompletedTask;

        {{member}}
        }

        interface ILogger { void LogInformation(string message); }
        class Mine : MemoryStream { public override void WriteByte(byte value) { } }
        """;

    private static string Vendor(string call) =>
        $$"""
        namespace Vendor { public class Camera { public virtual void Grab() { } } public class Usb : Camera { public override void Grab() { } } }
        class C { readonly object _gate = new(); void M(Vendor.Usb camera) { lock (_gate) { {{call}}; } } }
        """;
}
