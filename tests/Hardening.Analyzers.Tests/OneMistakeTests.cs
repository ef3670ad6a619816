namespace Hardening.Analyzers.Tests;

/// <summary>Where several rules could speak about one statement, the one that knows it best does: one mistake, one diagnostic.</summary>
public sealed class OneMistakeTests
{
    [TestCase("class C { void M() { lock ({|HRD1001:this|}) { } } }")]
    [TestCase("class C { void M() { lock ({|HRD1001:this|}) { lock ({|HRD1001:typeof(C)|}) { } } } }", TestName = "{m}(two locks are two mistakes)")]
    [TestCase("using System.Threading; class C { void M() { Monitor.Enter({|HRD1001:this|}); try { } finally { Monitor.Exit(this); } } }", TestName = "{m}(Enter and Exit are one)")]
    [TestCase("using System.Threading; class C { readonly object _a = new(), _b = new(); void M() { lock (_a) { lock (_b) { {|HRD1003:Thread.Sleep|}(1); } } } }", TestName = "{m}(two locks, one sleep)")]
    [TestCase("using System.Threading; class C { readonly object _a = new(); void M() { Monitor.Enter(_a); lock (_a) { {|HRD1003:Thread.Sleep|}(1); } Monitor.Exit(_a); } }", TestName = "{m}(one lock in two ways, one sleep)")]
    [TestCase("using System.Threading; class C { readonly object _a = new(); void M(int[] items) { foreach (var i in items) { foreach (var j in items) { {|HRD2001:new Thread|}(() => { {|HRD1006:lock (_a)|} { {|HRD1003:Thread.Sleep|}(i); } }).Start(); } } } }", TestName = "{m}(a thread in two loops)")]
    [TestCase("using System.Collections.Concurrent; class C { private readonly BlockingCollection<int> _q = {|HRD2004:new|}(new ConcurrentQueue<int>()); }", TestName = "{m}(a collection over a queue)")]
    [TestCase("using System.Threading; class C { void M() { var gate = new object(); lock ({|HRD1001:gate|}) { Thread.Sleep(1); } } }", TestName = "{m}(a lock that excludes nobody makes nobody wait)")]
    [TestCase("using System.Threading; class C { void M() { lock ({|HRD1001:this|}) { {|HRD1003:Thread.Sleep|}(1); } } }", TestName = "{m}(what is locked, and what blocks)")]
    [TestCase("using System.Diagnostics; class C { void M() { {|HRD3003:{|HRD3001:Process.Start(\"x\")|}.Kill()|}; } }", TestName = "{m}(a process that is dropped, and whose tree is not killed)")]
    [TestCase("using System.Diagnostics; class C { void M() { foreach (var p in {|HRD3001:Process.GetProcessesByName(\"x\")|}) { {|HRD3003:p.Kill()|}; } } }", TestName = "{m}(several processes)")]
    [TestCase("using System.Diagnostics; class C { readonly object _gate = new(); void M() { lock (_gate) { using var p = Process.Start(new ProcessStartInfo(\"x\") { {|HRD3006:RedirectStandardOutput = true|} })!; {|HRD1003:p.WaitForExit|}(); } } }", TestName = "{m}(a pipe that is not read, and a wait under a lock)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); void M(string[] items) { lock (_gate) { foreach (var item in items) { var t = new Thread(() => { }); t.Start(); {|HRD1003:t.Join|}(); } } } }", TestName = "{m}(threads that are joined one by one are not many, but block)")]
    [TestCase("using System; using System.Threading.Tasks; class C { void M(int[] items) { foreach (var i in items) { {|HRD2002:Task.Run|}(() => { foreach (var j in items) { {|HRD2001:new System.Threading.Thread|}(() => Console.WriteLine(j)).Start(); } }); } } }", TestName = "{m}(a task per item that starts a thread per item)")]
    [TestCase("using System.IO; using System.Linq; using System.Threading.Tasks; class C { Task M(string[] files) => Task.WhenAll(files.Select(file => {|HRD2002:Task.Run|}(() => File.ReadAllText(file)))); }", TestName = "{m}(tasks that block are not I/O that waits)")]
    [TestCase("using System.IO; using System.Linq; using System.Threading.Tasks; class C { Task M(string[] files) => {|HRD2003:Task.WhenAll|}(files.Select(file => Task.Run(() => File.ReadAllTextAsync(file)))); }", TestName = "{m}(I/O that waits, in a task)")]
    [TestCase("using System.IO; using System.Threading.Tasks; class C { readonly object _gate = new(); void M(string[] files) { lock (_gate) { {|HRD1003:{|HRD2005:Parallel.ForEach|}|}(files, file => File.Delete(file)); } } }", TestName = "{m}(a loop under a lock, and without a degree)")]
    [TestCase("using System.Threading; class C { readonly SemaphoreSlim _turn = new(1); void M(System.Action work) { {|HRD1010:_turn.Wait|}(100); work(); _turn.Release(); } }", TestName = "{m}(a wait that may fail and a release that may be missed)")]
    [TestCase("using System.Threading; class C { readonly SemaphoreSlim _turn = new(1); void M(System.Action work) { try { {|HRD1010:_turn.Wait|}(100); work(); } finally { _turn.Release(); } } }", TestName = "{m}(a wait that may fail, inside of the try)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); void M(System.Action work) { {|HRD1010:Monitor.TryEnter|}(_gate, 100); work(); Monitor.Exit(_gate); } }", TestName = "{m}(an attempt that nobody asks about, and its exit)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); void M() { Monitor.Enter(_gate); {|HRD1003:Thread.Sleep|}(1); Monitor.Exit(_gate); } }", TestName = "{m}(a sleep between Enter and Exit)")]
    [TestCase("using System.Threading; using System.Threading.Tasks; class C { readonly object _gate = new(); async Task M() { Monitor.Enter(_gate); {|HRD1003:await Task.Yield()|}; Monitor.Exit(_gate); } }", TestName = "{m}(an await between Enter and Exit)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); object? _x; object M() { if (_x == null) { lock (_gate) { {|HRD1013:_x|} = new object(); } } return _x; } }", TestName = "{m}(a double-checked lock)")]
    [TestCase("using System.Threading; class C { readonly object _gate = new(); bool _ready; void M() { lock (_gate) { if (!_ready) { {|HRD1012:Monitor.Wait|}(_gate); } } } }", TestName = "{m}(a wait outside of a loop)")]
    [TestCase("using System.Threading; class C { readonly SpinLock {|HRD1012:_spin|}; void M() { bool taken = false; try { _spin.Enter(ref taken); } finally { if (taken) { _spin.Exit(); } } } }", TestName = "{m}(a readonly SpinLock)")]
    [TestCase("class C { public event System.Action? Changed; void M() { lock ({|HRD1001:this|}) { {|HRD1005:Changed?.Invoke|}(); } } }", TestName = "{m}(what is locked, and whom it calls)")]
    [TestCase("using System.Threading; using System.Threading.Tasks; class C { readonly object _gate = new(); void M() => Parallel.For(0, 9, i => { {|HRD1006:lock (_gate)|} { {|HRD1003:Thread.Sleep|}(1); } }); }", TestName = "{m}(a lock around all the work, and a sleep in it)")]
    [TestCase("class C { public static readonly object {|HRD1002:Gate|} = new(); int _n; void M() { lock (Gate) { _n++; } } }", TestName = "{m}(a public static lock of instance state is first of all public)")]
    [TestCase("class C { public string Key = \"\"; void M() { lock ({|HRD1001:Key|}) { } } }", TestName = "{m}(a public string)")]
    [TestCase("class C { static readonly object {|HRD1007:s_gate|} = new(); readonly System.Collections.Generic.List<int> _items = []; void M(System.Action<int> each) { lock (s_gate) { _items.Clear(); } } }", TestName = "{m}(a static lock)")]
    public Task Reports_each_mistake_once(string source) => AllRules.ReportsAsync(source);
}
