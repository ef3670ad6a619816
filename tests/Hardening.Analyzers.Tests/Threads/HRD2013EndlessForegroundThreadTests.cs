using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2013EndlessForegroundThreadAnalyzer, Hardening.Analyzers.Threads.HRD2013EndlessForegroundThreadCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2013EndlessForegroundThreadTests
{
    private const string Usings =
        """
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Linq;
        using System.Net.Sockets;
        using System.Threading;
        using System.Threading.Tasks;

        """;

    private static string InClass(string members) => Usings + "class C { void Work() { } " + members + " }";

    [TestCase("void M() { [|new Thread|](() => { while (true) { Work(); } }).Start(); }", TestName = "{m}(a lambda)")]
    [TestCase("void M() { var t = [|new Thread|](() => { for (;;) { Work(); } }); t.Start(); }", TestName = "{m}(a local)")]
    [TestCase("void M() { [|new Thread|](Run).Start(); } void Run() { do { Work(); } while (true); }", TestName = "{m}(a method)")]
    [TestCase("void M() { [|new Thread|](Run) { Name = \"x\" }.Start(); } void Run(object? o) { while (true) { Work(); } }", TestName = "{m}(a name and a parameter)")]
    [TestCase("void M() { [|new Thread|](new ThreadStart(Run)).Start(); } void Run() { while (true) Work(); }", TestName = "{m}(ThreadStart)")]
    [TestCase("void M() { [|new Thread|](() => Run(1)).Start(); } void Run(int n) { Work(); while (true) { Work(); } }", TestName = "{m}(a lambda that calls the method)")]
    [TestCase("void M() { [|new Thread|](delegate() { while (true) Work(); }, 1 << 20).Start(); }", TestName = "{m}(an anonymous method and a stack size)")]
    [TestCase("Thread? _t; void M() { _t = [|new Thread|](Run); _t.Start(); } void Run() { while (true) { try { Work(); } catch (Exception e) { Console.WriteLine(e); } } }", TestName = "{m}(a field, and a catch in the loop)")]
    [TestCase("void M() { [|new Thread|](Run).Start(); void Run() { while (true) { foreach (var x in new[] { 1 }) { if (x > 0) break; } Work(); } } }", TestName = "{m}(a local function, and a break of another loop)")]
    [TestCase("void M(TcpListener l) { [|new Thread|](() => { while (true) { Use(l.AcceptTcpClient()); } }).Start(); } static void Use(TcpClient c) => c.Dispose();", TestName = "{m}(a server)")]
    [TestCase("readonly BlockingCollection<int> _q = new(1); void M() { [|new Thread|](() => { while (true) { Console.WriteLine(_q.Take()); } }).Start(); }", TestName = "{m}(a consumer)")]
    [TestCase("async Task M() { [|new Thread|](() => { while (true) { Work(); } }).Start(); await Task.Yield(); }", TestName = "{m}(an async method)")]
    [TestCase("IEnumerable<int> M() { [|new Thread|](() => { while (true) { Work(); } }).Start(); yield return 1; }", TestName = "{m}(an iterator)")]
    [TestCase("readonly List<Thread> _all = []; void M() { for (var i = 0; i < 4; i++) { var t = [|new Thread|](Run); _all.Add(t); t.Start(); } } void Run() { while (true) Work(); }", TestName = "{m}(a fixed set of workers)")]
    public Task Reports(string members) => Verify.ReportsAsync(InClass(members));

    [TestCase("var t = [|new Thread|](() => { while (true) { Console.WriteLine(); } });\nt.Start();\nConsole.ReadLine();", TestName = "{m}(top-level statements)")]
    [TestCase("class C { static void Main() { [|new Thread|](Run).Start(); Console.ReadKey(); } static void Run() { while (true) { Console.WriteLine(); } } }", TestName = "{m}(Main waits for a key)")]
    [TestCase("partial class C<T>(T x) { private readonly Thread _t; } partial class C<T> { void M() { Thread t = [|new|](() => { while (true) { Console.WriteLine(x); } }); t.Start(); } }", TestName = "{m}(a partial, generic type with a primary constructor)")]
    [TestCase("class C { void M(Other o) { [|new Thread|](o.Run).Start(); } }\n// === Other.cs ===\nclass Other { public void Run() { while (true) { System.Console.WriteLine(); } } }", TestName = "{m}(a method of another document)")]
    public Task Reports_in_every_place(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("void M() { new Thread(() => { while (true) { Work(); } }) { IsBackground = true }.Start(); }", TestName = "{m}(a background thread)")]
    [TestCase("void M() { var t = new Thread(() => { while (true) { Work(); } }); t.IsBackground = true; t.Start(); }", TestName = "{m}(a background thread, said later)")]
    [TestCase("void M() { var t = new Thread(() => { while (true) { Work(); } }) { IsBackground = false }; t.Start(); }", TestName = "{m}(a decision)")]
    [TestCase("Thread? _t; void M() { _t = new Thread(Run); Begin(); } void Begin() { _t!.IsBackground = true; _t.Start(); } void Run() { while (true) Work(); }", TestName = "{m}(a background thread, said in another method)")]
    [TestCase("volatile bool _stop; void M() { new Thread(() => { while (!_stop) { Work(); } }).Start(); }", TestName = "{m}(a flag)")]
    [TestCase("bool _stop; void M() { new Thread(() => { while (true) { if (_stop) break; Work(); } }).Start(); }", TestName = "{m}(a break)")]
    [TestCase("bool _stop; void M() { new Thread(Run).Start(); } void Run() { for (;;) { if (_stop) { return; } Work(); } }", TestName = "{m}(a return)")]
    [TestCase("void M(CancellationToken t) { new Thread(() => { while (true) { t.ThrowIfCancellationRequested(); Work(); } }).Start(); }", TestName = "{m}(a token)")]
    [TestCase("readonly BlockingCollection<int> _q = new(1); void M(CancellationToken t) { new Thread(() => { while (true) { _q.Take(t); } }).Start(); }", TestName = "{m}(a take with a token)")]
    [TestCase("void M(TcpListener l) { new Thread(() => { try { while (true) { l.AcceptTcpClient().Dispose(); } } catch (ObjectDisposedException) { } }).Start(); }", TestName = "{m}(ends when the listener is closed)")]
    [TestCase("readonly BlockingCollection<int> _q = new(1); void M() { new Thread(() => { foreach (var x in _q.GetConsumingEnumerable()) { Work(); } }).Start(); }", TestName = "{m}(a consumer that ends with its queue)")]
    [TestCase("void M() { var t = new Thread(() => { while (true) { Work(); } }); t.Start(); t.Interrupt(); }", TestName = "{m}(interrupted)")]
    [TestCase("void M() { new Thread(() => { Work(); }).Start(); }", TestName = "{m}(an end)")]
    [TestCase("void M() { new Thread(() => { for (var i = 0; i < 9; i++) { Work(); } }).Start(); }", TestName = "{m}(a loop with an end)")]
    [TestCase("void M() { new Thread(() => { Work(); Environment.Exit(0); while (true) { Work(); Environment.Exit(1); } }).Start(); }", TestName = "{m}(ends the process)")]
    [TestCase("void M() { new Thread(async () => { while (true) { await Task.Delay(5); } }).Start(); }", TestName = "{m}(an async delegate)")]
    [TestCase("void M(int[] items) { foreach (var item in items) { new Thread(() => { while (true) { Work(); } }).Start(); } }", TestName = "{m}(a thread per item)")]
    [TestCase("Thread M() => new Thread(() => { while (true) { Work(); } });", TestName = "{m}(returned)")]
    [TestCase("void M() { Begin(new Thread(() => { while (true) { Work(); } })); } void Begin(Thread t) { t.IsBackground = true; t.Start(); }", TestName = "{m}(given to a method)")]
    [TestCase("void M(ThreadStart run) { new Thread(run).Start(); }", TestName = "{m}(a delegate from elsewhere)")]
    [TestCase("static void Main() { new Thread(Run).Start(); } static void Run() { while (true) { Console.WriteLine(); } }", TestName = "{m}(Main has nothing else to do)")]
    [TestCase("static void Main() { var t = new Thread(Run); t.Start(); t.Join(); } static void Run() { while (true) { Console.WriteLine(); } }", TestName = "{m}(Main waits for it)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(InClass(members));

    [Test]
    public Task Is_silent_on_another_Thread() => Verify.ReportsAsync("class Thread(System.Action a) { public void Start() => a(); } class C { void M() { new Thread(() => { while (true) { } }).Start(); } }");

    [Test]
    public Task Message_says_who() => Verify.ReportsAsync(
        InClass("void Listen() { [|new Thread|](() => { while (true) { Work(); } }).Start(); }"), message: "'Listen' makes a thread that nothing can stop, and the process cannot end before it");

    [Test]
    public Task Fix_makes_a_background_thread() => Verify.FixesAsync(
        Usings +
        """
        class C
        {
            void M()
            {
                // listens
                var t = [|new Thread|](Run); // for ever
                t.Start();
            }

            void Run()
            {
                while (true)
                {
                    Console.WriteLine();
                }
            }
        }
        """,
        Usings +
        """
        class C
        {
            void M()
            {
                // listens
                var t = new Thread(Run) { IsBackground = true }; // for ever
                t.Start();
            }

            void Run()
            {
                while (true)
                {
                    Console.WriteLine();
                }
            }
        }
        """, title: "Make it a background thread, which ends with the process");

    [Test]
    public Task Fix_asks_the_token_that_is_there() => Verify.FixesAsync(
        Usings +
        """
        class C
        {
            void M(CancellationToken stopping)
            {
                // listens
                [|new Thread|](() =>
                {
                    // for ever
                    while (true) // and ever
                    {
                        Console.WriteLine();
                    }
                })
                { Name = "listener" }.Start(); // now
            }
        }
        """,
        Usings +
        """
        class C
        {
            void M(CancellationToken stopping)
            {
                // listens
                new Thread(() =>
                {
                    // for ever
                    while (!stopping.IsCancellationRequested) // and ever
                    {
                        Console.WriteLine();
                    }
                })
                { IsBackground = true, Name = "listener" }.Start(); // now
            }
        }
        """, title: "Make it a background thread that ends when 'stopping' is cancelled");

    [Test]
    public Task Fix_asks_the_source_of_the_class() => Verify.FixesAsync(
        InClass("readonly CancellationTokenSource _stop = new(); /* a */ void M() { /* b */ [|new Thread|](Run).Start(); /* c */ } void Run() { for (;;) { Work(); } }"),
        InClass("readonly CancellationTokenSource _stop = new(); /* a */ void M() { /* b */ new Thread(Run) { IsBackground = true }.Start(); /* c */ } void Run() { for (; !_stop.IsCancellationRequested;) { Work(); } }"),
        title: "Make it a background thread that ends when '_stop' is cancelled");

    [Test]
    public Task Fix_All_makes_all_background_threads() => Verify.FixesAllAsync(
        InClass("void M() { [|new Thread|](Run).Start(); Thread t = [|new|](Run); t.Start(); } void Run() { while (true) { Work(); } }"),
        InClass("void M() { new Thread(Run) { IsBackground = true }.Start(); Thread t = new(Run) { IsBackground = true }; t.Start(); } void Run() { while (true) { Work(); } }"));

    [TestCase("void M(CancellationToken a, CancellationToken b) { [|new Thread|](() => { while (true) { Work(); } }).Start(); }", "a", TestName = "{m}(two tokens are a choice)")]
    [TestCase("readonly CancellationTokenSource _stop = new(); void M() { [|new Thread|](Run).Start(); } static void Run() { while (true) { Console.WriteLine(); } }", "_stop", TestName = "{m}(static code does not see the object's)")]
    [TestCase("CancellationTokenSource? _stop; void M() { [|new Thread|](() => { while (true) { Work(); } }).Start(); }", "_stop", TestName = "{m}(the source may be missing)")]
    public Task Fix_offers_no_token_where(string members, string token) => Verify.OffersNoFixAsync(InClass(members), title: $"Make it a background thread that ends when '{token}' is cancelled");
}
