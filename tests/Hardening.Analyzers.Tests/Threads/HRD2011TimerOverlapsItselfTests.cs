using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2011TimerOverlapsItselfAnalyzer, Hardening.Analyzers.Threads.HRD2011TimerOverlapsItselfCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2011TimerOverlapsItselfTests
{
    private const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;

        """;

    // A class that owns its timer, so that only its callback is in question.
    private static string Owner(string members) => Usings + "class C : IDisposable { private Timer? _t; public void Dispose() => _t?.Dispose(); " + members + " }";

    private static string Component(string members) => Usings + "class C : IDisposable { private System.Timers.Timer _t = null!; public void Dispose() => _t.Dispose(); " + members + " }";

    [TestCase("void Start() => _t = [|new Timer|](Tick, null, 0, 1000); void Tick(object? s) { File.WriteAllText(\"x\", \"y\"); }", TestName = "{m}(a method that writes a file)")]
    [TestCase("void Start() => _t = [|new|](_ => File.WriteAllText(\"x\", \"y\"), null, 0, 1000);", TestName = "{m}(a lambda)")]
    [TestCase("void Start() { _t = [|new Timer|](_ => { Thread.Sleep(5000); }, null, 0, 1000); }", TestName = "{m}(a sleep longer than the period)")]
    [TestCase("void Start(int period) { _t = [|new Timer|](_ => { Thread.Sleep(50); }, null, 0, period); }", TestName = "{m}(a period that is not known)")]
    [TestCase("void Start() { _t = [|new Timer|](_ => Save(), null, TimeSpan.Zero, TimeSpan.FromSeconds(5)); } static void Save() => File.Copy(\"a\", \"b\");", TestName = "{m}(through a call)")]
    [TestCase("void Start() { _t = [|new Timer|](_ => Poll(), null, 0, 1000); } async Task Poll() { await Task.Delay(5000); }", TestName = "{m}(async work that nobody waits for)")]
    [TestCase("void Start() { _t = [|new Timer|](_ => { _ = PollAsync(); }, null, 0, 1000); } async Task PollAsync() { await Task.Delay(5000); }", TestName = "{m}(async work that is discarded)")]
    [TestCase("void Start() { _t = [|new Timer|](_ => Poll().Wait(), null, 0, 1000); } async Task Poll() { await Task.Delay(5000); }", TestName = "{m}(a task that is waited for)")]
    [TestCase("void Start() { _t = [|new Timer|](Tick); _t.Change(0, 1000); } void Tick(object? s) { File.Delete(\"x\"); }", TestName = "{m}(the period is set later)")]
    [TestCase("int _ticks; void Start() { _t = [|new Timer|](_ => { Interlocked.Increment(ref _ticks); File.Delete(\"x\"); }, null, 0, 1000); }", TestName = "{m}(a tick that is only counted)")]
    [TestCase("void Start() { void Tick(object? s) { File.Delete(\"x\"); } _t = [|new Timer|](Tick, null, 0, 1000); }", TestName = "{m}(a local function)")]
    [TestCase("bool _stopped; void Start() { _t = [|new Timer|](_ => { if (_stopped) return; File.Delete(\"x\"); }, null, 0, 1000); }", TestName = "{m}(a flag that another method sets)")]
    [TestCase("void Start(Other o) { _t = [|new Timer|](_ => o.Save(), null, 0, 1000); }\n}\n// === Other.cs ===\nclass Other { public void Save() { System.IO.File.Delete(\"x\"); }", TestName = "{m}(through another document)")]
    [TestCase("void Start() { new Thread(() => _t = [|new Timer|](delegate { Directory.Delete(\"x\"); }, null, 0, 100)).Start(); }", TestName = "{m}(an anonymous method)")]
    [TestCase("void Start() => _t = [|new Timer|](async _ => { try { await File.ReadAllTextAsync(\"x\"); } catch (Exception) { } }, null, 0, 1000);", TestName = "{m}(an async lambda that catches all)")]
    [TestCase("void Start() => _t = [|new Timer|](Tick, null, 0, 1000); async void Tick(object? s) { try { await Task.Delay(5000).ConfigureAwait(false); } catch { } }", TestName = "{m}(an async void method that catches all)")]
    [TestCase("void Start() => _t = [|new Timer|](async _ => { try { await PollAsync(); } catch { } }, null, 0, 1000); async Task PollAsync() { await Task.Yield(); await Task.Delay(5000); }", TestName = "{m}(an async lambda and what it awaits)")]
    [TestCase("void Start() => _t = [|new Timer|](async _ => { try { await Task.Yield(); File.Delete(\"x\"); } catch { } }, null, 0, 1000);", TestName = "{m}(an async lambda that blocks)")]
    public Task Reports(string members) => Verify.ReportsAsync(Owner(members));

    [TestCase("class C { static readonly Timer s_t = [|new|](Tick, null, 0, 1000); static void Tick(object? s) => File.Delete(\"x\"); }", TestName = "{m}(a static field)")]
    [TestCase("class C { Timer M() => [|new Timer|](_ => File.Delete(\"x\"), null, 0, 1000); }", TestName = "{m}(a timer that is returned)")]
    [TestCase("class C { async Task M() { using var t = [|new Timer|](_ => File.Delete(\"x\"), null, 0, 1000); await Task.Delay(5); } }", TestName = "{m}(a timer that is used)")]
    [TestCase("class C { async IAsyncEnumerable<int> M() { await using var t = [|new Timer|](_ => File.Delete(\"x\"), null, 0, 1000); await Task.Delay(5); yield return 1; } }", TestName = "{m}(an async iterator)")]
    [TestCase("class C { void M(TimeProvider time) { using var t = [|time.CreateTimer|](_ => File.Delete(\"x\"), null, TimeSpan.Zero, TimeSpan.FromSeconds(1)); } }", TestName = "{m}(of a TimeProvider)")]
    [TestCase("using var t = [|new Timer|](_ => File.Delete(\"x\"), null, 0, 1000);\nConsole.ReadLine();", TestName = "{m}(top-level statements)")]
    [TestCase("partial class C<T> : IDisposable { private Timer? _t; public void Dispose() => _t?.Dispose(); } partial class C<T> { void Start() => _t = [|new Timer|](_ => File.Delete(typeof(T).Name), null, 0, 1000); }", TestName = "{m}(a partial, generic type)")]
    [TestCase("class C(string path) : IDisposable { private Timer? _t; public void Dispose() => _t?.Dispose(); void Start() => _t = [|new Timer|](_ => File.Delete(path), null, 0, 1000); }", TestName = "{m}(a primary constructor)")]
    [TestCase("class C { void M() { using var t = [|new System.Timers.Timer|](1000); t.Elapsed += (_, _) => File.Delete(\"x\"); t.Start(); Console.ReadLine(); } }", TestName = "{m}(a component in a local)")]
    public Task Reports_in_every_place(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("void Start() { _t = [|new System.Timers.Timer|](1000); _t.Elapsed += Tick; _t.Start(); } void Tick(object? s, EventArgs e) { File.Delete(\"x\"); }", TestName = "{m}(a component)")]
    [TestCase("void Start() { _t = [|new System.Timers.Timer|] { Interval = 1000, AutoReset = true }; _t.Elapsed += (_, _) => File.Delete(\"x\"); }", TestName = "{m}(settings in an initializer)")]
    public Task Reports_components(string members) => Verify.ReportsAsync(Component(members));

    [TestCase("int _n; void Start() => _t = new Timer(_ => _n++, null, 0, 1000);", TestName = "{m}(a counter)")]
    [TestCase("void Start() => _t = new Timer(_ => Console.WriteLine(\"tick\"), null, 0, 1000);", TestName = "{m}(a line of text)")]
    [TestCase("int _busy; void Start() => _t = new Timer(Tick, null, 0, 1000); void Tick(object? s) { if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) return; try { File.Delete(\"x\"); } finally { _busy = 0; } }", TestName = "{m}(CompareExchange)")]
    [TestCase("void Start() => _t = new Timer(async _ => { try { await Task.Delay(10); await Task.Yield(); await Task.CompletedTask; } catch { } }, null, 0, 1000);", TestName = "{m}(an async lambda that ends in time)")]
    [TestCase("void Start() => _t = new Timer(async _ => { try { await PollAsync(); } catch { } }, null, 0, 1000); async Task PollAsync() { await Task.Delay(10); }", TestName = "{m}(an async lambda that awaits what ends in time)")]
    [TestCase("int _busy; void Start() => _t = new Timer(async _ => { if (Interlocked.Exchange(ref _busy, 1) == 1) { return; } try { await File.ReadAllTextAsync(\"x\"); } catch (Exception) { } finally { _busy = 0; } }, null, 0, 1000);", TestName = "{m}(an async lambda with a guard)")]
    [TestCase("readonly SemaphoreSlim _one = new(1); void Start() => _t = new Timer(Tick, null, 0, 1000); async void Tick(object? s) { try { if (!await _one.WaitAsync(0)) { return; } await Task.Delay(5000); _one.Release(); } catch { } }", TestName = "{m}(an async void method with a semaphore)")]
    [TestCase("readonly object _gate = new(); void Start() => _t = new Timer(Tick, null, 0, 1000); void Tick(object? s) { if (!Monitor.TryEnter(_gate)) return; try { File.Delete(\"x\"); } finally { Monitor.Exit(_gate); } }", TestName = "{m}(Monitor.TryEnter)")]
    [TestCase("readonly Lock _gate = new(); void Start() => _t = new Timer(Tick, null, 0, 1000); void Tick(object? s) { if (_gate.TryEnter()) { try { File.Delete(\"x\"); } finally { _gate.Exit(); } } }", TestName = "{m}(Lock.TryEnter)")]
    [TestCase("readonly SemaphoreSlim _gate = new(1); void Start() => _t = new Timer(Tick, null, 0, 1000); void Tick(object? s) { if (!_gate.Wait(0)) return; try { File.Delete(\"x\"); } finally { _gate.Release(); } }", TestName = "{m}(a semaphore)")]
    [TestCase("bool _busy; void Start() => _t = new Timer(Tick, null, 0, 1000); void Tick(object? s) { if (_busy) return; _busy = true; File.Delete(\"x\"); _busy = false; }", TestName = "{m}(a flag)")]
    [TestCase("bool _busy; void Start() => _t = new Timer(_ => Tick(), null, 0, 1000); void Tick() { if (!_busy) { _busy = true; File.Delete(\"x\"); _busy = false; } }", TestName = "{m}(a flag in a called method)")]
    [TestCase("bool _busy; void Start() => _t = new Timer(_ => Poll(), null, 0, 1000); async Task Poll() { if (_busy) return; _busy = true; await Task.Delay(5000); _busy = false; }", TestName = "{m}(a flag in an async method)")]
    [TestCase("void Start() => _t = new Timer(Tick, null, 0, 1000); void Tick(object? s) { _t!.Change(Timeout.Infinite, Timeout.Infinite); File.Delete(\"x\"); _t.Change(1000, 1000); }", TestName = "{m}(stopped while it runs)")]
    [TestCase("void Start() => _t = new Timer(Tick, null, 1000, Timeout.Infinite); void Tick(object? s) { File.Delete(\"x\"); _t!.Change(1000, Timeout.Infinite); }", TestName = "{m}(one tick after the other)")]
    [TestCase("void Start() => _t = new Timer(_ => File.Delete(\"x\"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);", TestName = "{m}(one tick)")]
    [TestCase("void Start(TimeSpan due) => _t = new Timer(_ => File.Delete(\"x\"), null, due, TimeSpan.Zero);", TestName = "{m}(a period of no time)")]
    [TestCase("void Start() => _t = new Timer(_ => File.Delete(\"x\"), null, TimeSpan.Zero, TimeSpan.FromHours(1));", TestName = "{m}(once in an hour)")]
    [TestCase("void Start() => _t = new Timer(_ => Thread.Sleep(10), null, 0, 1000);", TestName = "{m}(a sleep shorter than the period)")]
    [TestCase("void Start() => _t = new Timer(async _ => { await File.ReadAllTextAsync(\"x\"); }, null, 0, 1000);", TestName = "{m}(an async lambda, which is async void)")]
    [TestCase("void Start() => _t = new Timer(Tick, null, 0, 1000); async void Tick(object? s) { await Task.Delay(5000); }", TestName = "{m}(an async void method)")]
    [TestCase("readonly object _gate = new(); void Start() => _t = new Timer(Tick, null, 0, 1000); void Tick(object? s) { lock (_gate) { File.Delete(\"x\"); } }", TestName = "{m}(under a lock, where that is reported)")]
    [TestCase("void Start(TimerCallback tick) => _t = new Timer(tick, null, 0, 1000);", TestName = "{m}(a callback from elsewhere)")]
    [TestCase("void Start(Other o) { _t = new Timer(_ => o.Save(), null, 0, 1000); }\n}\n// === Other.cs ===\nclass Other { int _busy; public void Save() { if (System.Threading.Interlocked.Exchange(ref _busy, 1) == 0) { System.IO.File.Delete(\"x\"); _busy = 0; } }", TestName = "{m}(a guard in another document)")]
    [TestCase("async Task M(CancellationToken stop) { using var t = new PeriodicTimer(TimeSpan.FromSeconds(1)); while (await t.WaitForNextTickAsync(stop)) { File.Delete(\"x\"); } }", TestName = "{m}(a PeriodicTimer)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(Owner(members));

    [TestCase("void Start() { _t = new(1000) { AutoReset = false }; _t.Elapsed += (_, _) => { File.Delete(\"x\"); _t.Start(); }; }", TestName = "{m}(AutoReset off)")]
    [TestCase("void Start() { _t = new(1000); _t.AutoReset = false; _t.Elapsed += (_, _) => File.Delete(\"x\"); }", TestName = "{m}(AutoReset off later)")]
    [TestCase("void Start(System.ComponentModel.ISynchronizeInvoke form) { _t = new(1000) { SynchronizingObject = form }; _t.Elapsed += (_, _) => File.Delete(\"x\"); }", TestName = "{m}(on the thread of a form)")]
    [TestCase("void Start() { _t = new(1000); _t.Elapsed += Tick; } void Tick(object? s, EventArgs e) { _t.Stop(); File.Delete(\"x\"); _t.Start(); }", TestName = "{m}(stopped while it runs)")]
    [TestCase("void Start() { _t = new(1000); _t.Elapsed += Tick; } void Tick(object? s, EventArgs e) { ((System.Timers.Timer)s!).Enabled = false; File.Delete(\"x\"); }", TestName = "{m}(stopped through its sender)")]
    [TestCase("void Start() { _t = new(1000); _t.Elapsed += (_, _) => GC.KeepAlive(this); }", TestName = "{m}(nothing that takes long)")]
    public Task Is_silent_on_components(string members) => Verify.ReportsAsync(Component(members));

    [TestCase("class C { void M() { new Timer(_ => File.Delete(\"x\"), null, 0, 1000); } }", TestName = "{m}(dropped)")]
    [TestCase("class C { Timer? _t; void M() { _t = new Timer(_ => File.Delete(\"x\"), null, 0, 1000); } }", TestName = "{m}(in a field)")]
    public Task Is_silent_on_a_timer_that_nobody_disposes(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("void Start() => _t = [|new Timer|](Poll, null, 0, 1000); void Poll(object? s) { File.Delete(\"x\"); }", "'Poll' can run several times at once: the timer does not wait until 'File.Delete' is over")]
    [TestCase("void Start() => _t = [|new Timer|](_ => Save(), null, 0, 1000); void Save() { File.Delete(\"x\"); }", "The timer's callback in 'Start' can run several times at once: the timer does not wait until 'Save → File.Delete' is over")]
    public Task Message_says_who_and_what(string members, string message) => Verify.ReportsAsync(Owner(members), message: message);

    [Test]
    public Task Fix_guards_the_method() => Verify.FixesAsync(
        Usings +
        """
        sealed class C : IDisposable
        {
            private readonly Timer _timer; // ticks

            public C()
            {
                // each second
                _timer = [|new Timer|](Poll, null, 0, 1000);
            }

            public void Dispose() => _timer.Dispose();

            // writes
            private void Poll(object? state)
            {
                // long
                File.WriteAllText("x", "y"); // slow disk

                File.Delete("z");
                // done
            } // end
        }
        """,
        Usings +
        """
        sealed class C : IDisposable
        {
            private readonly Timer _timer; // ticks
            private int _pollIsRunning;

            public C()
            {
                // each second
                _timer = new Timer(Poll, null, 0, 1000);
            }

            public void Dispose() => _timer.Dispose();

            // writes
            private void Poll(object? state)
            {
                if (Interlocked.Exchange(ref _pollIsRunning, 1) == 1)
                {
                    return;
                }

                try
                {
                    // long
                    File.WriteAllText("x", "y"); // slow disk

                    File.Delete("z");
                    // done
                }
                finally
                {
                    Volatile.Write(ref _pollIsRunning, 0);
                }
            } // end
        }
        """);

    [Test]
    public Task Fix_guards_an_async_callback() => Verify.FixesAsync(
        Usings +
        """
        sealed class C : IDisposable
        {
            private readonly Timer _timer;

            public C()
            {
                _timer = [|new Timer|](Poll, null, 0, 1000);
            }

            public void Dispose() => _timer.Dispose();

            // reads
            private async void Poll(object? state)
            {
                try
                {
                    await File.ReadAllTextAsync("x"); // slow disk
                }
                catch
                {
                }
            } // end
        }
        """,
        Usings +
        """
        sealed class C : IDisposable
        {
            private readonly Timer _timer;
            private int _pollIsRunning;

            public C()
            {
                _timer = new Timer(Poll, null, 0, 1000);
            }

            public void Dispose() => _timer.Dispose();

            // reads
            private async void Poll(object? state)
            {
                if (Interlocked.Exchange(ref _pollIsRunning, 1) == 1)
                {
                    return;
                }

                try
                {
                    try
                    {
                        await File.ReadAllTextAsync("x"); // slow disk
                    }
                    catch
                    {
                    }
                }
                finally
                {
                    Volatile.Write(ref _pollIsRunning, 0);
                }
            } // end
        }
        """);

    [Test]
    public Task Fix_All_guards_lambdas_and_handlers() => Verify.FixesAllAsync(
        Usings +
        """
        sealed class C : IDisposable
        {
            private readonly Timer _timer;
            private readonly System.Timers.Timer _other;

            public C()
            {
                // first
                _timer = [|new Timer|](_ => File.Delete("x"), null, 0, 1000); // one
                _other = [|new System.Timers.Timer|](1000); // two
                _other.Elapsed += OnElapsed;
            }

            public void Dispose()
            {
                _timer.Dispose();
                _other.Dispose();
            }

            private static void OnElapsed(object? sender, EventArgs e) => File.Delete("y"); // three
        }
        """,
        Usings +
        """
        sealed class C : IDisposable
        {
            private readonly Timer _timer;
            private readonly System.Timers.Timer _other;
            private int _tickIsRunning;
            private static int _onElapsedIsRunning;

            public C()
            {
                // first
                _timer = new Timer(_ =>
                {
                    if (Interlocked.Exchange(ref _tickIsRunning, 1) == 1)
                    {
                        return;
                    }

                    try
                    {
                        File.Delete("x");
                    }
                    finally
                    {
                        Volatile.Write(ref _tickIsRunning, 0);
                    }
                }, null, 0, 1000); // one
                _other = new System.Timers.Timer(1000); // two
                _other.Elapsed += OnElapsed;
            }

            public void Dispose()
            {
                _timer.Dispose();
                _other.Dispose();
            }

            private static void OnElapsed(object? sender, EventArgs e)
            {
                if (Interlocked.Exchange(ref _onElapsedIsRunning, 1) == 1)
                {
                    return;
                }

                try
                {
                    File.Delete("y");
                }
                finally
                {
                    Volatile.Write(ref _onElapsedIsRunning, 0);
                }
            } // three
        }
        """);

    [TestCase("void Start() => _t = [|new Timer|](Poll, null, 0, 1000); void Poll(object? s) { File.Delete(\"x\"); } void Now() => Poll(null);", TestName = "{m}(others call it, too)")]
    [TestCase("void Start() => _t = [|new Timer|](Poll, null, 0, 1000); public void Poll(object? s) { File.Delete(\"x\"); }", TestName = "{m}(others may call it)")]
    [TestCase("void Start() { void Tick(object? s) { File.Delete(\"x\"); } _t = [|new Timer|](Tick, null, 0, 1000); }", TestName = "{m}(a local function)")]
    [TestCase("void Start() => _t = [|new Timer|](static _ => File.Delete(\"x\"), null, 0, 1000);", TestName = "{m}(a static lambda of an object)")]
    public Task Fix_is_not_offered_where(string members) => Verify.OffersNoFixAsync(Owner(members));
}
