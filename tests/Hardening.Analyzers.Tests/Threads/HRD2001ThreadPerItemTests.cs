using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2001ThreadPerItemAnalyzer, Hardening.Analyzers.Threads.HRD2001ThreadPerItemCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2001ThreadPerItemTests
{
    internal static readonly Setup AspNet = new()
    {
        References =
        [
            .. new[]
            {
                typeof(Microsoft.AspNetCore.Mvc.ControllerBase), typeof(Microsoft.AspNetCore.Mvc.RazorPages.PageModel), typeof(Microsoft.AspNetCore.SignalR.Hub),
                typeof(Microsoft.AspNetCore.SignalR.IHubClients), typeof(Microsoft.AspNetCore.Http.HttpContext), typeof(Microsoft.AspNetCore.Builder.WebApplication),
                typeof(Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions), typeof(Microsoft.Extensions.Hosting.IHost), typeof(Microsoft.AspNetCore.Mvc.IActionResult),
            }.Select(type => type.Assembly.Location).Distinct().Select(path => MetadataReference.CreateFromFile(path)),
        ],
    };

    [TestCase("foreach (var item in _items) { [|new Thread|](() => Work(item)).Start(); }", TestName = "{m}(a foreach)")]
    [TestCase("foreach (var item in _items) { [|new Thread|](Run) { IsBackground = true }.UnsafeStart(item); }", TestName = "{m}(an initializer)")]
    [TestCase("_listener.BeginAcceptTcpClient(result => { [|new Thread|](Run).Start(_listener.EndAcceptTcpClient(result)); }, null);", TestName = "{m}(a Begin callback)")]
    [TestCase("_camera.RegisterImageCallback(image => [|new Thread|](Run).Start(image));", TestName = "{m}(a vendor's callback)")]
    [TestCase("foreach (var item in _items) { var t = [|new Thread|](() => Work(item)); t.Start(); }", TestName = "{m}(a local)")]
    [TestCase("foreach (var item in _items) { Thread t = [|new|](() => Work(item)) { IsBackground = true }; t.Start(); }", TestName = "{m}(a target-typed new)")]
    [TestCase("foreach (var item in _items) { Thread? t; t = [|new Thread|](Run); t!.Start(item); }", TestName = "{m}(a nullable local assigned later)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items) { var t = [|new Thread|](Run); all.Add(t); t.Start(item); } foreach (var t in all) { t.Join(); }", TestName = "{m}(threads that are joined)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items) { all.Add([|new Thread|](Run)); } foreach (var t in all) { t.Start(); }", TestName = "{m}(threads that are started later)")]
    [TestCase("for (var i = 0; i < _items.Length; i++) { var n = i; [|new Thread|](() => Work(_items[n])).Start(); }", TestName = "{m}(a for over the items)")]
    [TestCase("var n = _items.Length; var all = new Thread[n]; for (var i = 0; i < n; i++) { all[i] = [|new Thread|](Run); all[i].Start(_items[i]); }", TestName = "{m}(as many as there are items)")]
    [TestCase("var all = new Thread[_items.Length]; for (var i = 0; i < all.Length; i++) { all[i] = [|new Thread|](Run); all[i].Start(_items[i]); }", TestName = "{m}(an array as long as the items)")]
    [TestCase("for (var i = 0; i < 1000; i++) { [|new Thread|](Run).Start(); }", TestName = "{m}(a thousand)")]
    [TestCase("while (true) { var client = _listener.AcceptTcpClient(); [|new Thread|](() => client.Close()).Start(); }", TestName = "{m}(an accept loop)")]
    [TestCase("while (true) { var context = _http.GetContext(); var t = [|new Thread|](() => context.Response.Close()); _threads.Add(t); t.Start(); }", TestName = "{m}(an HttpListener loop that keeps them)")]
    [TestCase("do { [|new Thread|](Run).Start(); } while (_items.Length > 0);", TestName = "{m}(a do loop)")]
    [TestCase("Parallel.ForEach(_items, item => { [|new Thread|](Run).Start(item); });", TestName = "{m}(a parallel loop)")]
    [TestCase("Array.ForEach(_items, item => [|new Thread|](Run).Start(item));", TestName = "{m}(ForEach)")]
    [TestCase("var all = _items.Select(item => [|new Thread|](() => Work(item))).ToList(); all.ForEach(t => t.Start());", TestName = "{m}(Select)")]
    [TestCase("var all = Enumerable.Range(0, _items.Length).Select(_ => [|new Thread|](Run)).ToList(); all.ForEach(t => t.Start());", TestName = "{m}(a range as long as the items)")]
    [TestCase("foreach (var item in _items.Take(1000)) { [|new Thread|](Run).Start(item); }", TestName = "{m}(the first thousand)")]
    [TestCase("var all = _items.Skip(4).Select(item => [|new Thread|](() => Work(item))).ToList(); all.ForEach(t => t.Start());", TestName = "{m}(all but the first four)")]
    [TestCase("foreach (var item in _items) { Task.Run(() => { [|new Thread|](Run).Start(item); }); }", TestName = "{m}(a task in a loop)")]
    [TestCase("_timer = new Timer(_ => [|new Thread|](Run).Start(), null, 0, 10);", TestName = "{m}(a timer lambda)")]
    [TestCase("_timer = new Timer(Tick, null, 0, 10); void Tick(object? state) { [|new Thread|](Run).Start(); }", TestName = "{m}(a timer and a local function)")]
    [TestCase("_ticks.Elapsed += (s, e) => [|new Thread|](Run).Start();", TestName = "{m}(an Elapsed handler)")]
    [TestCase("_camera.FrameReady += (s, frame) => { var t = [|new Thread|](Run); t.Start(frame); };", TestName = "{m}(a frame handler)")]
    [TestCase("_frames.Subscribe(new Observer(() => { })); foreach (var item in _items) Local(); void Local() { foreach (var x in _items) [|new Thread|](Run).Start(x); }", TestName = "{m}(a loop in a local function)")]
    public Task Reports_in(string body) => Verify.ReportsAsync(In(body));

    [TestCase("async Task M() { foreach (var item in _items) { await Task.Delay(1); [|new Thread|](Run).Start(item); } }", TestName = "{m}(async)")]
    [TestCase("async Task M(IAsyncEnumerable<int> items) { await foreach (var item in items) { [|new Thread|](() => Work(item)).Start(); } }", TestName = "{m}(an await foreach)")]
    [TestCase("IEnumerable<int> M() { foreach (var item in _items) { [|new Thread|](Run).Start(); yield return item; } }", TestName = "{m}(an iterator)")]
    [TestCase("void M<T>(IEnumerable<T> items) { foreach (var item in items) { [|new Thread|](() => item?.ToString()).Start(); } }", TestName = "{m}(a generic method)")]
    [TestCase("void M() { using var file = new System.IO.MemoryStream(); foreach (var item in _items) { [|new Thread|](() => file.WriteByte(1)).Start(); } }", TestName = "{m}(within a using)")]
    [TestCase("void Start() => _camera.FrameReady += OnFrame; void OnFrame(object? sender, EventArgs e) => [|new Thread|](Run).Start();", TestName = "{m}(a handler method)")]
    [TestCase("void Start() => _ticks.Elapsed += OnTick; void OnTick(object? sender, System.Timers.ElapsedEventArgs e) { [|new Thread|](Run).Start(); }", TestName = "{m}(a tick method)")]
    [TestCase("void Start() => _timer = new Timer(this.OnTick); void OnTick(object? state) { [|new Thread|](Run).Start(); }", TestName = "{m}(a method of this)")]
    [TestCase("void M() { lock (_threads) foreach (var item in _items) { [|new Thread|](Run).Start(item); } }", TestName = "{m}(under a lock)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("new Thread(Run).Start();", TestName = "{m}(one thread)")]
    [TestCase("for (var i = 0; i < 4; i++) { new Thread(Run).Start(); }", TestName = "{m}(four)")]
    [TestCase("for (var i = 0; i < Environment.ProcessorCount; i++) { new Thread(Run).Start(); }", TestName = "{m}(one per core)")]
    [TestCase("for (var i = 0; i < CompletionThreads; i++) { new Thread(Run).Start(); }", TestName = "{m}(a setting whose name says so)")]
    [TestCase("for (var i = 0; i < Math.Min(Environment.ProcessorCount, _items.Length); i++) { new Thread(Run).Start(); }", TestName = "{m}(a clamped number)")]
    [TestCase("var n = Math.Clamp(_items.Length, 1, 8); for (var i = 0; i < n; i++) { var t = new Thread(Run); t.Start(); }", TestName = "{m}(a local that was clamped)")]
    [TestCase("for (var i = 0; i < _workerCount; i++) { var t = new Thread(Run); _threads.Add(t); t.Start(); }", TestName = "{m}(a setting, kept in a list)")]
    [TestCase("var all = new Thread[_workerCount]; for (var i = 0; i < all.Length; i++) { all[i] = new Thread(Run); all[i].Start(); }", TestName = "{m}(an array of a set size)")]
    [TestCase("while (_threads.Count < _workerCount) { var t = new Thread(Run); _threads.Add(t); t.Start(); }", TestName = "{m}(filled up to a setting)")]
    [TestCase("for (var i = _workerCount; i > 0; i--) { var t = new Thread(Run); _threads.Add(t); t.Start(); }", TestName = "{m}(counted down)")]
    [TestCase("foreach (var i in Enumerable.Range(0, 4)) { new Thread(Run).Start(i); }", TestName = "{m}(a range)")]
    [TestCase("var all = Enumerable.Range(0, 6).Select(_ => new Thread(Run)).ToList(); all.ForEach(t => t.Start()); all.ForEach(t => t.Join());", TestName = "{m}(a range that is mapped)")]
    [TestCase("var all = Enumerable.Range(0, _workerCount).Select(_ => new Thread(Run)).ToArray(); foreach (var t in all) { t.Start(); }", TestName = "{m}(a range as long as a setting)")]
    [TestCase("foreach (var work in new Action[] { () => { }, () => { } }) { new Thread(() => work()).Start(); }", TestName = "{m}(a literal list)")]
    [TestCase("foreach (int work in (ReadOnlySpan<int>)[1, 2]) { new Thread(Run).Start(work); }", TestName = "{m}(a collection expression)")]
    [TestCase("foreach (var item in _items) { var t = new Thread(Run); _threads.Add(t); t.Start(item); }", TestName = "{m}(one per device, owned)")]
    [TestCase("foreach (var item in _items) { var t = new Thread(Run); t.Start(item); t.Join(); }", TestName = "{m}(one after the other)")]
    [TestCase("foreach (var item in _items.Take(4)) { new Thread(Run).Start(item); }", TestName = "{m}(the first four)")]
    [TestCase("const int few = 4; foreach (var item in _items.Where(i => i > 0).Take(few).ToList()) { new Thread(Run).Start(item); }", TestName = "{m}(the first few, in a list)")]
    [TestCase("var all = _items.Take(4).Select(item => new Thread(() => Work(item))).ToList(); all.ForEach(t => t.Start());", TestName = "{m}(the first four, mapped)")]
    [TestCase("var all = _items.Take(_workerCount).Select(item => new Thread(() => Work(item))).ToList(); all.ForEach(t => t.Start());", TestName = "{m}(as many as a setting says)")]
    [TestCase("foreach (var item in _items) { var t = new Thread(Run); t.SetApartmentState(ApartmentState.STA); t.Start(item); }", TestName = "{m}(an apartment)")]
    [TestCase("foreach (var item in _items) { _worker ??= new Thread(Run); } _worker?.Start();", TestName = "{m}(made once)")]
    [TestCase("while (true) { _worker = new Thread(Run); _worker.Start(); _worker.Join(); }", TestName = "{m}(one in a field, replaced)")]
    [TestCase("foreach (var item in _items) { Action later = () => new Thread(Run).Start(); _later += later; }", TestName = "{m}(a lambda that is only defined)")]
    [TestCase("Task.Run(() => new Thread(Run).Start());", TestName = "{m}(a task outside of a loop)")]
    [TestCase("AppDomain.CurrentDomain.ProcessExit += (s, e) => new Thread(Run).Start();", TestName = "{m}(an event that comes once)")]
    [TestCase("var t = new Thread(Run); foreach (var item in _items) { Work(item); } t.Start();", TestName = "{m}(made before the loop)")]
    [TestCase("foreach (var item in _items) { Task.Run(() => Work(item)); }", TestName = "{m}(tasks)")]
    [TestCase("foreach (var item in _items) { new Thread(async () => await Task.Delay(item)).Start(); }", TestName = "{m}(an async delegate, which HRD2010 reports)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    // An editor asks while code is written: what has itself as its value must not send the search round in a circle.
    [TestCase("int n = n; for (var i = 0; i < n; i++) { new Thread(Run).Start(); }", TestName = "{m}(a number that is itself)")]
    [TestCase("int a = b, b = a; for (var i = 0; i < a; i++) { new Thread(Run).Start(); }", TestName = "{m}(two numbers that are one another)")]
    [TestCase("var t = new Thread[t.Length]; for (var i = 0; i < t.Length; i++) { t[i] = new Thread(Run); t[i].Start(); }", TestName = "{m}(an array as long as itself)")]
    [TestCase("for (var i = i; i > 0; i--) { new Thread(Run).Start(); }", TestName = "{m}(a counter that begins with itself)")]
    [TestCase("var all = all.Take(4); foreach (var x in all) { new Thread(Run).Start(); }", TestName = "{m}(a list that is its own beginning)")]
    public async Task Comes_to_an_end_on_code_that_is_not_finished(string body)
    {
        var project = RuleRunner.CreateProject([new MarkedFile("Test.cs", In(body), [])], Setup.Default);
        var compilation = (await project.GetCompilationAsync())!;
        Assert.That(compilation.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), Is.True, "it is finished");
        await RuleRunner.RunAsync([new Analyzers.Threads.HRD2001ThreadPerItemAnalyzer()], compilation);
    }

    [Test]
    public Task Is_silent_on_a_thread_that_is_handed_out() => Verify.ReportsAsync(
        Member("IEnumerable<Thread> M() { foreach (var item in _items) { yield return new Thread(Run); } }"));

    [Test]
    public Task Is_silent_on_a_click() => Verify.ReportsAsync(
        """
        using System.Threading;
        namespace System.Windows.Forms { public class Button { public event System.EventHandler? Click; void Raise() => Click?.Invoke(this, System.EventArgs.Empty); } }
        class Form
        {
            Form(System.Windows.Forms.Button button) => button.Click += OnClick;
            void OnClick(object? sender, System.EventArgs e) => new Thread(() => { }).Start();
        }
        """);

    [TestCase("class Orders : Microsoft.AspNetCore.Mvc.ControllerBase { public void Post() { [|new Thread|](() => { }).Start(); } }", TestName = "{m}(a controller action)")]
    [TestCase("class Orders : Microsoft.AspNetCore.Mvc.ControllerBase { public void Post() { for (int i = 0; i < 4; i++) { [|new Thread|](() => { }).Start(); } } }", TestName = "{m}(workers for each request)")]
    [TestCase("class Page : Microsoft.AspNetCore.Mvc.RazorPages.PageModel { public void OnPost() { [|new Thread|](() => { }).Start(); } }", TestName = "{m}(a page)")]
    [TestCase("class Chat : Microsoft.AspNetCore.SignalR.Hub { public void Say() { [|new Thread|](() => { }).Start(); } }", TestName = "{m}(a hub)")]
    [TestCase("class Log { public System.Threading.Tasks.Task InvokeAsync(Microsoft.AspNetCore.Http.HttpContext context) { [|new Thread|](() => { }).Start(); return System.Threading.Tasks.Task.CompletedTask; } }", TestName = "{m}(a middleware)")]
    [TestCase("static class App { static void Map(Microsoft.AspNetCore.Builder.WebApplication app) { app.MapPost(\"/\", () => [|new Thread|](() => { }).Start()); } }", TestName = "{m}(a minimal API)")]
    [TestCase("static class App { static void Map(Microsoft.AspNetCore.Builder.WebApplication app) { app.MapGet(\"/\", Get); } static void Get() => [|new Thread|](() => { }).Start(); }", TestName = "{m}(a method of a minimal API)")]
    [TestCase("static class App { static void Map(Microsoft.AspNetCore.Builder.WebApplication app) { app.Run(context => { [|new Thread|](() => { }).Start(); return System.Threading.Tasks.Task.CompletedTask; }); } }", TestName = "{m}(a terminal handler)")]
    [TestCase("class Orders : Microsoft.AspNetCore.Mvc.ControllerBase { public Orders() { new Thread(() => { }).Start(); } }", TestName = "{m}(but not a constructor)")]
    public Task Reports_for_each_request_in(string source) => Verify.ReportsAsync($"using System.Threading; using Microsoft.AspNetCore.Builder;\n{source}", AspNet);

    [Test]
    public Task A_grpc_method_is_a_request_handler() => Verify.ReportsAsync(
        """
        namespace Grpc.Core { public class ServerCallContext { } }
        class Greeter { public void SayHello(string name, Grpc.Core.ServerCallContext context) { [|new System.Threading.Thread|](() => { }).Start(); } }
        """);

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        """
        using System.Threading;
        foreach (var arg in args) { [|new Thread|](() => { }).Start(); }
        """,
        message: "'Main' starts a thread for each iteration of a loop, so the load decides how many threads there are");

    [Test]
    public Task Another_part_of_the_type_is_reported() => Verify.ReportsAsync(
        """
        partial class C { int[] _items = new int[9]; }
        // === Other.cs ===
        partial class C { void M() { foreach (var item in _items) { [|new System.Threading.Thread|](() => { }).Start(); } } }
        """);

    [Test]
    public Task Message_says_what_it_is_per() => Verify.ReportsAsync(
        Member("void Watch() => _ticks.Elapsed += (s, e) => [|new Thread|](Run).Start();"),
        message: "'Watch' starts a thread for each timer tick, so the load decides how many threads there are");

    [Test]
    public Task Fix_makes_a_parallel_loop_of_threads_that_are_joined() => Verify.FixesAsync(
        Member("""
            void M()
            {
                Work(0);
                // All at once.
                var threads = new List<Thread>();
                foreach (var item in _items)
                {
                    // One each.
                    var thread = [|new Thread|](() => Work(item));
                    threads.Add(thread);
                    thread.Start();
                }

                foreach (var thread in threads)
                {
                    thread.Join();
                } // Done.
                Work(1);
            }
        """),
        Member("""
            void M()
            {
                Work(0);
                // All at once.
                // One each.
                Parallel.ForEach(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, item => Work(item)); // Done.
                Work(1);
            }
        """));

    [Test]
    public Task Fix_awaits_the_loop_in_an_async_method() => Verify.FixesAsync(
        Member("""
            async Task M()
            {
                await Task.Yield();
                List<Thread> threads = new();
                foreach (var item in _items)
                {
                    var thread = [|new Thread|](() => { Work(item); }) { IsBackground = true };
                    thread.Start();
                    threads.Add(thread);
                }

                threads.ForEach(t => t.Join());
            }
        """),
        Member("""
            async Task M()
            {
                await Task.Yield();
                await Parallel.ForEachAsync(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (item, _) =>
                {
                    Work(item);
                    return ValueTask.CompletedTask;
                });
            }
        """));

    [Test]
    public Task Fix_names_the_token_where_the_body_has_a_discard() => Verify.FixesAsync(
        Member("""
            async Task M()
            {
                await Task.Yield();
                var threads = new List<Thread>();
                // each
                foreach (var item in _items)
                {
                    var thread = [|new Thread|](() => { _ = int.TryParse("1", out _); Work(item); });
                    thread.Start();
                    threads.Add(thread);
                }

                foreach (var thread in threads) thread.Join(); // all
            }
        """),
        Member("""
            async Task M()
            {
                await Task.Yield();
                // each
                await Parallel.ForEachAsync(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (item, cancellation) =>
                {
                    _ = int.TryParse("1", out _); Work(item);
                    return ValueTask.CompletedTask;
                }); // all
            }
        """));

    [Test]
    public Task Fix_returns_at_the_end_of_an_awaited_body() => Verify.FixesAsync(
        Member("""
            async Task M()
            {
                await Task.Yield();
                var threads = new List<Thread>();
                foreach (var item in _items)
                {
                    var thread = [|new Thread|](() =>
                    { // begin
                        Work(item);
                        // end
                    });
                    thread.Start();
                    threads.Add(thread);
                }

                foreach (var thread in threads) thread.Join();
            }
        """),
        Member("""
            async Task M()
            {
                await Task.Yield();
                await Parallel.ForEachAsync(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (item, _) =>
                { // begin
                    Work(item);
                    // end
                    return ValueTask.CompletedTask;
                });
            }
        """));

    [Test]
    public Task Fix_keeps_the_body_of_a_lambda_with_its_comments() => Verify.FixesAsync(
        Member("""
            void M()
            {
                var threads = new List<Thread>();
                foreach (var item in _items)
                {
                    var thread = [|new Thread|](() =>
                    {
                        // Nothing to do.
                        if (item == 0)
                        {
                            return;
                        }

                        Work(item); // now
                    });
                    thread.Start();
                    threads.Add(thread);
                }

                foreach (var thread in threads) thread.Join();
            }
        """),
        Member("""
            void M()
            {
                var threads = new List<Thread>();
            }
        """)
            .Replace("        var threads = new List<Thread>();\n", """
                    Parallel.ForEach(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, item =>
                    {
                        // Nothing to do.
                        if (item == 0)
                        {
                            return;
                        }

                        Work(item); // now
                    });

            """, StringComparison.Ordinal));

    [Test]
    public Task Fix_all_fixes_every_loop() => Verify.FixesAllAsync(
        Member("""
            void M()
            {
                var threads = new List<Thread>();
                foreach (var item in _items)
                {
                    var thread = [|new Thread|](Run);
                    threads.Add(thread);
                    thread.Start(item);
                }

                foreach (var thread in threads) { thread.Join(); }

                var others = new List<Thread>(4);
                foreach (var item in _items)
                {
                    var thread = [|new Thread|](() => Work(item));
                    others.Add(thread);
                    thread.Start();
                }

                foreach (var thread in others) { thread.Join(); }

                foreach (var item in _items) { [|new Thread|](Run).Start(item); }
            }
        """),
        Member("""
            void M()
            {
                Parallel.ForEach(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, item => Run(item));

                Parallel.ForEach(_items, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, item => Work(item));

                foreach (var item in _items) { [|new Thread|](Run).Start(item); }
            }
        """));

    [TestCase("foreach (var item in _items) { var t = [|new Thread|](() => Work(item)); t.Start(); }", TestName = "{m}(nobody joins)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items) { var t = [|new Thread|](() => Work(item)); all.Add(t); t.Start(); } Work(0); foreach (var t in all) { t.Join(); }", TestName = "{m}(work goes on meanwhile)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items) { var t = [|new Thread|](() => Work(item)); all.Add(t); t.Start(); } foreach (var t in all) { t.Join(100); }", TestName = "{m}(the join has a limit)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items) { var t = [|new Thread|](() => Work(item)); all.Add(t); t.Start(); } foreach (var t in all) { t.Join(); } all.Clear();", TestName = "{m}(the threads are used again)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items) { Work(item); var t = [|new Thread|](() => Work(item)); all.Add(t); t.Start(); } foreach (var t in all) { t.Join(); }", TestName = "{m}(the loop does more)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items) { var t = [|new Thread|](() => Work(item)); if (item > 0) all.Add(t); t.Start(); } foreach (var t in all) { t.Join(); }", TestName = "{m}(some are not joined)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items.Where(i => i > 0)) { var t = [|new Thread|](() => Work(item)); all.Add(t); t.Start(); } foreach (var t in all) { t.Join(); }", TestName = "{m}(a lazy sequence)")]
    [TestCase("var all = new List<Thread>(); foreach (long item in _items) { var t = [|new Thread|](() => Work((int)item)); all.Add(t); t.Start(); } foreach (var t in all) { t.Join(); }", TestName = "{m}(elements that are converted)")]
    [TestCase("var b = new Barrier(9); var all = new List<Thread>(); foreach (var item in _items) { var t = [|new Thread|](() => { b.SignalAndWait(); }); all.Add(t); t.Start(); } foreach (var t in all) { t.Join(); }", TestName = "{m}(threads that wait for one another)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items) { var t = [|new Thread|](() => Work(item)) { Name = \"w\" }; all.Add(t); t.Start(); } foreach (var t in all) { t.Join(); }", TestName = "{m}(threads with a name)")]
    [TestCase("var all = new List<Thread>(); foreach (var item in _items) { var t = [|new Thread|](() => Work(item), 1 << 20); all.Add(t); t.Start(); } foreach (var t in all) { t.Join(); }", TestName = "{m}(threads with a stack of their own)")]
    public Task Fix_is_not_offered_where(string body) => Verify.OffersNoFixAsync(In(body));

    private static string In(string body) => Member($"void M() {{ {body} }}");

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Net;
        using System.Net.Sockets;
        using System.Threading;
        using System.Threading.Tasks;

        class C
        {
            readonly int[] _items = new int[9];
            readonly List<Thread> _threads = new();
            readonly TcpListener _listener = new(IPAddress.Any, 0);
            readonly HttpListener _http = new();
            readonly System.Timers.Timer _ticks = new();
            readonly Camera _camera = new();
            readonly Frames _frames = new();
            Timer? _timer; Thread? _worker; Action? _later; int _workerCount = 4; int CompletionThreads => _workerCount;
            void Work(int item) { }
            void Run(object? state) { }

        {{member}}
        }

        class Camera { public void RegisterImageCallback(Action<object> callback) { } public event EventHandler? FrameReady; void Raise() => FrameReady?.Invoke(this, EventArgs.Empty); }
        class Frames { public void Subscribe(Observer observer) { } }
        class Observer { public Observer(Action next) { } }
        """;
}
