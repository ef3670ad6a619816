using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Threads.HRD2001ThreadPerItemAnalyzer>;

namespace Hardening.Analyzers.Tests.Threads;

/// <summary>What HRD2001 sees above the method that starts the thread.</summary>
public sealed class HRD2001ThroughCallsTests
{
    [TestCase("void M() { foreach (var item in _items) { Start(item); } } void Start(int item) { [|new Thread|](() => Work(item)).Start(); }", TestName = "{m}(a loop)")]
    [TestCase("void M() { foreach (var item in _items) { First(item); } } void First(int item) => Second(item); void Second(int item) => [|new Thread|](() => Work(item)).Start();", TestName = "{m}(a loop, two calls above)")]
    [TestCase("void M() { _timer = new Timer(_ => Start()); } void Start() => [|new Thread|](() => Work(1)).Start();", TestName = "{m}(a timer's lambda)")]
    [TestCase("void M() { _timer = new Timer(Tick); } void Tick(object? state) => Start(); void Start() => [|new Thread|](() => Work(1)).Start();", TestName = "{m}(a timer's method)")]
    [TestCase("public void M() { while (true) { var item = _items[0]; this.Start(item); } } private void Start(int item) { [|new Thread|](() => Work(item)).Start(); }", TestName = "{m}(an endless loop)")]
    [TestCase("void M() { foreach (var item in _items) { Start(item); } void Start(int item) { [|new Thread|](() => Work(item)).Start(); } }", TestName = "{m}(a local function)")]
    [TestCase("void M() { foreach (var item in _items) { Start(item); } foreach (var item in _items) { Start(item); } } static void Start<T>(T item) { [|new Thread|](() => { }).Start(); }", TestName = "{m}(two loops, a generic method)")]
    [TestCase("void M(IStarter starter) { foreach (var item in _items) { starter.Start(item); } } internal interface IStarter { void Start(int item); } internal sealed class Starter : IStarter { public void Start(int item) => [|new Thread|](() => { }).Start(); }", TestName = "{m}(through an interface)")]
    [TestCase("void M() { foreach (var item in _items) { Start(item); } } void Start(int item) { [|new Thread|](() => Work(item)).Start(); if (item > 0) { Start(item - 1); } }", TestName = "{m}(recursion beside the loop)")]
    [TestCase("void M() { foreach (var item in _items) { item.Start(); } }", TestName = "{m}(an extension)", Category = "extension")]
    public Task Reports_what_only_code_that_runs_per_item_calls(string members) =>
        Verify.ReportsAsync(In(members, members.Contains("item.Start()", StringComparison.Ordinal) ? "[|new Thread|](() => { }).Start()" : "_ = item"));

    [TestCase("void M() { Start(1); } void Start(int item) { new Thread(() => Work(item)).Start(); }", TestName = "{m}(one call)")]
    [TestCase("void M() { foreach (var item in _items) { Start(item); } } void N() { Start(1); } void Start(int item) { new Thread(() => Work(item)).Start(); }", TestName = "{m}(another call that runs once)")]
    [TestCase("void M() { Start(3); } void Start(int item) { new Thread(() => Work(item)).Start(); if (item > 0) { Start(item - 1); } }", TestName = "{m}(recursion)")]
    [TestCase("void Start(int item) { new Thread(() => Work(item)).Start(); }", TestName = "{m}(no call)")]
    [TestCase("void M() { foreach (var item in _items) { Start(item); } } public void Start(int item) { new Thread(() => Work(item)).Start(); }", TestName = "{m}(what other assemblies may call)")]
    [TestCase("void M() { for (var i = 0; i < Environment.ProcessorCount; i++) { Start(i); } } void Start(int item) { new Thread(() => Work(item)).Start(); }", TestName = "{m}(a fixed number of workers)")]
    [TestCase("void M() { foreach (var item in _items) { Action start = Start; Keep(start); } } void Keep(Action a) { } void Start() { new Thread(() => Work(1)).Start(); }", TestName = "{m}(a delegate that someone may call)")]
    public Task Is_silent_on(string members) => Verify.ReportsAsync(In(members, "_ = item"));

    [Test]
    public Task Sees_callers_in_other_documents() => Verify.ReportsAsync(
        """
        using System.Threading;

        static class Starter
        {
            internal static void Start(int item) => [|new Thread|](() => { }).Start();
        }
        // === Server.cs ===
        sealed class Server
        {
            void Run(int[] items) { foreach (var item in items) { Starter.Start(item); } }
        }
        """,
        message: "'Start' starts a thread for each iteration of a loop, so the load decides how many threads there are");

    [Test]
    public Task In_a_program_all_callers_are_known() => Verify.ReportsAsync(
        """
        using System.Threading;

        foreach (var item in args) { Starter.Start(item); }

        public static class Starter
        {
            public static void Start(string item) => [|new Thread|](() => { }).Start();
        }
        """);

    private static string In(string members, string extension) =>
        $$"""
        using System;
        using System.Threading;

        static class Extensions { internal static void Start(this int item) => {{extension}}; }

        public class C
        {
            readonly int[] _items = new int[9];
            Timer? _timer;
            static void Work(int item) { }

            {{members}}
        }
        """;
}
