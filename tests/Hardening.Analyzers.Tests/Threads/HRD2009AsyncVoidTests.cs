using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2009AsyncVoidAnalyzer, Hardening.Analyzers.Threads.HRD2009AsyncVoidCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2009AsyncVoidTests
{
    [TestCase("async void [|M|]() { await SaveAsync(); }", TestName = "{m}(a method)")]
    [TestCase("public async void [|M|]() => await SaveAsync();", TestName = "{m}(an expression body)")]
    [TestCase("static async void [|M|]<T>(T item) { await Task.Delay(1); }", TestName = "{m}(a generic method)")]
    [TestCase("async void [|M|]() { try { await SaveAsync(); } catch (Exception) { } }", TestName = "{m}(a method that callers cannot wait for)")]
    [TestCase("async void [|Forget|](Task task) { try { await task; } catch (IOException x) { Log(x); } }", TestName = "{m}(who takes a task and sees some exceptions)")]
    [TestCase("void M() { async void [|Local|]() { await SaveAsync(); } Local(); }", TestName = "{m}(a local function)")]
    [TestCase("int P { get { async void [|Local|]() => await SaveAsync(); Local(); return 1; } }", TestName = "{m}(a local function of a property)")]
    [TestCase("void M() { Action a = [|async|] () => await SaveAsync(); a(); }", TestName = "{m}(an Action)")]
    [TestCase("void M() { Action<int> a = [|async|] n => { await Task.Delay(n); }; a(1); }", TestName = "{m}(an Action of one)")]
    [TestCase("void M() { Action a = [|async|] delegate { await SaveAsync(); }; a(); }", TestName = "{m}(an anonymous method)")]
    [TestCase("void M(List<int> all) { all.ForEach([|async|] n => await Task.Delay(n)); }", TestName = "{m}(ForEach)")]
    [TestCase("void M(List<int> all) { Parallel.ForEach(all, [|async|] n => await Task.Delay(n)); }", TestName = "{m}(a parallel loop)")]
    [TestCase("object M() => new Timer([|async|] _ => await SaveAsync(), null, 0, 10);", TestName = "{m}(a timer)")]
    [TestCase("object M() => new Timer(Tick, null, 0, 10); async void [|Tick|](object? state) { await SaveAsync(); }", TestName = "{m}(a timer's method)")]
    [TestCase("void M(System.Timers.Timer t) { t.Elapsed += [|async|] (s, e) => await SaveAsync(); }", TestName = "{m}(a tick of the pool)")]
    [TestCase("void M(System.Timers.Timer t) { t.Elapsed += Tick; } async void [|Tick|](object? s, System.Timers.ElapsedEventArgs e) { await SaveAsync(); }", TestName = "{m}(a tick's method)")]
    [TestCase("void M() => ThreadPool.QueueUserWorkItem([|async|] _ => await SaveAsync());", TestName = "{m}(a work item)")]
    [TestCase("void M() => _renamed += [|async|] () => await SaveAsync();", TestName = "{m}(an event that is an Action)")]
    [TestCase("readonly Action _refresh = [|async|] () => await SaveAsync();", TestName = "{m}(a field)")]
    [TestCase("object M() => new Timer([|async|] _ => { try { await SaveAsync(); } catch (IOException) { } }, null, 0, 10);", TestName = "{m}(a handler of some exceptions)")]
    [TestCase("object M() => new Timer([|async|] _ => { try { await SaveAsync(); } catch (Exception e) when (e is IOException) { } }, null, 0, 10);", TestName = "{m}(a filter)")]
    [TestCase("object M() => new Timer([|async|] _ => { try { await SaveAsync(); } catch { throw; } }, null, 0, 10);", TestName = "{m}(an exception that is thrown again)")]
    [TestCase("object M() => new Timer([|async|] _ => { await SaveAsync(); try { await SaveAsync(); } catch { } }, null, 0, 10);", TestName = "{m}(an await before the try)")]
    public Task Reports(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("async Task M() { await SaveAsync(); }", TestName = "{m}(a task)")]
    [TestCase("void M() { SaveAsync(); }", TestName = "{m}(void alone)")]
    [TestCase("async void OnClick(object? sender, EventArgs e) { await SaveAsync(); }", TestName = "{m}(an event handler)")]
    [TestCase("async void OnMoved(Button sender, MovedEventArgs e) => await SaveAsync();", TestName = "{m}(a handler with a typed sender)")]
    [TestCase("void M() => _clicked += async (s, e) => await SaveAsync();", TestName = "{m}(a lambda on an event)")]
    [TestCase("void M() => _clicked += async delegate (object? s, EventArgs e) { await SaveAsync(); };", TestName = "{m}(an anonymous method on an event)")]
    [TestCase("void M() { async void Local(object? s, EventArgs e) => await SaveAsync(); _clicked += Local; }", TestName = "{m}(a local function on an event)")]
    [TestCase("void M(System.Timers.Timer t) { t.Elapsed += async (s, e) => { try { await SaveAsync(); } catch (Exception x) { Log(x); } }; }", TestName = "{m}(a tick that catches all)")]
    [TestCase("object M() => new Timer(async _ => { try { await SaveAsync(); } catch (OperationCanceledException) { } catch (Exception x) { Log(x); } finally { Log(null); } }, null, 0, 10);", TestName = "{m}(a timer that catches all)")]
    [TestCase("object M() => new Timer(Tick, null, 0, 10); async void Tick(object? state) { if (state is null) { return; } try { await SaveAsync(); } catch (Exception x) { await LogAsync(x); } }", TestName = "{m}(a timer's method that catches all)")]
    [TestCase("void M() => _renamed += async () => { try { await SaveAsync(); } catch { } };", TestName = "{m}(an event that is an Action, and all is caught)")]
    [TestCase("static async void Forget(Task task) { try { await task; } catch (Exception x) { Log(x); } }", TestName = "{m}(who takes a task to see its exception)")]
    [TestCase("async void Swallow(Task task) { try { await task; } catch { } } void M() { async void Local(Task task) { try { await task; } catch (Exception x) { Log(x); } } Local(SaveAsync()); Swallow(SaveAsync()); }", TestName = "{m}(the same, not static)")]
    [TestCase("delegate void ColorEventHandler(int color); event ColorEventHandler? Colored; void M() { Colored += async c => await SaveAsync(); Colored += OnColored; } async void OnColored(int color) => await SaveAsync();", TestName = "{m}(an event with a delegate of its own)")]
    [TestCase("void M() => Task.Run(async () => await SaveAsync());", TestName = "{m}(a lambda that gives a task)")]
    [TestCase("void M() => new Thread(async () => await SaveAsync()).Start();", TestName = "{m}(a thread, which HRD2010 reports)")]
    [TestCase("sealed class Command : System.Windows.Input.ICommand { public event EventHandler? CanExecuteChanged; public bool CanExecute(object? p) => CanExecuteChanged is null; public async void Execute(object? p) => await SaveAsync(); }", TestName = "{m}(an interface of others)")]
    [TestCase("sealed class Stream2 : MemoryStream { public override async void Flush() => await SaveAsync(); }", TestName = "{m}(a base type of others)")]
    public Task Is_silent_on(string member) => Verify.ReportsAsync(Member(member));

    [Test]
    public Task An_override_within_the_program_is_reported() => Verify.ReportsAsync(
        """
        using System.Threading.Tasks;
        abstract class Page { public abstract void Open(); }
        interface IPage { void Close(); }
        partial class Start : Page, IPage { public override async void [|Open|]() => await Task.Yield(); public async void [|Close|]() => await Task.Yield(); }
        partial class Start { private partial void Reset(); }
        partial class Start { private async partial void [|Reset|]() { await Task.Yield(); } }
        """);

    [Test]
    public Task A_handover_in_another_part_of_the_type_counts() => Verify.ReportsAsync(
        """
        using System.Threading.Tasks;
        partial class C { async void Tick(object? state) { try { await Task.Yield(); } catch { } } async void OnColored(int color) { await Task.Yield(); } async void [|Other|](object? state) { try { await Task.Yield(); } catch { } } }
        // === Other.cs ===
        delegate void ColorEventHandler(int color);
        partial class C { event ColorEventHandler? Colored; object M() { Other(null); Colored += OnColored; Colored?.Invoke(1); return new System.Threading.Timer(Tick, null, 0, 10); } }
        """);

    [Test]
    public Task Top_level_functions_are_reported() => Verify.ReportsAsync(
        """
        using System.Threading.Tasks;
        Run();
        async void [|Run|]() { await Task.Delay(1); }
        """,
        message: "'Run' is async void: nobody can wait for it, and an exception in it ends the process");

    [Test]
    public Task Message_names_the_delegate() => Verify.ReportsAsync(
        Member("object M() => new Timer([|async|] _ => await SaveAsync(), null, 0, 10);"),
        message: "The TimerCallback that is made in 'M' is async void: nobody can wait for it, and an exception in it ends the process");

    [Test]
    public Task Fix_returns_a_task_and_waits_in_the_callers() => Verify.FixesAsync(
        Member("""
            public async Task RunAsync()
            {
                // first
                Refresh(); // last
                await SaveAsync();
            }
            void Refresh() => Load(1);
            // loads
            private async void [|Load|](int n) // now
            {
                await Task.Delay(n);
            }
            """),
        Member("""
            public async Task RunAsync()
            {
                // first
                await Refresh(); // last
                await SaveAsync();
            }
            async Task Refresh() => await Load(1);
            // loads
            private async Task Load(int n) // now
            {
                await Task.Delay(n);
            }
            """),
        title: "Return Task, and wait for 'Load' where it is called (makes 'Refresh' async)");

    [Test]
    public Task Fix_changes_the_local_function_and_not_the_method_around_it() => Verify.FixesAllAsync(
        Member("""
            void M()
            {
                Func<Task> all = async () => { Local(); await SaveAsync(); };
                // inner
                async void [|Local|]() { await SaveAsync(); } // one line
            }
            """),
        Member("""
            void M()
            {
                Func<Task> all = async () => { await Local(); await SaveAsync(); };
                // inner
                async Task Local() { await SaveAsync(); } // one line
            }
            """));

    [Test]
    public Task Fix_returns_a_task_from_a_test() => Verify.FixesAsync(
        """
        using System;
        using System.Threading.Tasks;
        sealed class TestAttribute : Attribute { }
        class Tests
        {
            // it saves
            [Test] public async void [|Saves|]() { await Task.Delay(1); } // soon
        }
        """,
        """
        using System;
        using System.Threading.Tasks;
        sealed class TestAttribute : Attribute { }
        class Tests
        {
            // it saves
            [Test] public async Task Saves() { await Task.Delay(1); } // soon
        }
        """,
        title: "Return Task");

    [TestCase("public async void [|M|]() { await SaveAsync(); }", TestName = "{m}(a public method)")]
    [TestCase("private async void [|M|]() { await SaveAsync(); }", TestName = "{m}(a method that nobody in sight calls)")]
    [TestCase("void M() { async void [|Local|]() { await SaveAsync(); } Local(); }", TestName = "{m}(a caller that nobody in sight calls)")]
    [TestCase("public void M() { N(); } private async void [|N|]() { await SaveAsync(); }", TestName = "{m}(a public caller that does not wait)")]
    [TestCase("public async Task M() { N(); Action a = N; await SaveAsync(); } private async void [|N|]() { await SaveAsync(); }", TestName = "{m}(a delegate)")]
    [TestCase("public async Task M() { lock (this) { N(); } await SaveAsync(); } private async void [|N|]() { await SaveAsync(); }", TestName = "{m}(a call under a lock)")]
    [TestCase("public async Task M() { Action a = [|async|] () => await SaveAsync(); a(); await SaveAsync(); }", TestName = "{m}(a lambda, whose type others chose)")]
    public Task Fix_is_not_offered_for(string member) => Verify.OffersNoFixAsync(Member(member));

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;
        class Button { }
        class MovedEventArgs { }
        partial class C
        {
            private event EventHandler? _clicked;
            private event Action? _renamed;
            void Raise() { _clicked?.Invoke(this, EventArgs.Empty); _renamed?.Invoke(); }
            static Task SaveAsync() => Task.Delay(1);
            static Task LogAsync(Exception? e) => Task.Delay(1);
            static void Log(Exception? e) { }
        {{member}}
        }
        """;
}
