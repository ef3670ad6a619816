using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Threads.HRD2010ThreadLeftAtFirstAwaitAnalyzer, Hardening.Analyzers.Threads.HRD2010ThreadLeftAtFirstAwaitCodeFix>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2010ThreadLeftAtFirstAwaitTests
{
    [TestCase("[|Task.Factory.StartNew|](async () => { await PumpAsync(); }, TaskCreationOptions.LongRunning);", TestName = "{m}(StartNew)")]
    [TestCase("[|Task.Factory.StartNew|](async () => await PumpAsync(), _token, TaskCreationOptions.LongRunning, TaskScheduler.Default);", TestName = "{m}(with a token and a scheduler)")]
    [TestCase("[|Task.Factory.StartNew|](async () => await PumpAsync(), TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach).Unwrap();", TestName = "{m}(Unwrap)")]
    [TestCase("[|Task.Factory.StartNew|](async s => await PumpAsync(), null, TaskCreationOptions.LongRunning);", TestName = "{m}(with a state)")]
    [TestCase("[|Task<Task>.Factory.StartNew|](async () => await PumpAsync(), TaskCreationOptions.LongRunning);", TestName = "{m}(a factory of tasks)")]
    [TestCase("[|Task.Factory.StartNew|](PumpAsync, TaskCreationOptions.LongRunning);", TestName = "{m}(a method)")]
    [TestCase("[|Task.Factory.StartNew|](() => PumpAsync(), TaskCreationOptions.LongRunning);", TestName = "{m}(a lambda that calls it)")]
    [TestCase("[|Task.Factory.StartNew|](() => Task.Delay(1), TaskCreationOptions.LongRunning);", TestName = "{m}(a method of .NET)")]
    [TestCase("[|Task.Factory.StartNew|](async delegate { await foreach (var n in AllAsync()) { } }, TaskCreationOptions.LongRunning);", TestName = "{m}(an await foreach)")]
    [TestCase("[|new Thread|](async () => await PumpAsync()).Start();", TestName = "{m}(a thread)")]
    [TestCase("var t = [|new Thread|](async () => { while (!_token.IsCancellationRequested) { await Task.Delay(9); } }) { IsBackground = true, Name = \"pump\" }; t.Start();", TestName = "{m}(a thread in a local)")]
    [TestCase("Thread t = [|new|](async state => { using var s = new MemoryStream(); await s.FlushAsync(); }); t.Start(1);", TestName = "{m}(a target-typed thread with a state)")]
    [TestCase("[|new Thread|](RunAsync).Start();", TestName = "{m}(an async void method)")]
    [TestCase("[|new Thread|](() => RunAsync()).Start();", TestName = "{m}(a lambda that calls it, void)")]
    [TestCase("async void Local() { await PumpAsync(); } [|new Thread|](new ThreadStart(Local)).Start();", TestName = "{m}(a local function)")]
    [TestCase("var t = [|new Task|](async () => await PumpAsync(), TaskCreationOptions.LongRunning); t.Start();", TestName = "{m}(a cold task)")]
    [TestCase("foreach (var n in new[] { 1, 2 }) { [|new Thread|](async () => await Task.Delay(n)).Start(); }", TestName = "{m}(in a loop)")]
    public Task Reports_in(string body) => Verify.ReportsAsync(In(body));

    [TestCase("Task.Factory.StartNew(() => Pump(), TaskCreationOptions.LongRunning);", TestName = "{m}(synchronous work)")]
    [TestCase("Task.Factory.StartNew(Pump, TaskCreationOptions.LongRunning);", TestName = "{m}(a synchronous method)")]
    [TestCase("Task.Factory.StartNew(async () => await PumpAsync()).Unwrap();", TestName = "{m}(StartNew without the flag)")]
    [TestCase("Task.Factory.StartNew(async () => await PumpAsync(), TaskCreationOptions.DenyChildAttach).Unwrap();", TestName = "{m}(another flag)")]
    [TestCase("Task.Run(async () => await PumpAsync());", TestName = "{m}(Task.Run)")]
    [TestCase("new Thread(Pump).Start(); new Thread(() => Pump()).Start();", TestName = "{m}(a thread for synchronous work)")]
    [TestCase("new Thread(() => PumpAsync().Wait()).Start();", TestName = "{m}(a thread that waits)")]
    [TestCase("new Thread(() => { var t = PumpAsync(); t.Wait(); }).Start();", TestName = "{m}(a thread that keeps the task)")]
    [TestCase("Task.Factory.StartNew(async () => { Pump(); }, TaskCreationOptions.LongRunning);", TestName = "{m}(async that never awaits)")]
    [TestCase("Task.Factory.StartNew(() => { Pump(); return Task.CompletedTask; }, TaskCreationOptions.LongRunning);", TestName = "{m}(work before a task that has ended)")]
    [TestCase("Task.Factory.StartNew(PumpThenTask, TaskCreationOptions.LongRunning);", TestName = "{m}(a method that does its work first)")]
    [TestCase("Task.Factory.StartNew(() => { Func<Task> later = async () => await PumpAsync(); Pump(); }, TaskCreationOptions.LongRunning);", TestName = "{m}(an async lambda within the work)")]
    [TestCase("_ = new Timer(async _ => await PumpAsync(), null, 0, 10);", TestName = "{m}(a timer)")]
    [TestCase("var options = _token.CanBeCanceled ? TaskCreationOptions.LongRunning : 0; Task.Factory.StartNew(async () => await PumpAsync(), options);", TestName = "{m}(options that are chosen)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In(body));

    [Test]
    public Task Message_says_who_makes_the_thread() => Verify.ReportsAsync(
        In("[|new Thread|](async () => await PumpAsync()).Start();"),
        message: "'M' makes a thread for async code, which leaves it at its first await and goes on in the pool");

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        "using System.Threading; using System.Threading.Tasks; [|new Thread|](async () => await Task.Delay(1)).Start();");

    [Test]
    public Task Another_rule_is_silent() => AllRules.ReportsAsync(
        """
        using System.Threading;
        using System.Threading.Tasks;
        class C { void M(int[] all) { foreach (var n in all) { {|HRD2010:new Thread|}(async () => await Task.Delay(n)).Start(); } } }
        """);

    [Test]
    public Task Fix_gives_the_work_to_the_pool() => Verify.FixesAllAsync(
        In("""
            // pump
            Task pump = [|Task.Factory.StartNew|](async () => // long
            {
                await PumpAsync();
            }, TaskCreationOptions.LongRunning); // last
            Task other = [|Task.Factory.StartNew|](async () => await PumpAsync(), _token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Task<Task> third = [|Task.Factory.StartNew|](PumpAsync, TaskCreationOptions.LongRunning);
            """),
        In("""
            // pump
            Task pump = Task.Run(async () => // long
            {
                await PumpAsync();
            }); // last
            Task other = Task.Run(async () => await PumpAsync(), _token);
            Task<Task> third = [|Task.Factory.StartNew|](PumpAsync, TaskCreationOptions.LongRunning);
            """),
        title: "Use Task.Run, whose task ends with the work");

    [Test]
    public Task Fix_takes_the_Unwrap_along() => Verify.FixesAsync(
        In("""
            // pump
            var pump = [|Task.Factory.StartNew|](async () => await CountAsync(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap(); // last
            """),
        In("""
            // pump
            var pump = Task.Run(async () => await CountAsync()); // last
            """),
        title: "Use Task.Run");

    [Test]
    public Task Fix_replaces_a_thread_that_nobody_keeps() => Verify.FixesAsync(
        In("""
            // pump
            [|new Thread|](async () =>
            {
                await PumpAsync(); // long
            }) { IsBackground = true }.Start(); // last
            """),
        In("""
            // pump
            _ = Task.Run(async () =>
            {
                await PumpAsync(); // long
            }); // last
            """),
        title: "Use Task.Run, whose task keeps an exception instead of ending the process");

    [TestCase("var t = [|new Thread|](async () => await PumpAsync()); t.Start();", TestName = "{m}(a thread that is kept)")]
    [TestCase("[|new Thread|](async s => await PumpAsync()).Start(1);", TestName = "{m}(a thread with a state)")]
    [TestCase("[|new Thread|](async () => await PumpAsync()) { Priority = ThreadPriority.Lowest }.Start();", TestName = "{m}(a priority)")]
    [TestCase("[|new Thread|](RunAsync).Start();", TestName = "{m}(a method that is async void)")]
    [TestCase("[|Task.Factory.StartNew|](async s => await PumpAsync(), null, TaskCreationOptions.LongRunning);", TestName = "{m}(a state)")]
    [TestCase("[|Task.Factory.StartNew|](async () => await PumpAsync(), _token, TaskCreationOptions.LongRunning, TaskScheduler.Current);", TestName = "{m}(another scheduler)")]
    [TestCase("[|Task.Factory.StartNew|](async () => await PumpAsync(), TaskCreationOptions.LongRunning | TaskCreationOptions.AttachedToParent);", TestName = "{m}(another flag beside it)")]
    [TestCase("Task<Task> t = [|Task.Factory.StartNew|](async () => await PumpAsync(), TaskCreationOptions.LongRunning);", TestName = "{m}(a task of a task that is kept)")]
    [TestCase("var t = [|new Task|](async () => await PumpAsync(), TaskCreationOptions.LongRunning); t.Start();", TestName = "{m}(a cold task)")]
    public Task Fix_is_not_offered_for(string body) => Verify.OffersNoFixAsync(In(body));

    private static string In(string body) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            private CancellationToken _token = new(false);
            static async Task PumpAsync() { await Task.Delay(1); }
            static async Task<int> CountAsync() { await Task.Delay(1); return 1; }
            static async IAsyncEnumerable<int> AllAsync() { await Task.Delay(1); yield return 1; }
            static Task PumpThenTask() { Pump(); return Task.CompletedTask; }
            static void Pump() { }
            async void RunAsync() { try { await PumpAsync(); } catch { } }
            void M()
            {
        {{body}}
            }
        }
        """;
}
