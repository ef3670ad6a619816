using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Camera.HRD4004BlockedFrameCallbackAnalyzer>;

namespace Hardening.Analyzers.Tests.Camera;

public sealed class HRD4004BlockedFrameCallbackTests
{
    private const string Usings =
        """
        using System; using System.Collections.Concurrent; using System.Collections.Generic; using System.Diagnostics; using System.IO; using System.Linq; using System.Net.Http;
        using System.Threading; using System.Threading.Channels; using System.Threading.Tasks; using OpenCvSharp;

        """;

    private const string Camera =
        """
        public delegate void FrameCallback(IntPtr data, int length);
        public class Frame : EventArgs { public byte[] Pixels { get; } = []; public long Number => 0; }
        public class Camera
        {
            public event EventHandler<Frame>? FrameArrived;
            public event Action<Frame>? ImageReady;
            public event EventHandler? Connected;
            public void RegisterImageCallback(Action<IntPtr> callback) { }
            public static void SetHandler(FrameCallback callback) { }
            public void Raise(Frame f) { FrameArrived?.Invoke(this, f); ImageReady?.Invoke(f); Connected?.Invoke(this, f); }
        }
        namespace System.Windows.Threading { public class Dispatcher { public void Invoke(Action a) { } public void BeginInvoke(Action a) { } } }
        """;

    private static readonly Setup With4 = new() { Sources = [OpenCvDeclarations.OpenCvSharp4, Usings + Camera] };

    private const string Members =
        """
            readonly object _gate = new(); readonly Lock _lock = new(); readonly SemaphoreSlim _turn = new(1); readonly ManualResetEventSlim _ready = new(); readonly List<Frame> _list = [];
            readonly BlockingCollection<Frame> _bounded = new(4), _free = new(); readonly Channel<Frame> _frames = Channel.CreateBounded<Frame>(4); readonly HttpClient _http = new(); readonly Random _random = new();
            readonly System.Windows.Threading.Dispatcher _ui = new(); readonly SynchronizationContext _context = new(); FileStream _file = null!; Frame? _latest; long _n; bool _taken; ConcurrentQueue<Frame> _queue = new();
        """;

    private static string InHandler(string body) =>
        $"{Usings}class C {{\n{Members}\n void Start(Camera camera) => camera.FrameArrived += OnFrame;\n void OnFrame(object? sender, Frame e) {{ {body} }} }}";

    [TestCase("[|lock (_gate)|] { _latest = e; }", TestName = "{m}(a lock)")]
    [TestCase("[|lock (_lock)|] { _latest = e; }", TestName = "{m}(a Lock)")]
    [TestCase("[|using (_lock.EnterScope())|] { _latest = e; }", TestName = "{m}(a scope)")]
    [TestCase("[|using var scope = _lock.EnterScope();|] _latest = e;", TestName = "{m}(a scope by declaration)")]
    [TestCase("[|Monitor.Enter|](_gate); try { _latest = e; } finally { Monitor.Exit(_gate); }", TestName = "{m}(Monitor.Enter)")]
    [TestCase("bool taken = false; try { [|Monitor.Enter|](_gate, ref taken); _latest = e; } finally { if (taken) { Monitor.Exit(_gate); } }", TestName = "{m}(Monitor.Enter with a flag)")]
    [TestCase("[|lock (_gate)|] { lock (_list) { _list.Add(e); } }", TestName = "{m}(two locks: the outer one)")]
    [TestCase("if (e.Number > 0) { [|lock (_gate)|] { _latest = e; } }", TestName = "{m}(a lock in a branch)")]
    [TestCase("[|_turn.Wait|](); _turn.Release();", TestName = "{m}(a semaphore)")]
    [TestCase("[|_ready.Wait|](100);", TestName = "{m}(an event with a limit)")]
    [TestCase("[|Thread.Sleep|](1);", TestName = "{m}(a sleep)")]
    [TestCase("[|File.WriteAllBytes|](\"x\", e.Pixels);", TestName = "{m}(a file)")]
    [TestCase("[|_file.Write|](e.Pixels, 0, 9);", TestName = "{m}(a stream)")]
    [TestCase("using var file = [|new FileStream|](\"x\", FileMode.Create);", TestName = "{m}(a file that is opened)")]
    [TestCase("_ = [|_http.GetAsync(\"x\").Result|];", TestName = "{m}(a result)")]
    [TestCase("[|_http.GetAsync(\"x\").Wait|]();", TestName = "{m}(a task)")]
    [TestCase("using var p = Process.Start(\"x\"); [|p.WaitForExit|](100);", TestName = "{m}(a process)")]
    [TestCase("[|_bounded.Add|](e);", TestName = "{m}(a full queue)")]
    [TestCase("[|_ui.Invoke|](() => _latest = e);", TestName = "{m}(the user interface)")]
    [TestCase("[|_context.Send|](_ => _latest = e, null);", TestName = "{m}(a context)")]
    [TestCase("foreach (var frame in new[] { e }) { [|Thread.Sleep|](1); }", TestName = "{m}(a loop)")]
    [TestCase("_list.ForEach(frame => [|Thread.Sleep|](1));", TestName = "{m}(a lambda that runs at once)")]
    [TestCase("[|Save|](e); void Save(Frame f) => File.WriteAllBytes(\"x\", f.Pixels);", TestName = "{m}(a local function)")]
    public Task Reports(string body) => Verify.ReportsAsync(InHandler(body), With4);

