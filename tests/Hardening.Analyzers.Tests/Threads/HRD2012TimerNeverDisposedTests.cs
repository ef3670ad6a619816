using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2012TimerNeverDisposedAnalyzer, Hardening.Analyzers.Threads.HRD2012TimerNeverDisposedCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2012TimerNeverDisposedTests
{
    private const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;

        """;

    [TestCase("class C { void M() { [|new Timer|](_ => { }, null, 0, 1000); } }", TestName = "{m}(dropped)")]
    [TestCase("class C { void M() { _ = [|new Timer|](_ => { }, null, 0, 1000); } }", TestName = "{m}(discarded)")]
    [TestCase("class C { void M() { var t = [|new Timer|](_ => { }, null, 0, 1000); } }", TestName = "{m}(a local)")]
    [TestCase("class C { void M() { Timer t = [|new|](_ => { }, null, TimeSpan.Zero, TimeSpan.FromSeconds(1)); t.Change(0, 500); } }", TestName = "{m}(target-typed new)")]
    [TestCase("class C { void M() { var t = [|new Timer|](_ => { }, null, 1000, Timeout.Infinite); } }", TestName = "{m}(one tick that may never come)")]
    [TestCase("class C { void M() { var t = [|new System.Timers.Timer|](1000); t.Elapsed += (_, _) => { }; t.Start(); } }", TestName = "{m}(a component)")]
    [TestCase("class C { async Task M() { var t = [|new Timer|](_ => { }, null, 0, 1000); await Task.Delay(5); } }", TestName = "{m}(an async method)")]
    [TestCase("class C { IEnumerable<int> M() { var t = [|new Timer|](_ => { }, null, 0, 1000); yield return 1; } }", TestName = "{m}(an iterator)")]
    [TestCase("class C { Action M() => () => { [|new Timer|](_ => { }, null, 0, 1000); }; }", TestName = "{m}(a lambda)")]
    [TestCase("class C { void M() { void Start() { var t = [|new Timer|](_ => { }, null, 0, 1000); } Start(); } }", TestName = "{m}(a local function)")]
    [TestCase("class C { void M(TimeProvider time) { var t = [|time.CreateTimer|](_ => { }, null, TimeSpan.Zero, TimeSpan.FromSeconds(1)); } }", TestName = "{m}(of a TimeProvider)")]
    [TestCase("var t = [|new Timer|](_ => { }, null, 0, 1000);\nConsole.ReadLine();", TestName = "{m}(top-level statements)")]
    [TestCase("class C { private readonly Timer _t; public C() { _t = [|new Timer|](_ => { }, null, 0, 1000); } }", TestName = "{m}(a field that nobody disposes)")]
    [TestCase("class C { private readonly Timer _t = [|new|](static _ => { }, null, 0, 1000); }", TestName = "{m}(a field initializer)")]
    [TestCase("class C { Timer? _t; void Start() { _t ??= [|new Timer|](_ => { }, null, 0, 1000); } }", TestName = "{m}(a field on first use)")]
    [TestCase("class C { Timer? _t; void Start() { var t = [|new Timer|](_ => { }, null, 0, 1000); _t = t; } }", TestName = "{m}(a field through a local)")]
    [TestCase("class C { private System.Timers.Timer? _t; void Start() { _t = [|new System.Timers.Timer|](100); _t.Elapsed += Tick; _t.Start(); } void Tick(object? s, EventArgs e) { } }", TestName = "{m}(a component in a field)")]
    [TestCase("partial class C { private Timer? _t; } partial class C { void Start() => _t = [|new Timer|](_ => { }, null, 0, 1000); }", TestName = "{m}(a partial type)")]
    [TestCase("class C<T>(TimeSpan period) { private readonly Timer _t = [|new Timer|](_ => Console.WriteLine(typeof(T)), null, period, period); }", TestName = "{m}(a generic type with a primary constructor)")]
    [TestCase("class C : IDisposable { private readonly Timer _t = [|new|](static _ => { }, null, 0, 1000); private readonly Timer _u = new(static _ => { }, null, 0, 1000); public void Dispose() => _u.Dispose(); }", TestName = "{m}(only the other timer is disposed)")]
    [TestCase("class C { private readonly ITimer _t; C(TimeProvider time) { _t = [|time.CreateTimer|](_ => { }, null, TimeSpan.Zero, TimeSpan.FromSeconds(1)); if (_t is not null && _t != null) { } } }", TestName = "{m}(an ITimer)")]
    public Task Reports(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("class C { void M() { using var t = new Timer(_ => { }, null, 0, 1000); Thread.Sleep(5); } }", TestName = "{m}(using)")]
    [TestCase("class C { async Task M() { await using var t = new Timer(_ => { }, null, 0, 1000); await Task.Delay(5); } }", TestName = "{m}(await using)")]
    [TestCase("class C { void M() { Timer? t = null; t = new Timer(_ => t!.Dispose(), null, 1000, -1); } }", TestName = "{m}(a timer that disposes itself)")]
    [TestCase("class C { void M() { var t = new Timer(_ => { }, null, 0, 1000); Console.ReadLine(); GC.KeepAlive(t); } }", TestName = "{m}(kept alive to the end)")]
    [TestCase("class C { void M() { var t = new System.Timers.Timer(1000) { AutoReset = false }; t.Elapsed += (_, _) => { }; t.Start(); } }", TestName = "{m}(a component that ticks once)")]
    [TestCase("class C { void M() { var t = new System.Timers.Timer(1000); t.Elapsed += (_, _) => t.Stop(); t.Start(); } }", TestName = "{m}(a component that stops itself)")]
    [TestCase("class C { static void Main() { var t = new System.Timers.Timer(1000); t.Elapsed += (_, _) => { }; t.Start(); Console.ReadLine(); } }", TestName = "{m}(a component that lives as long as the program)")]
    [TestCase("class C { void M() { var t = new Timer(_ => { }); t.Change(1000, Timeout.Infinite); } }", TestName = "{m}(its own state, one tick)")]
    [TestCase("class C { Timer M() => new Timer(_ => { }, null, 0, 1000); }", TestName = "{m}(returned)")]
    [TestCase("class C { readonly List<Timer> _all = []; void M() { _all.Add(new Timer(_ => { }, null, 0, 1000)); } }", TestName = "{m}(a collection)")]
    [TestCase("class C { static readonly Timer s_t = new(_ => { }, null, 0, 1000); }", TestName = "{m}(a static field)")]
    [TestCase("public class C { public Timer? T; void M() { T = new(_ => { }, null, 0, 1000); } }", TestName = "{m}(a public field)")]
    [TestCase("class C : IDisposable { private readonly Timer _t = new(static _ => { }, null, 0, 1000); public void Dispose() => _t.Dispose(); }", TestName = "{m}(disposed by its owner)")]
    [TestCase("class C : IAsyncDisposable { private readonly Timer? _t = new(static _ => { }, null, 0, 1000); public async ValueTask DisposeAsync() { if (_t is not null) { await _t.DisposeAsync(); } } }", TestName = "{m}(disposed asynchronously)")]
    [TestCase("partial class C { private Timer? _t; void Start() => _t = new(_ => { }, null, 0, 1000); }\n// === Other.cs ===\nusing System;\npartial class C : IDisposable { public void Dispose() { _t?.Dispose(); } }", TestName = "{m}(disposed in another part)")]
    [TestCase("class C { private Timer? _t; void Start() => _t = new(_ => { }, null, 0, 1000); Task StopAsync() { _t?.Change(Timeout.Infinite, 0); return Task.CompletedTask; } }", TestName = "{m}(stopped by a hosted service)")]
    [TestCase("class C { private System.Timers.Timer? _t; void Start() { _t = new(100); _t.Start(); } void Stop() => _t!.Enabled = false; }", TestName = "{m}(a component that is stopped)")]
    [TestCase("class C { private Timer? _t; void Start() => _t = new(_ => { }, null, 0, 1000); void Stop() => Interlocked.Exchange(ref _t, null)?.Dispose(); }", TestName = "{m}(exchanged)")]
    [TestCase("class C { private Timer? _t; void Start() => _t = new(_ => { }, null, 0, 1000); void Stop() { var t = _t; t?.Dispose(); } }", TestName = "{m}(disposed through a local)")]
    [TestCase("class C { private Timer? _t; void Start() => _t = new(_ => { }, null, 0, 1000); void Stop() { if (_t is { } t) { t.Dispose(); } } }", TestName = "{m}(disposed through a pattern)")]
    [TestCase("class C { private readonly Timer _t; readonly List<IDisposable> _all = []; C() { _all.Add(_t = new Timer(_ => { }, null, 0, 1000)); } }", TestName = "{m}(given to an owner)")]
    [TestCase("class C { private readonly Timer _idle; C() { _idle = new(_ => { }, null, Timeout.Infinite, Timeout.Infinite); } void Touch() => _idle.Change(500, Timeout.Infinite); }", TestName = "{m}(a debounce that ticks once)")]
    [TestCase("class C { private Timer? _t; C(Timer t) { _t = t; } }", TestName = "{m}(somebody else's)")]
    [TestCase("sealed class C { public static C Instance { get; } = new(); private readonly Timer _t = new(static _ => { }, null, 0, 1000); private C() { } }", TestName = "{m}(a singleton)")]
    [TestCase("class Application { } class App : Application { private readonly Timer _t = new(static _ => { }, null, 0, 1000); }", TestName = "{m}(an application)")]
    [TestCase("class C { private Timer? _t; void Start() => _t = new(_ => { }, null, 0, 1000); class Scope(C c) : IDisposable { public void Dispose() => c._t?.Dispose(); } }", TestName = "{m}(disposed by a nested type)")]
    [TestCase("class Timer { public Timer(Action a) { } } class C { void M() { new Timer(() => { }); } }", TestName = "{m}(another Timer)")]
    [TestCase("class C { async Task M(CancellationToken t) { var timer = new PeriodicTimer(TimeSpan.FromSeconds(1)); while (await timer.WaitForNextTickAsync(t)) { } } }", TestName = "{m}(a PeriodicTimer)")]
    public Task Is_silent_on(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("class C { void Watch() { [|new Timer|](_ => { }, null, 0, 1000); } }", "'Watch' never disposes its timer: nothing keeps it, so it may be collected and stop ticking at any time")]
    [TestCase("class C { void Watch() { var t = [|new System.Timers.Timer|](1000); t.Start(); } }", "'Watch' never disposes 't': it ticks on, and nothing can stop it")]
    [TestCase("class Sensor { private readonly Timer _poll = [|new|](static _ => { }, null, 0, 1000); }", "'Sensor' never disposes '_poll': it ticks on when nobody needs the object any more, and keeps it alive")]
    public Task Message_says_who_and_what(string source, string message) => Verify.ReportsAsync(Usings + source, message: message);

    [Test]
    public Task Fix_implements_IDisposable() => Verify.FixesAsync(
        Usings +
        """
        // polls
        class C // one per sensor
        {
            private readonly Timer _timer;

            public C()
            {
                // starts
                _timer = [|new Timer|](_ => Poll(), null, 0, 1000); // each second
            }

            private static void Poll() { } // nothing yet
        }
        """,
        Usings +
        """
        // polls
        class C : IDisposable // one per sensor
        {
            private readonly Timer _timer;

            public C()
            {
                // starts
                _timer = new Timer(_ => Poll(), null, 0, 1000); // each second
            }

            private static void Poll() { } // nothing yet

            public void Dispose() => _timer.Dispose();
        }
        """, title: "Implement IDisposable and dispose '_timer'");

    [Test]
    public Task Fix_All_adds_to_the_Dispose_that_is_there() => Verify.FixesAllAsync(
        Usings +
        """
        class C : IDisposable
        {
            private Timer? _a; // first
            private Timer? _b; // second

            public void Start()
            {
                _a = [|new Timer|](_ => { }, null, 0, 1000);
                _b = [|new Timer|](_ => { }, null, 0, 1000);
            }

            // ends
            public void Dispose()
            {
                // says so
                Console.WriteLine("bye"); // once
            }
        }
        """,
        Usings +
        """
        class C : IDisposable
        {
            private Timer? _a; // first
            private Timer? _b; // second

            public void Start()
            {
                _a = new Timer(_ => { }, null, 0, 1000);
                _b = new Timer(_ => { }, null, 0, 1000);
            }

            // ends
            public void Dispose()
            {
                _b?.Dispose();
                _a?.Dispose();
                // says so
                Console.WriteLine("bye"); // once
            }
        }
        """);

    [Test]
    public Task Fix_disposes_where_the_class_disposes_its_managed_parts() => Verify.FixesAsync(
        Usings +
        """
        class C : IDisposable
        {
            private readonly Timer _timer = [|new Timer|](_ => { }, null, 0, 1000);
            public void Dispose() { Dispose(true); }
            protected virtual void Dispose(bool disposing)
            {
                if (disposing)
                {
                    // managed
                    Console.WriteLine("bye");
                }
            }
        }
        """,
        Usings +
        """
        class C : IDisposable
        {
            private readonly Timer _timer = new Timer(_ => { }, null, 0, 1000);
            public void Dispose() { Dispose(true); }
            protected virtual void Dispose(bool disposing)
            {
                if (disposing)
                {
                    _timer.Dispose();
                    // managed
                    Console.WriteLine("bye");
                }
            }
        }
        """);

    [Test]
    public Task Fix_overrides_the_Dispose_of_the_base() => Verify.FixesAsync(
        Usings +
        """
        class Service : IDisposable { public virtual void Dispose() { } }
        class C : Service
        {
            private Timer? _timer;
            public void Start() => _timer = [|new Timer|](_ => { }, null, 0, 1000);
        }
        """,
        Usings +
        """
        class Service : IDisposable { public virtual void Dispose() { } }
        class C : Service
        {
            private Timer? _timer;
            public void Start() => _timer = new Timer(_ => { }, null, 0, 1000);

            public override void Dispose()
            {
                _timer?.Dispose();
                base.Dispose();
            }
        }
        """);

    [Test]
    public Task Fix_keeps_the_timer_of_a_constructor_in_a_field() => Verify.FixesAsync(
        Usings +
        """
        class C : object
        {
            private int _ticks;

            public C()
            {
                // ticks
                var timer = [|new System.Timers.Timer|](1000); // each second
                timer.Elapsed += (_, _) => _ticks++;
                timer.Start(); // now
            }
        }
        """,
        Usings +
        """
        class C : object, IDisposable
        {
            private int _ticks;
            private readonly System.Timers.Timer _timer;

            public C()
            {
                // ticks
                _timer = new System.Timers.Timer(1000); // each second
                _timer.Elapsed += (_, _) => _ticks++;
                _timer.Start(); // now
            }

            public void Dispose() => _timer.Dispose();
        }
        """, title: "Keep the timer in a field and dispose it");

    [Test]
    public Task Fix_keeps_a_dropped_timer_in_a_field() => Verify.FixesAsync(
        Usings +
        """
        class C
        {
            public C()
            {
                // ticks
                [|new Timer|](_ => { }, null, 0, 1000); // each second
            }
        }
        """,
        Usings +
        """
        class C : IDisposable
        {
            private readonly Timer _timer;

            public C()
            {
                // ticks
                _timer = new Timer(_ => { }, null, 0, 1000); // each second
            }

            public void Dispose() => _timer.Dispose();
        }
        """);

    [Test]
    public Task Fix_uses_the_timer_while_the_block_waits() => Verify.FixesAsync(
        Usings +
        """
        // ticks
        var t = [|new Timer|](_ => Console.WriteLine("tick"), null, 0, 1000); // each second
        Console.ReadLine();
        """,
        Usings +
        """
        // ticks
        using var t = new Timer(_ => Console.WriteLine("tick"), null, 0, 1000); // each second
        Console.ReadLine();
        """, title: "Dispose the timer at the end of the block");

    [TestCase("class C { void M() { [|new Timer|](_ => { }, null, 0, 1000); } }", TestName = "{m}(a method may run several times)")]
    [TestCase("struct C { private readonly Timer _t; public C() { _t = [|new Timer|](_ => { }, null, 0, 1000); } }", TestName = "{m}(a struct)")]
    [TestCase("partial class C { private Timer? _t; void Start() => _t = [|new Timer|](_ => { }, null, 0, 1000); } partial class C { }", TestName = "{m}(the other part may be another document)")]
    [TestCase("class C : IDisposable { private readonly Timer _t = [|new Timer|](_ => { }, null, 0, 1000); public void Dispose() { Dispose(true); } void Dispose(bool all) { Console.WriteLine(all); } }", TestName = "{m}(a Dispose of another shape)")]
    public Task Fix_is_not_offered_where(string source) => Verify.OffersNoFixAsync(Usings + source);
}
