using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Locks.HRD1005ForeignCodeUnderLockAnalyzer, Hardening.Analyzers.Locks.HRD1005ForeignCodeUnderLockCodeFix>;

namespace Hardening.Analyzers.Tests.Locks;

public sealed class HRD1005ForeignCodeUnderLockTests
{
    [TestCase("public void M() { lock (_gate) { _n++; [|Changed?.Invoke|](_n); } }", TestName = "{m}(an event)")]
    [TestCase("public void M() { lock (_gate) { if (Changed != null) { [|Changed|](_n); } } }", TestName = "{m}(an event, called)")]
    [TestCase("public void M() { lock (_gate) { var handler = Changed; [|handler?.Invoke|](_n); } }", TestName = "{m}(an event behind a local)")]
    [TestCase("public void M() { lock (_gate) { if (Changed is { } handler) { [|handler|](_n); } } }", TestName = "{m}(an event behind a pattern)")]
    [TestCase("public void M() { lock (_gate) { [|Volatile.Read(ref Changed)!.Invoke|](1); } }", TestName = "{m}(an event, read)")]
    [TestCase("public void M() { lock (_gate) { foreach (var each in Changed!.GetInvocationList()) { [|each.DynamicInvoke|](1); } } }", TestName = "{m}(handlers one by one)")]
    [TestCase("public void M() { lock (_gate) { foreach (Action<int> each in Changed!.GetInvocationList()) { [|each|](1); } } }", TestName = "{m}(handlers one by one, cast)")]
    [TestCase("public static event EventHandler? Closed; public void M() { lock (_gate) { [|Closed?.Invoke|](this, EventArgs.Empty); } }", TestName = "{m}(a static event)")]
    [TestCase("public void M(Action callback) { lock (_gate) { [|callback|](); } }", TestName = "{m}(a parameter)")]
    [TestCase("public int M(Func<int, int>? change) { lock (_gate) { return [|change?.Invoke|](_n) ?? 0; } }", TestName = "{m}(a parameter that may be null)")]
    [TestCase("public int GetOrAdd(string key, Func<string, int> make) { lock (_gate) { if (!_map.TryGetValue(key, out var n)) { _map[key] = n = [|make|](key); } return n; } }", TestName = "{m}(a factory)")]
    [TestCase("public Action<int>? OnDone { get; set; } public void M() { lock (_gate) { [|OnDone?.Invoke|](1); } }", TestName = "{m}(a property that can be set)")]
    [TestCase("public Action<int>? Done; public void M() { lock (_gate) { [|Done?.Invoke|](1); } }", TestName = "{m}(a field that can be set)")]
    [TestCase("private readonly Action _done; public C(Action done) { _done = done; } public void M() { lock (_gate) { [|_done|](); } }", TestName = "{m}(a field that the constructor was given)")]
    [TestCase("private Action? _done; public void Set(Action done) => _done = done; public void M() { lock (_gate) { [|_done?.Invoke|](); } }", TestName = "{m}(a field that a method was given)")]
    [TestCase("private readonly List<Action> _handlers = []; public void Add(Action a) { lock (_gate) { _handlers.Add(a); } } public void M() { lock (_gate) { foreach (var handler in _handlers) { [|handler|](); } } }", TestName = "{m}(a list of callbacks)")]
    [TestCase("private readonly Dictionary<int, Action> _handlers = new(); public void Add(int k, Action a) => _handlers[k] = a; public void M() { lock (_gate) { foreach (var (_, handler) in _handlers) { [|handler|](); } if (_handlers.TryGetValue(1, out var one)) { [|one|](); } [|_handlers[2]|](); } }", TestName = "{m}(a dictionary of callbacks)")]
    [TestCase("private readonly Queue<Action> _work = new(); public void Post(Action a) { lock (_gate) { _work.Enqueue(a); } } public void M() { lock (_gate) { while (_work.Count > 0) { [|_work.Dequeue()|](); } } }", TestName = "{m}(a queue of work)")]
    [TestCase("record Job(string Name, Action Run); private readonly List<Job> _jobs = []; public void Add(Action run) => _jobs.Add(new Job(\"\", run)); public void M() { lock (_gate) { foreach (var job in _jobs) { [|job.Run|](); } } }", TestName = "{m}(a callback in a record)")]
    [TestCase("public void M(Action callback) { using (_lock.EnterScope()) { [|callback|](); } using var scope = _lock.EnterScope(); [|callback|](); }", TestName = "{m}(a Lock)")]
    [TestCase("public void M(Action callback) { lock (_gate) { Local(); void Local() { lock (_other) { [|callback|](); } } } }", TestName = "{m}(a local function that takes a lock)")]
    [TestCase("public Action M(Action callback) => () => { lock (_gate) { [|callback|](); } };", TestName = "{m}(a lambda that takes a lock)")]
    [TestCase("private void Run(Action a) { lock (_gate) { [|a|](); } } public void M(Action callback) => Run(callback);", TestName = "{m}(a callback handed on)")]
    [TestCase("public void M<T>(IEnumerable<T> items, Action<T> each) { foreach (var item in items) { lock (_gate) { [|each|](item); } } }", TestName = "{m}(a generic method)")]
    [TestCase("public async Task M(Func<Task> work) { Task task; lock (_gate) { task = [|work|](); } await task; }", TestName = "{m}(an async callback)")]
    [TestCase("private class D(object gate) : IObserver<Action> { void IObserver<Action>.OnNext(Action next) { lock (gate) { [|next|](); } } void IObserver<Action>.OnError(Exception e) { } void IObserver<Action>.OnCompleted() { } }", TestName = "{m}(an explicit implementation)")]
    [TestCase("public void M() { lock (_gate) { [|OnChanged|](); } } protected virtual void OnChanged() => Changed?.Invoke(_n);", TestName = "{m}(a method that raises)")]
    [TestCase("public void M() { lock (_gate) { [|RaiseChanged|](1); } } private void RaiseChanged(int n) { var handler = Changed; if (handler != null) { handler(n); } }", TestName = "{m}(a method that raises a copy)")]
    [TestCase("public IEnumerable<int> M() { lock (_gate) { foreach (var item in _items) { [|yield return|] item; } } }", TestName = "{m}(an iterator)")]
    [TestCase("public IEnumerable<int> All { get { lock (_gate) { [|yield return|] _n; } } }", TestName = "{m}(an iterator of a property)")]
    [TestCase("public void M(Action a) { Monitor.Enter(_gate); try { [|a|](); } finally { Monitor.Exit(_gate); } a(); }", TestName = "{m}(between Enter and Exit)")]
    [TestCase("public void M(Action a) { if (!Monitor.TryEnter(_gate)) { a(); return; } try { [|a|](); [|Changed?.Invoke|](1); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(after TryEnter)")]
    [TestCase("readonly ReaderWriterLockSlim _rw = new(); public void M() { _rw.EnterWriteLock(); try { [|OnChanged|](); } finally { _rw.ExitWriteLock(); } } void OnChanged() => Changed?.Invoke(1);", TestName = "{m}(a write lock)")]
    [TestCase("public IEnumerable<int> M() { Monitor.Enter(_gate); try { [|yield return|] 1; } finally { Monitor.Exit(_gate); } }", TestName = "{m}(an iterator between Enter and Exit)")]
    [TestCase("private readonly List<Action> _handlers = []; public void Add(Action a) => _handlers.Add(a); public void M() { lock (_gate) { _handlers.ForEach(h => [|h|]()); } }", TestName = "{m}(ForEach over handlers)")]
    [TestCase("private readonly List<Action> _handlers = []; public void Add(Action a) => _handlers.Add(a); public void M() { Monitor.Enter(_gate); try { _handlers?.ForEach(h => { _n++; [|h?.Invoke|](); }); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(ForEach over handlers that may be null)")]
    [TestCase("private readonly List<Action> _handlers = []; public void Add(Action a) => _handlers.Add(a); public void M() { using (_lock.EnterScope()) { _handlers.ToList().ForEach(h => [|h|]()); } }", TestName = "{m}(ForEach over a copy)")]
    [TestCase("private Action[] _handlers; public C(Action[] handlers) => _handlers = handlers; public void M() { lock (_gate) { Array.ForEach(_handlers, h => [|h|]()); } }", TestName = "{m}(ForEach over an array)")]
    [TestCase("private readonly List<Func<int, bool>> _rules = []; public void Add(Func<int, bool> rule) => _rules.Add(rule); public bool M() { lock (_gate) { return _rules.All(rule => [|rule|](_n)); } }", TestName = "{m}(rules that are all asked)")]
    [TestCase("private readonly List<Func<bool>> _once = []; public void Add(Func<bool> f) => _once.Add(f); public void M() { lock (_gate) { _once.RemoveAll(f => [|f|]()); } }", TestName = "{m}(what is removed when it says so)")]
    [TestCase("public void M() { lock (_gate) { _items.ForEach(i => [|Changed?.Invoke|](i)); } }", TestName = "{m}(an event for each element)")]
    [TestCase("public void M() { lock (_gate) { _items.ForEach(i => [|OnChanged|](i)); } } void OnChanged(int n) => Changed?.Invoke(n);", TestName = "{m}(a method that raises, for each element)")]
    public Task Reports(string members) => Verify.ReportsAsync(In(members));