    [TestCase("void M(Camera c) => c.FrameArrived += (_, e) => { [|lock (_gate)|] { _latest = e; } };", TestName = "{m}(a lambda)")]
    [TestCase("void M(Camera c) => c.FrameArrived += delegate { [|Thread.Sleep|](1); };", TestName = "{m}(an anonymous method)")]
    [TestCase("void M(Camera c) => c.ImageReady += frame => [|Thread.Sleep|](1);", TestName = "{m}(an image)")]
    [TestCase("void M(Camera c) => c.RegisterImageCallback(p => [|Thread.Sleep|](1));", TestName = "{m}(a registered callback)")]
    [TestCase("void M(Camera c) => c.RegisterImageCallback(OnImage); void OnImage(IntPtr p) => [|Thread.Sleep|](1);", TestName = "{m}(a registered method)")]
    [TestCase("FrameCallback? _kept; void M() { _kept = OnImage; Camera.SetHandler(_kept); Register(_kept); } void Register(FrameCallback callback) { } void OnImage(IntPtr p, int n) { }", TestName = "{m}(nothing: a registration that does not say so)")]
    [TestCase("FrameCallback? _kept; void M() { _kept = OnImage; RegisterCallBack(_kept); } static extern void RegisterCallBack(FrameCallback callback); void OnImage(IntPtr p, int n) => [|Thread.Sleep|](1);", TestName = "{m}(a delegate in a field)")]
    [TestCase("void M(Camera c) { EventHandler<Frame> handler = (_, e) => [|Thread.Sleep|](1); c.FrameArrived += handler; }", TestName = "{m}(a delegate in a local)")]
    [TestCase("void M(Camera c) => c.FrameArrived += new EventHandler<Frame>(OnFrame); static void OnFrame(object? s, Frame e) => [|Thread.Sleep|](1);", TestName = "{m}(a delegate that is made)")]
    [TestCase("void M(Camera c) { c.FrameArrived += On; void On(object? s, Frame e) { [|Thread.Sleep|](1); } }", TestName = "{m}(a local function)")]
    [TestCase("void M(Camera c) => c.FrameArrived += async (_, e) => { [|Thread.Sleep|](1); await Task.Yield(); Thread.Sleep(1); };", TestName = "{m}(an async handler, before its first await)")]
    [TestCase("void M(Camera c) => c.FrameArrived += OnFrame; protected virtual void OnFrame(object? s, Frame e) => [|Thread.Sleep|](1);", TestName = "{m}(a virtual method)")]
    [TestCase("void M(Camera c) => c.FrameArrived += OnFrame; void OnFrame(object? s, Frame e) => [|Store|](e); void Store(Frame f) => Write(f); void Write(Frame f) => File.WriteAllBytes(\"x\", f.Pixels);", TestName = "{m}(through calls)")]
    [TestCase("void M(Camera c) => c.FrameArrived += OnFrame; void OnFrame(object? s, Frame e) => [|Store|](e); void Store(Frame f) { lock (_gate) { foreach (var p in f.Pixels) { _n += p; } } }", TestName = "{m}(a lock behind a call that is held for long)")]
    public Task Reports_code(string member) => Verify.ReportsAsync($"{Usings}partial class C {{\n{Members}\n{member} }}", With4);

    [Test]
    public Task Reports_a_handler_of_another_document() => Verify.ReportsAsync(
        Usings + "class A(B b) { void M(Camera c) => c.FrameArrived += b.OnFrame; }\n// === B.cs ===\n" + Usings + "class B { public void OnFrame(object? s, Frame e) => [|Thread.Sleep|](1); }", With4);

