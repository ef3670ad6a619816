using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1006LockAroundLoopBodyAnalyzer, Hardening.Analyzers.Locks.HRD1006LockAroundLoopBodyCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1006LockAroundLoopBodyTests
{
    [TestCase("Parallel.ForEach(_items, item => { [|lock (_gate)|] { _sum += Work(item); } });", TestName = "{m}(ForEach)")]
    [TestCase("Parallel.For(0, 9, i => { [|lock (_gate)|] { _sum += i; } });", TestName = "{m}(For)")]
    [TestCase("Parallel.For(0L, 9L, new ParallelOptions(), (i, state) => { [|lock (_gate)|] { _sum += Work((int)i); } });", TestName = "{m}(For with options and state)")]
    [TestCase("Parallel.ForEach(_items, item => { [|lock (_gate)|] _list.Add(Work(item)); });", TestName = "{m}(a lock without braces)")]
    [TestCase("Parallel.ForEach(_items, item => { var twice = item * 2; [|lock (_gate)|] { _list.Add(Work(twice)); } });", TestName = "{m}(arithmetic beside it)")]
    [TestCase("Parallel.ForEach(_items, item => { try { [|lock (_gate)|] { _list.Add(Work(item)); } } catch (Exception) { throw; } });", TestName = "{m}(a try around it)")]
    [TestCase("Parallel.ForEach(_items, item => { [|lock (_gate)|] { Work(item); } Interlocked.Increment(ref _n); });", TestName = "{m}(a counter beside it)")]
    [TestCase("Parallel.ForEach(_items, item => { [|using (_lock.EnterScope())|] { Work(item); } });", TestName = "{m}(a scope)")]
    [TestCase("Parallel.ForEach(_items, item => { [|using var scope = _lock.EnterScope();|] Work(item); Work(item + 1); });", TestName = "{m}(a scope declaration)")]
    [TestCase("var gate = new object(); var sum = 0; Parallel.ForEach(_items, item => { [|lock (gate)|] { sum += item; } });", TestName = "{m}(a local lock)")]
    [TestCase("Parallel.ForEach(_items, One); void One(int item) { [|lock (_gate)|] { Work(item); } }", TestName = "{m}(a local function)")]
    [TestCase("Parallel.ForEach(_items, Serial);", TestName = "{m}(a method)")]
    [TestCase("_items.AsParallel().ForAll(item => { [|lock (_gate)|] { Work(item); } });", TestName = "{m}(ForAll)")]
    [TestCase("_ = _items.AsParallel().Select(item => { [|lock (_gate)|] { return Work(item); } }).ToList();", TestName = "{m}(a parallel query)")]
    [TestCase("Parallel.ForEachAsync(_items, (item, token) => { token.ThrowIfCancellationRequested(); [|lock (_gate)|] { Work(item); } return ValueTask.CompletedTask; });", TestName = "{m}(ForEachAsync)")]
    [TestCase("Parallel.ForEach(_items, () => 0, (item, _, local) => { [|lock (_gate)|] { return local + Work(item); } }, local => { });", TestName = "{m}(the body beside localInit)")]
    [TestCase("for (var i = 0; i < 4; i++) { Task.Run(() => { foreach (var item in _queue.GetConsumingEnumerable()) { [|lock (_gate)|] { Work(item); } } }); }", TestName = "{m}(several workers)")]
    [TestCase("for (var i = 0; i < 4; i++) { new Thread(Consume).Start(); } void Consume() { while (true) { var item = _queue.Take(); [|lock (_gate)|] { Work(item); } } }", TestName = "{m}(several threads with a function)")]
    [TestCase("var all = Enumerable.Range(0, 4).Select(i => Task.Run(() => Loop(i))).ToArray(); void Loop(int i) { foreach (var item in _queue.GetConsumingEnumerable()) { [|lock (_gate)|] { Work(item + i); } } }", TestName = "{m}(several tasks that call a function)")]
    [TestCase("Task.Run(() => { foreach (var frame in _frames.GetConsumingEnumerable()) { [|lock (_gate)|] { Inspect(frame); } } });", TestName = "{m}(a worker that works on frames)")]
    [TestCase("foreach (var item in _items) { Task.Run(() => { [|lock (_gate)|] { Work(item); } }); }", TestName = "{m}(a task for each element)")]
    [TestCase("foreach (var item in _items) { new Thread(() => Serial(item)).Start(); }", TestName = "{m}(a thread for each element that calls a method)")]
    [TestCase("Parallel.ForEach(_items, item => { [|Monitor.Enter|](_gate); try { Work(item); } finally { Monitor.Exit(_gate); } });", TestName = "{m}(Enter and Exit)")]
    [TestCase("Parallel.ForEach(_items, item => { bool taken = false; try { [|Monitor.Enter|](_gate, ref taken); Work(item); } finally { if (taken) { Monitor.Exit(_gate); } } });", TestName = "{m}(Enter within the try)")]
    [TestCase("Parallel.For(0, 9, i => { var twice = i * 2; [|_lock.Enter|](); try { Work(twice); } finally { _lock.Exit(); } Interlocked.Increment(ref _n); });", TestName = "{m}(a Lock that is entered)")]
    [TestCase("for (var i = 0; i < 4; i++) { Task.Run(() => { foreach (var item in _queue.GetConsumingEnumerable()) { [|Monitor.Enter|](_gate); try { Work(item); } finally { Monitor.Exit(_gate); } } }); }", TestName = "{m}(several workers that enter and exit)")]
    [TestCase("Task.Run(() => { foreach (var frame in _frames.GetConsumingEnumerable()) { [|Monitor.Enter|](_gate); try { Inspect(frame); } finally { Monitor.Exit(_gate); } } });", TestName = "{m}(a worker that works on frames between Enter and Exit)")]
    public Task Reports(string body) => Verify.ReportsAsync(body.Contains("Serial") ? In(body).Replace("lock (_gate) { Work(item); } /* serial */", "[|lock (_gate)|] { Work(item); }") : In(body));

    [TestCase("Parallel.ForEach(_items, item => { var done = Work(item); lock (_gate) { _list.Add(done); } });", TestName = "{m}(work outside)")]
    [TestCase("Parallel.ForEach(_items, item => { lock (_gate) { _list.Add(item); } Work(item); });", TestName = "{m}(work after)")]
    [TestCase("Parallel.ForEach(_items, () => 0, (item, _, local) => local + Work(item), local => { lock (_gate) { _sum += local; } });", TestName = "{m}(localFinally)")]
    [TestCase("Parallel.ForEach(_items, () => { lock (_gate) { return _n++; } }, (item, _, local) => local + Work(item), local => { });", TestName = "{m}(localInit)")]
    [TestCase("Parallel.ForEach(_items, item => { if (item < 0) { lock (_gate) { _list.Add(item); } } });", TestName = "{m}(a branch)")]
    [TestCase("Parallel.ForEach(_items, item => { if (item > 0) { return; } lock (_gate) { _list.Add(item); } });", TestName = "{m}(after a way out)")]
    [TestCase("Parallel.ForEach(_lists, list => { lock (list) { list.Add(Work(1)); } });", TestName = "{m}(a lock for each element)")]
    [TestCase("Parallel.For(0, 9, i => { lock (_gates[i % 4]) { Work(i); } });", TestName = "{m}(one of several locks)")]
    [TestCase("Parallel.ForEach(_items, item => { var gate = GateOf(item); lock (gate) { Work(item); } });", TestName = "{m}(a lock that is looked up)")]
    [TestCase("Parallel.ForEach(_items, item => { for (var i = 0; i < item; i++) { lock (_gate) { _n++; } } });", TestName = "{m}(a loop in the body)")]
    [TestCase("foreach (var item in _items) { lock (_gate) { Work(item); } }", TestName = "{m}(a plain loop)")]
    [TestCase("Task.Run(() => { foreach (var item in _queue.GetConsumingEnumerable()) { lock (_gate) { Work(item); } } });", TestName = "{m}(one worker)")]
    [TestCase("Task.Run(() => { foreach (var frame in _frames.GetConsumingEnumerable()) { lock (_gate) { _last.Add(frame); } } });", TestName = "{m}(a worker that only keeps frames)")]
    [TestCase("for (var i = 0; i < 4; i++) { Task.Run(() => { foreach (var item in _queue.GetConsumingEnumerable()) { var n = Work(item); lock (_gate) { _sum += n; } } }); }", TestName = "{m}(workers that work outside)")]
    [TestCase("Parallel.ForEach(_items, item => { var gate = new object(); lock (gate) { Work(item); } });", TestName = "{m}(a lock that excludes nobody)")]
    [TestCase("Each(_items, item => { lock (_gate) { Work(item); } }); void Each(int[] items, Action<int> body) { }", TestName = "{m}(another loop)")]
    [TestCase("var next = _items.Select(item => { lock (_gate) { return Work(item); } }); Parallel.Invoke(() => { lock (_gate) { Work(1); } });", TestName = "{m}(a query, and Invoke)")]
    [TestCase("Task.Run(() => { lock (_gate) { Work(1); } });", TestName = "{m}(one task)")]
    [TestCase("foreach (var item in _items) { Task.Run(() => { var n = Work(item); lock (_gate) { _sum += n; } }); }", TestName = "{m}(a task for each element that works outside)")]
    [TestCase("foreach (var item in _items) { Serial(item); } Task.Run(() => Serial(1));", TestName = "{m}(a method that a loop calls)")]
    [TestCase("Action<int> one = item => { lock (_gate) { Work(item); } }; one(1);", TestName = "{m}(a lambda)")]
    [TestCase("Parallel.ForEachAsync(_items, async (item, token) => { await Task.Delay(item, token); lock (_gate) { _list.Add(item); } });", TestName = "{m}(an await outside)")]
    [TestCase("Parallel.ForEach(_items, item => { var done = Work(item); Monitor.Enter(_gate); try { _list.Add(done); } finally { Monitor.Exit(_gate); } });", TestName = "{m}(work before Enter)")]
    [TestCase("Parallel.ForEach(_items, item => { Monitor.Enter(_gates[item % 2]); try { Work(item); } finally { Monitor.Exit(_gates[item % 2]); } });", TestName = "{m}(one of several locks that are entered)")]
    [TestCase("Parallel.ForEach(_items, item => { Monitor.Enter(_gate); try { _n++; } finally { Monitor.Exit(_gate); } Work(item); });", TestName = "{m}(work after Exit)")]
    [TestCase("Parallel.ForEach(_items, item => { Monitor.Enter(_gate); try { _n++; } finally { Monitor.Exit(_gate); Work(item); } });", TestName = "{m}(work in the finally)")]
    [TestCase("foreach (var item in _items) { Monitor.Enter(_gate); try { Work(item); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(a plain loop that enters and exits)")]
    [TestCase("if (Monitor.TryEnter(_gate)) { try { Parallel.ForEach(_items, item => Work(item)); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(a lock around the loop)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    [Test]
    public Task Reports_in_a_program() => Verify.ReportsAsync(
        """
        var gate = new System.Threading.Lock();
        var longest = 0;
        System.Threading.Tasks.Parallel.ForEach(args, arg => { [|lock (gate)|] { longest = System.Math.Max(longest, arg.Length); } });
        """);

    [Test]
    public Task Reports_in_a_generic_iterator_of_a_partial_type() => Verify.ReportsAsync(
        """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        partial class C<T>(List<T> done) { readonly object _gate = new(); }
        partial class C<T>
        {
            IEnumerable<T> M(IEnumerable<T> items, System.Func<T, T> f) { Parallel.ForEach(items, item => { [|lock (_gate)|] { done.Add(f(item)); } }); yield return done[0]; }
        }
        """);

    [TestCase("Parallel.For(0, 9, i => { [|lock (_gate)|] { Work(i); } });", "'M' holds the lock '_gate' for nearly all of the body of 'Parallel.For', so its threads run one at a time")]
    [TestCase("for (var i = 0; i < 4; i++) { Task.Run(() => { foreach (var item in _queue.GetConsumingEnumerable()) { [|lock (_gate)|] { Work(item); } } }); }", "'M' holds the lock '_gate' for nearly all of each turn of a loop that several workers run, so they run one at a time")]
    [TestCase("foreach (var item in _items) { Task.Run(() => { [|lock (_gate)|] { Work(item); } }); }", "'M' holds the lock '_gate' for nearly all of the work for which a loop starts threads or tasks, so they run one at a time")]
    [TestCase("Task.Run(() => { foreach (var frame in _frames.GetConsumingEnumerable()) { [|lock (_gate)|] { Inspect(frame); } } });", "'M' holds the lock '_gate' for nearly all of the work on each 'frame', so whoever needs the lock waits for all of it")]
    public Task Says_what_is_serial(string body, string message) => Verify.ReportsAsync(In(body), message: message);

    [Test]
    public Task Fix_adds_up_per_thread() => Verify.FixesAllAsync(
        """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        class C
        {
            readonly object _gate = new();
            long _sum;
            int _count;

            void M(List<string> items, double[] values)
            {
                var total = 0.0;

                // All of them.
                Parallel.ForEach(items, item =>
                {
                    // Guards the sum.
                    [|lock (_gate)|]
                    {
                        _sum += item.Length * 2; // so far
                    }
                }); // done
                Parallel.For(0, values.Length, new ParallelOptions(), (i, state) => { [|lock (_gate)|] { total -= values[i]; } });
                Parallel.ForEach(items, (item, state, index) => { [|lock (_gate)|] { _count++; } });
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        class C
        {
            readonly object _gate = new();
            long _sum;
            int _count;

            void M(List<string> items, double[] values)
            {
                var total = 0.0;

                // All of them.
                Parallel.ForEach(items, () => 0L, (item, _, part) => part + (item.Length * 2), part =>
                {
                    // Guards the sum.
                    lock (_gate)
                    {
                        _sum += part; // so far
                    }
                }); // done
                Parallel.For(0, values.Length, new ParallelOptions(), () => 0D, (i, state, part) => part - values[i], part => { lock (_gate) { total += part; } });
                Parallel.ForEach(items, () => 0, (item, state, index, part) => part + 1, part => { lock (_gate) { _count += part; } });
            }
        }
        """);

    [Test]
    public Task Fix_collects_per_thread() => Verify.FixesAllAsync(
        """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        class C
        {
            readonly object _gate = new();
            readonly HashSet<int> _lengths = new();

            List<string> M(string[] items)
            {
                var part = new List<string>();
                Parallel.ForEach(items, item => // each
                {
                    [|lock (part)|]
                    {
                        part.Add(item);
                    }
                });
                Parallel.For(0, items.Length, i => { [|lock (_gate)|] { this._lengths.Add(items[i].Length); } });
                return part;
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.Threading.Tasks;
        class C
        {
            readonly object _gate = new();
            readonly HashSet<int> _lengths = new();

            List<string> M(string[] items)
            {
                var part = new List<string>();
                Parallel.ForEach(items, () => new List<string>(), (item, _, found) => { found.Add(item); return found; }, found => // each
                {
                    lock (part)
                    {
                        part.AddRange(found);
                    }
                });
                Parallel.For(0, items.Length, () => new List<int>(), (i, _, found) => { found.Add(items[i].Length); return found; }, found => { lock (_gate) { this._lengths.UnionWith(found); } });
                return part;
            }
        }
        """);

    [TestCase("Parallel.ForEach(_items, item => { [|lock (_gate)|] { _sum += Work(item); } });", TestName = "{m}(a call)")]
    [TestCase("Parallel.ForEach(_items, item => { [|Monitor.Enter|](_gate); try { _sum += item; } finally { Monitor.Exit(_gate); } });", TestName = "{m}(Enter and Exit)")]
    [TestCase("Parallel.ForEach(_items, item => { [|lock (_gate)|] { _sum += item + _n; } });", TestName = "{m}(state that the lock may guard)")]
    [TestCase("Parallel.ForEach(_items, item => { [|lock (_gate)|] { _sum += item; _n++; } });", TestName = "{m}(two sums)")]
    [TestCase("Parallel.ForEach(_items, item => { [|lock (_gate)|] { if (item > _n) { _n = item; } } });", TestName = "{m}(a greatest value)")]
    [TestCase("Parallel.ForEach(_items, item => { [|lock (_gate)|] { _sum *= item; } });", TestName = "{m}(a product)")]
    [TestCase("Parallel.ForEach(_items, (int item) => { [|lock (_gate)|] { _sum += item; } });", TestName = "{m}(typed parameters)")]
    [TestCase("Parallel.ForEach(body: item => { [|lock (_gate)|] { _sum += item; } }, source: _items);", TestName = "{m}(named arguments)")]
    [TestCase("Parallel.ForEach(_items, item => { [|lock (_gate)|] { _list.Add(_list.Count); } });", TestName = "{m}(the list itself)")]
    [TestCase("_items.AsParallel().ForAll(item => { [|lock (_gate)|] { _sum += item; } });", TestName = "{m}(a parallel query)")]
    [TestCase("Parallel.ForEach(_items, Serial);", TestName = "{m}(a method)")]
    public Task Fix_is_not_offered_for(string body) =>
        Verify.OffersNoFixAsync(body.Contains("Serial") ? In(body).Replace("lock (_gate) { Work(item); } /* serial */", "[|lock (_gate)|] { Work(item); }") : In(body));

    private static string In(string body) =>
        $$"""
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            private readonly object _gate = new();
            private readonly object[] _gates = [new(), new()];
            private readonly Lock _lock = new();
            private readonly int[] _items = [1];
            private readonly List<int> _list = [];
            private readonly List<List<int>> _lists = [];
            private readonly List<byte[]> _last = [];
            private readonly BlockingCollection<int> _queue = new(8);
            private readonly BlockingCollection<byte[]> _frames = new(8);
            private long _sum;
            private int _n;
            void M() { {{body}} }
            int Work(int n) => n;
            void Inspect(byte[] frame) { }
            object GateOf(int n) => _gates[n];
            void Serial(int item) { lock (_gate) { Work(item); } /* serial */ }
        }
        """;
}