    [TestCase("public void M() { Action<int>? changed; lock (_gate) { _n++; changed = Changed; } changed?.Invoke(_n); }", TestName = "{m}(a copy that is called after the lock)")]
    [TestCase("public void M() { Changed?.Invoke(1); lock (_gate) { _n++; } }", TestName = "{m}(before the lock)")]
    [TestCase("public void M() { lock (_gate) { ThreadPool.QueueUserWorkItem(_ => Changed?.Invoke(1)); } }", TestName = "{m}(a lambda that runs later)")]
    [TestCase("private readonly List<Action> _handlers = []; public void Add(Action a) => _handlers.Add(a); public void M() { List<Action> all; lock (_gate) { all = _handlers.ToList(); } all.ForEach(h => h()); }", TestName = "{m}(ForEach over a copy after the lock)")]
    [TestCase("private readonly List<Action> _steps = []; public C() { _steps.Add(Tick); } void Tick() { } public void M() { lock (_gate) { _steps.ForEach(step => step()); } }", TestName = "{m}(ForEach over methods of its own)")]
    [TestCase("private readonly List<Action> _handlers = []; public void Add(Action a) => _handlers.Add(a); public IEnumerable<int> M() { lock (_gate) { return _handlers.Select(h => { h(); return 1; }); } }", TestName = "{m}(a query that runs later)")]
    [TestCase("private readonly List<Action> _handlers = []; public void Add(Action a) => _handlers.Add(a); public void M() { lock (_gate) { _handlers.ForEach(h => Task.Run(() => h())); } }", TestName = "{m}(tasks for each handler)")]
    [TestCase("public void M() { lock (_gate) { OnChanged(); } } void OnChanged() { Thread.Sleep(1); Changed?.Invoke(1); }", TestName = "{m}(a method that raises and blocks, which another rule reports)")]
    [TestCase("public void M() { lock (_gate) { Changed += N; Changed -= N; } } void N(int n) { }", TestName = "{m}(handlers that come and go)")]
    [TestCase("public void M() { Func<int> next = () => _n + 1; lock (_gate) { _n = next(); } }", TestName = "{m}(a local lambda)")]
    [TestCase("public void M() { int Next() => _n + 1; lock (_gate) { _n = Next(); } }", TestName = "{m}(a local function)")]
    [TestCase("private readonly Action _tick; public C() { _tick = Tick; } void Tick() { } public void M() { lock (_gate) { _tick(); } }", TestName = "{m}(a method of its own in a field)")]
    [TestCase("private static readonly Func<int, int> s_next = n => n + 1; public void M() { lock (_gate) { _n = s_next(_n); } }", TestName = "{m}(a lambda of its own in a field)")]
    [TestCase("private Action? _state; void A() => _state = B; void B() => _state = null; public void M() { lock (_gate) { _state?.Invoke(); } }", TestName = "{m}(states of its own)")]
    [TestCase("private Dictionary<int, Action> _table; public C() { _table = new() { [1] = One }; _table.Add(2, One); } void One() { } public void M() { lock (_gate) { _table[1](); } }", TestName = "{m}(a table of its own methods)")]
    [TestCase("private T Locked<T>(Func<T> f) { lock (_gate) { return f(); } } public int M() => Locked(() => _n) + Locked(Next); int Next() => _n + 1;", TestName = "{m}(a private helper that is given lambdas)")]
    [TestCase("private readonly Func<DateTimeOffset> _now; public C(Func<DateTimeOffset> now) => _now = now; public DateTimeOffset M() { lock (_gate) { return _now(); } }", TestName = "{m}(a clock)")]
    [TestCase("private static readonly Action<object, Exception?> s_log = Define(); static Action<object, Exception?> Define() => throw new NotImplementedException(); public void M() { lock (_gate) { s_log(1, null); } }", TestName = "{m}(what a method made)")]
    [TestCase("public void M() { lock (_gate) { OnChanged(); } } private void OnChanged() => _n++;", TestName = "{m}(a method that only sounds like raising)")]
    [TestCase("public void M() { lock (_gate) { OnLater(); } } private void OnLater() => Task.Run(() => Changed?.Invoke(1));", TestName = "{m}(a method that raises elsewhere)")]
    [TestCase("public void M(Comparison<int> order) { lock (_gate) { _items.Sort(order); } }", TestName = "{m}(a comparison that is handed on)")]
    [TestCase("public void M(Action callback) { var gate = new object(); lock (gate) { callback(); } }", TestName = "{m}(a lock that excludes nobody)")]
    [TestCase("public IEnumerable<int> M() { int[] copy; lock (_gate) { copy = _items.ToArray(); } foreach (var item in copy) { yield return item; } }", TestName = "{m}(an iterator over a copy)")]
    [TestCase("public IEnumerable<int> M() { lock (_gate) { if (_n == 0) { yield break; } } yield return _n; }", TestName = "{m}(a yield break)")]
    [TestCase("public async IAsyncEnumerable<int> M() { await Task.Yield(); lock (_gate) { _n++; } yield return _n; }", TestName = "{m}(an async iterator)")]
    [TestCase("public void M(Action a) { Monitor.Enter(_gate); _n++; Monitor.Exit(_gate); a(); }", TestName = "{m}(after Exit)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(In(members));

    [Test]
    public Task Is_silent_on_callbacks_that_another_document_sets() => Verify.ReportsAsync(
        """
        partial class C { readonly object _gate = new(); void M() { lock (_gate) { _done?.Invoke(); } } }
        // === Other.cs ===
        partial class C { private System.Action? _done; }
        """);

    [Test]
    public Task Reports_an_event_that_a_base_class_in_another_document_raises() => Verify.ReportsAsync(
        """
        class C : Observable { readonly object _gate = new(); public void M() { lock (_gate) { [|OnPropertyChanged|](nameof(M)); } } }
        // === Observable.cs ===
        using System.ComponentModel;
        class Observable : INotifyPropertyChanged
        {
            public event PropertyChangedEventHandler? PropertyChanged;
            protected void OnPropertyChanged(string name) => OnPropertyChanged(new PropertyChangedEventArgs(name));
            protected virtual void OnPropertyChanged(PropertyChangedEventArgs e) => PropertyChanged?.Invoke(this, e);
        }
        """);

    [Test]
    public Task Reports_in_a_program() => Verify.ReportsAsync(
        """
        var gate = new object();
        var hub = new Hub();
        new System.Threading.Thread(() => { lock (gate) { [|hub.OnMessage!|]("x"); } }).Start();
        lock (gate) { }
        class Hub { public System.Action<string>? OnMessage { get; init; } }
        """);

    [TestCase("public void M() { lock (_gate) { [|Changed?.Invoke|](1); } }", "'M' raises 'Changed' while it holds the lock '_gate', so whoever is called can wait for that very lock on another thread, or take a second one")]
    [TestCase("public void M(Action callback) { lock (_gate) { [|callback|](); } }", "'M' calls 'callback' while it holds the lock '_gate', so whoever is called can wait for that very lock on another thread, or take a second one")]
    [TestCase("public void M() { lock (_gate) { [|OnChanged|](); } } void OnChanged() => Changed?.Invoke(1);", "'M' raises 'Changed' through 'OnChanged' while it holds the lock '_gate', so whoever is called can wait for that very lock on another thread, or take a second one")]
    [TestCase("public IEnumerable<int> M() { lock (_gate) { [|yield return|] 1; } }", "'M' yields while it holds the lock '_gate', so its caller keeps the lock until it asks for the next element")]
    public Task Says_who_is_called(string members, string message) => Verify.ReportsAsync(In(members), message: message);

    [Test]
    public Task Fix_copies_handlers_and_arguments_and_raises_after_the_lock() => Verify.FixesAsync(
        """
        using System;
        class C
        {
            readonly object _gate = new();
            int _n;
            public event Action<int>? Changed;

            public void Add(int by)
            {
                // Count first.
                lock (_gate)
                {
                    _n += by;

                    // Then tell.
                    [|Changed?.Invoke|](_n); // all of them
                }
            }
        }
        """,
        """
        using System;
        class C
        {
            readonly object _gate = new();
            int _n;
            public event Action<int>? Changed;

            public void Add(int by)
            {
                // Count first.
                Action<int>? changed;
                int n;
                lock (_gate)
                {
                    _n += by;

                    changed = Changed;
                    n = _n;
                }

                // Then tell.
                changed?.Invoke(n); // all of them
            }
        }
        """);

    [Test]
    public Task Fix_moves_all_calls_that_end_the_lock_and_keeps_their_order() => Verify.FixesAllAsync(
        """
        using System;
        class C
        {
            readonly object _gate = new();
            int _n;
            public event EventHandler? Opened;
            public event EventHandler<EventArgs>? Changed;

            void M()
            {
                lock (_gate) // short
                {
                    _n++;
                    [|Opened?.Invoke|](this, EventArgs.Empty);
                    [|Changed?.Invoke|](this, new EventArgs());
                }
            }
        }
        """,
        """
        using System;
        class C
        {
            readonly object _gate = new();
            int _n;
            public event EventHandler? Opened;
            public event EventHandler<EventArgs>? Changed;

            void M()
            {
                EventHandler? opened;
                EventHandler<EventArgs>? changed;
                lock (_gate) // short
                {
                    _n++;
                    opened = Opened;
                    changed = Changed;
                }

                opened?.Invoke(this, EventArgs.Empty);
                changed?.Invoke(this, new EventArgs());
            }
        }
        """);

    [Test]
    public Task Fix_raises_only_where_the_branch_was_taken() => Verify.FixesAsync(
        """
        using System;
        class C
        {
            readonly object _gate = new();
            int _n;
            public event Action<int>? Changed;

            void Set(int n)
            {
                lock (_gate)
                {
                    if (_n != n)
                    {
                        _n = n;
                        [|Changed?.Invoke|](n); // new
                    }
                }
            }
        }
        """,
        """
        using System;
        class C
        {
            readonly object _gate = new();
            int _n;
            public event Action<int>? Changed;

            void Set(int n)
            {
                Action<int>? changed = null;
                lock (_gate)
                {
                    if (_n != n)
                    {
                        _n = n;
                        changed = Changed;
                    }
                }

                changed?.Invoke(n); // new
            }
        }
        """);

    [Test]
    public Task Fix_calls_a_parameter_after_the_lock() => Verify.FixesAsync(
        """
        class C
        {
            readonly System.Threading.Lock _gate = new();
            int _n;

            void M(System.Action<string> done)
            {
                lock (_gate)
                {
                    _n++;
                    [|done|]("x");
                }
            }

            internal void N(System.Action<string> done) => M(done);
        }
        """,
        """
        class C
        {
            readonly System.Threading.Lock _gate = new();
            int _n;

            void M(System.Action<string> done)
            {
                lock (_gate)
                {
                    _n++;
                }

                done("x");
            }

            internal void N(System.Action<string> done) => M(done);
        }
        """);

    [TestCase("public void M() { lock (_gate) { [|Changed?.Invoke|](1); _n++; } }", TestName = "{m}(work after the call)")]
    [TestCase("public int M(Func<int> f) { lock (_gate) { return [|f|](); } }", TestName = "{m}(a result)")]
    [TestCase("public void M() { lock (_gate) { _n++; foreach (var i in _items) { [|Changed?.Invoke|](i); } } }", TestName = "{m}(a loop)")]
    [TestCase("public void M(Action a) { lock (_gate) { try { _n++; [|a|](); } finally { _n--; } } }", TestName = "{m}(a try)")]
    [TestCase("public void M(Action a) { lock (_gate) { lock (_other) { _n++; [|a|](); } } }", TestName = "{m}(another lock around it)")]
    [TestCase("public void M(Action a) { lock (_gate) { if (_n > 0) { [|a|](); } } }", TestName = "{m}(a branch and no null check)")]
    [TestCase("public void M(Action<int> a) { lock (_gate) { _items.Clear(); [|a|](_n++); } }", TestName = "{m}(an argument that changes state)")]
    [TestCase("public void M(Action<int> a) { lock (_gate) { _items.Clear(); [|a|](Next()); } } int Next() => _n;", TestName = "{m}(an argument that calls)")]
    [TestCase("public void M(Action a) { lock (_gate) { [|a|](); } }", TestName = "{m}(nothing else in the lock)")]
    [TestCase("public void M() { lock (_gate) { _n++; [|OnChanged|](); } } protected virtual void OnChanged() => Changed?.Invoke(_n);", TestName = "{m}(a method that raises)")]
    [TestCase("public IEnumerable<int> M() { lock (_gate) { foreach (var item in _items) { [|yield return|] item; } } }", TestName = "{m}(a yield)")]
    public Task Fix_is_not_offered_for(string members) => Verify.OffersNoFixAsync(In(members));

    private static string In(string members) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        partial class C
        {
            private readonly object _gate = new(), _other = new();
            private readonly Lock _lock = new();
            private readonly List<int> _items = [];
            private readonly Dictionary<string, int> _map = [];
            private int _n;
            public event Action<int>? Changed;
            {{members}}
        }
        """;
}