    [Test]
    public Task Reports_another_part_of_the_type() => Verify.ReportsAsync(
        Usings + "partial class C<T> where T : class { void M(Camera c) => c.FrameArrived += OnFrame; partial void OnFrame(object? s, Frame e); }\n// === B.cs ===\n"
        + Usings + "partial class C<T> { T? _t; partial void OnFrame(object? s, Frame e) { [|lock (this)|] { _t = null; } } }", With4);

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        Usings + "var camera = new Camera();\nvar gate = new object();\nvar n = 0;\ncamera.FrameArrived += (_, e) => { [|lock (gate)|] { n++; } };\nConsole.WriteLine(n);", With4);

    [TestCase("Interlocked.Increment(ref _n);", TestName = "{m}(Interlocked)")]
    [TestCase("if (Monitor.TryEnter(_gate)) { try { _latest = e; } finally { Monitor.Exit(_gate); } }", TestName = "{m}(TryEnter)")]
    [TestCase("if (_lock.TryEnter()) { try { _latest = e; } finally { _lock.Exit(); } }", TestName = "{m}(Lock.TryEnter)")]
    [TestCase("if (_turn.Wait(0)) { _turn.Release(); }", TestName = "{m}(a wait for no time)")]
    [TestCase("_frames.Writer.TryWrite(e);", TestName = "{m}(a channel)")]
    [TestCase("if (!_bounded.TryAdd(e)) { Interlocked.Increment(ref _n); }", TestName = "{m}(TryAdd)")]
    [TestCase("_free.Add(e);", TestName = "{m}(a queue that is never full)")]
    [TestCase("_queue.Enqueue(e); _ready.Set();", TestName = "{m}(enqueue and signal)")]
    [TestCase("Volatile.Write(ref _taken, true); _latest = Interlocked.Exchange(ref _latest, e);", TestName = "{m}(an exchange)")]
    [TestCase("_ui.BeginInvoke(() => { lock (_gate) { _latest = e; } });", TestName = "{m}(BeginInvoke)")]
    [TestCase("_ = Task.Run(() => { lock (_gate) { _latest = e; } Thread.Sleep(1); });", TestName = "{m}(a task)")]
    [TestCase("Console.WriteLine(e.Number);", TestName = "{m}(the console)")]
    [TestCase("using var memory = new MemoryStream(); memory.Write(e.Pixels, 0, 9);", TestName = "{m}(memory)")]
    [TestCase("Parallel.For(0, 9, i => Interlocked.Increment(ref _n));", TestName = "{m}(a parallel loop works)")]
    [TestCase("var copy = e.Pixels.ToArray(); Post(copy); void Post(byte[] pixels) => _frames.Writer.TryWrite(e);", TestName = "{m}(a copy that is handed on by a helper)")]
    [TestCase("lock (new object()) { }", TestName = "{m}(a lock that nobody else sees)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(InHandler(body), With4);

    [TestCase("void M(Camera c) => c.Connected += (_, e) => Thread.Sleep(1);", TestName = "{m}(another event)")]
    [TestCase("void M(Camera c) => c.FrameArrived -= OnFrame; void OnFrame(object? s, Frame e) => Thread.Sleep(1);", TestName = "{m}(a handler that is taken away)")]
    [TestCase("void M() { lock (_gate) { } Thread.Sleep(1); }", TestName = "{m}(a method that no camera calls)")]
    [TestCase("void M(Camera c) => c.FrameArrived += async (_, e) => { await Task.Delay(1); await _turn.WaitAsync(); };", TestName = "{m}(waits that give the thread back)")]
    [TestCase("void M(Editor x) => x.SaveImageRequested += () => { lock (_gate) { } };", TestName = "{m}(a request of the user)")]
    [TestCase("void M(Editor x) => x.ImageReady += () => { lock (_gate) { } };", TestName = "{m}(an image that is no camera's)")]
    [TestCase("void M(Editor x) => x.FrameNavigated += () => { lock (_gate) { } };", TestName = "{m}(a frame of a page)")]
    [TestCase("void M(Editor x) => x.FrameReceived += () => { lock (_gate) { } };", TestName = "{m}(a frame of a protocol)")]
    [TestCase("readonly Ring _ring = new(); void M(Camera c) => c.FrameArrived += (_, e) => _ring.Put(e);", TestName = "{m}(a lock behind a call that all hold for a moment)")]
    [TestCase("void M(Camera c) => c.FrameArrived += (_, e) => Store(e); void Store(Frame f) => Task.Delay(1).Wait();", TestName = "{m}(a task in a helper: HRD2007)")]
    [TestCase("void M(Camera c) => c.FrameArrived += (_, e) => _ = Task.Factory.StartNew(Store); void Store() { lock (_gate) { Thread.Sleep(1); } }", TestName = "{m}(a method that another thread runs)")]
    [TestCase("void M(Camera c) { var frameImage = 0; frameImage += 1; c.FrameArrived += null; Lost.FrameArrived += OnFrame; } static Camera Lost => new(); void OnFrame(object? s, Frame e) { }", TestName = "{m}(additions)")]
    public Task Is_silent_on_code(string member) => Verify.ReportsAsync(
        $"{Usings}partial class C {{\n{Members}\n{member} }}\n"
        + "class Editor { public event Action? SaveImageRequested, ImageReady, FrameNavigated, FrameReceived; void Raise() { SaveImageRequested?.Invoke(); ImageReady?.Invoke(); FrameNavigated?.Invoke(); FrameReceived?.Invoke(); } }\n"
        + "class Ring { readonly object _gate = new(); readonly Frame[] _slots = new Frame[4]; int _next; public void Put(Frame f) { lock (_gate) { _slots[_next++ % 4] = f; } } public Frame Take() { lock (_gate) { return _slots[0]; } } }",
        With4);

    [TestCase("[|lock (_gate)|] { _latest = e; }", "'OnFrame' takes the lock '_gate' on the thread that brings the frames of 'FrameArrived', and every frame that comes meanwhile needs a buffer that is not given back")]
    [TestCase("[|Save|](); void Save() => Write(); void Write() => File.Delete(\"x\");", "'OnFrame' waits in 'Save → Write → File.Delete' on the thread that brings the frames of 'FrameArrived', and every frame that comes meanwhile needs a buffer that is not given back")]
    [TestCase("[|Count|](); void Count() { lock (_gate) { foreach (var f in _list) { _n++; } } }", "'OnFrame' takes the lock '_gate' in 'Count' on the thread that brings the frames of 'FrameArrived', and every frame that comes meanwhile needs a buffer that is not given back")]
    [TestCase("[|_ui.Invoke|](() => { });", "'OnFrame' waits for the user interface in 'Dispatcher.Invoke' on the thread that brings the frames of 'FrameArrived', and every frame that comes meanwhile needs a buffer that is not given back")]
    public Task Message_says_who_waits_where(string body, string message) => Verify.ReportsAsync(InHandler(body), With4, message);

    [TestCase("void OnFrame(object? s, Frame e) { {|HRD4004:lock (_gate)|} { {|HRD1003:Thread.Sleep|}(1); } }", TestName = "{m}(a sleep under the lock)")]
    [TestCase("void OnFrame(object? s, Frame e) { {|HRD4004:Task.Delay(1).Wait|}(); {|HRD4004:Thread.Sleep|}(1); }", TestName = "{m}(a task)")]
    [TestCase("async void OnFrame(object? s, Frame e) { {|HRD4004:Thread.Sleep|}(1); {|HRD4004:Task.Delay(1).Wait|}(); await Task.Yield(); {|HRD2008:Thread.Sleep|}(1); {|HRD2007:Task.Delay(1).Wait|}(); }", TestName = "{m}(an async handler)")]
    [TestCase("async void OnFrame(object? s, Frame e) { {|HRD4004:Nap|}(); await Task.Yield(); {|HRD2008:Nap|}(); } void Nap() => Thread.Sleep(1);", TestName = "{m}(a helper of an async handler)")]
    [TestCase("void OnFrame(object? s, Frame e) => Nap(); void Nap() => {|HRD2007:Task.Delay(1).Wait|}();", TestName = "{m}(a task in a helper)")]
    [TestCase("void OnFrame(object? s, Frame e) => Parallel.For(0, 9, i => { {|HRD1006:lock (_gate)|} { _n++; } });", TestName = "{m}(a lock in a parallel loop)")]
    public Task One_mistake_is_reported_once(string member) => AllRules.ReportsAsync(
        $"{Usings}class C {{ readonly object _gate = new(); int _n; public int N => _n; void M(Camera c) => c.FrameArrived += OnFrame; {member} }}", With4);
}
