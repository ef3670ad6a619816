using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Threads.HRD2017PriorityRaisedAnalyzer>;

namespace Hardening.Analyzers.Tests.Threads;

public sealed class HRD2017PriorityRaisedTests
{
    [TestCase("[|_worker.Priority = ThreadPriority.Highest|];", TestName = "{m}(a thread)")]
    [TestCase("[|Thread.CurrentThread.Priority = ThreadPriority.Highest|];", TestName = "{m}(the current thread)")]
    [TestCase("var t = new Thread(() => { }) { IsBackground = true, [|Priority = ThreadPriority.Highest|] }; t.Start();", TestName = "{m}(an initializer)")]
    [TestCase("Thread t = new(() => { }) { [|Priority = (ThreadPriority)4|] }; t.Start();", TestName = "{m}(a number)")]
    [TestCase("const ThreadPriority high = ThreadPriority.Highest; [|_worker.Priority = high|];", TestName = "{m}(a constant)")]
    [TestCase("[|_worker.Priority = _urgent ? ThreadPriority.Highest : ThreadPriority.Normal|];", TestName = "{m}(a choice)")]
    [TestCase("[|_worker.Priority = _urgent switch { true => (ThreadPriority.Highest), _ => ThreadPriority.Normal }|];", TestName = "{m}(a switch)")]
    [TestCase("using var me = Process.GetCurrentProcess(); [|me.PriorityClass = ProcessPriorityClass.High|];", TestName = "{m}(this process)")]
    [TestCase("[|_child.PriorityClass = ProcessPriorityClass.RealTime|];", TestName = "{m}(real time)")]
    [TestCase("foreach (ProcessThread t in _child.Threads) { [|t.PriorityLevel = ThreadPriorityLevel.TimeCritical|]; }", TestName = "{m}(the threads of a process)")]
    [TestCase("Action raise = () => [|_worker.Priority = ThreadPriority.Highest|]; raise();", TestName = "{m}(a lambda)")]
    [TestCase("Raise(); void Raise() => [|_worker.Priority = ThreadPriority.Highest|];", TestName = "{m}(a local function)")]
    [TestCase("try { [|_child.PriorityClass = ProcessPriorityClass.High|]; } catch (System.ComponentModel.Win32Exception) { }", TestName = "{m}(a try)")]
    public Task Reports(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [TestCase("async Task M() { await Task.Yield(); [|Thread.CurrentThread.Priority = ThreadPriority.Highest|]; }", TestName = "{m}(async)")]
    [TestCase("IEnumerable<int> M() { [|_worker.Priority = ThreadPriority.Highest|]; yield return 1; }", TestName = "{m}(an iterator)")]
    [TestCase("void M<T>(T process) where T : Process => [|process.PriorityClass = ProcessPriorityClass.High|];", TestName = "{m}(a type parameter)")]
    public Task Reports_in_the_member(string member) => Verify.ReportsAsync(Member(member));

    [TestCase("_worker.Priority = ThreadPriority.AboveNormal;", TestName = "{m}(a little more)")]
    [TestCase("_worker.Priority = ThreadPriority.Normal;", TestName = "{m}(normal)")]
    [TestCase("_worker.Priority = ThreadPriority.Lowest;", TestName = "{m}(less)")]
    [TestCase("_child.PriorityClass = ProcessPriorityClass.BelowNormal;", TestName = "{m}(a process with less)")]
    [TestCase("_child.PriorityClass = ProcessPriorityClass.AboveNormal;", TestName = "{m}(a process with a little more)")]
    [TestCase("var old = _worker.Priority; _worker.Priority = old;", TestName = "{m}(the old one)")]
    [TestCase("if (_worker.Priority == ThreadPriority.Highest) { _worker.Priority = ThreadPriority.Normal; }", TestName = "{m}(a question)")]
    [TestCase("_job.Priority = JobPriority.Highest;", TestName = "{m}(another priority)")]
    [TestCase("_job.Wanted = ThreadPriority.Highest;", TestName = "{m}(a property of another kind)")]
    [TestCase("_worker.Priority = _setting;", TestName = "{m}(a setting)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(Member($"void M() {{ {body} }}"));

    [Test]
    public Task Top_level_statements_are_reported() => Verify.ReportsAsync(
        "using System.Diagnostics; using var me = Process.GetCurrentProcess(); [|me.PriorityClass = ProcessPriorityClass.High|];",
        message: "'Main' sets 'me.PriorityClass' to 'ProcessPriorityClass.High', so everything else on the machine waits while this runs, also what it waits for itself");

    [Test]
    public Task Message_names_the_property_of_an_object_that_has_no_name_yet() => Verify.ReportsAsync(
        Member("Thread M() => new(() => { }) { [|Priority = ThreadPriority.Highest|] };"),
        message: "'M' sets 'Thread.Priority' to 'ThreadPriority.Highest', so everything else on the machine waits while this runs, also what it waits for itself");

    private static string Member(string member) =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;

        class C(ThreadPriority setting)
        {
            readonly Thread _worker = new(() => { });
            readonly Process _child = new();
            readonly Job _job = new();
            readonly ThreadPriority _setting = setting;
            bool _urgent = true;
            {{member}}
        }

        enum JobPriority { Normal, Highest }
        class Job { public JobPriority Priority { get; set; } public ThreadPriority Wanted { get; set; } }
        """;
}
