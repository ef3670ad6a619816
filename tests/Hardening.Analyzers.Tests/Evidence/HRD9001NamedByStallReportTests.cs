using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using static Hardening.Analyzers.Tests.Evidence.ReportText;
using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Evidence.HRD9001NamedByStallReportAnalyzer>;

namespace Hardening.Analyzers.Tests.Evidence;

public sealed class HRD9001NamedByStallReportTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using System.Diagnostics;\n";

    // Its lines count from 1, and the statement is where the mark is.
    private const string Server =
        """
        namespace App;
        class Server
        {
            readonly object _gate = new();
            int _count;
            void Inspect()
            {
                [|lock (_gate)|]
                {
                    _count++;
                }
            }
        }
        """;

    [TestCase("App.Server.Inspect", 8, 7, TestName = "{m}(where it was)")]
    [TestCase("App.Server.Inspect", 108, 107, TestName = "{m}(the lines above have gone)")]
    [TestCase("App.Server.Inspect", 8, 0, TestName = "{m}(an older report)")]
    [TestCase("App.Server.Inspect", 164, 0, TestName = "{m}(an older report, and moved)")]
    [TestCase("App.Server.Inspect", 0, 0, TestName = "{m}(no line)")]
    public Task Reports_a_lock(string method, int line, int methodLine) => ReportsAsync(Server, Of(method, line, methodLine: methodLine));

    [Test]
    public Task Says_what_was_measured_over_all_reports() => Verify.ReportsAsync(Server, Setup(
        Of("App.Server.Inspect", 8, id: "1", seconds: 0.5, threads: 23, day: "2026-11-20"),
        Of("App.Server.Inspect", 8, id: "2", seconds: 0.9, threads: 4, day: "2026-11-22"),
        Of("App.Server.Inspect", 8, id: "2", seconds: 0.7, threads: 4, day: "2026-11-22")),
        "'lock (_gate)' in 'Inspect' is named by 2 stall reports: up to 23 threads waited for a lock here, 1.4 s in all, 0.9 s at worst (last 2026-11-22)");

    [Test]
    public Task Says_from_where_it_has_moved() => Verify.ReportsAsync(Server, Setup(Of("App.Server.Inspect", 164, seconds: 0.05)),
        "'lock (_gate)' in 'Inspect' is named by a stall report: a thread waited for a lock here, 50 ms (2026-11-22, moved from line 164)");

    [TestCase("lockContention", "System.Threading.Monitor.Enter", "[|lock (this)|] { }", "a thread waited for a lock here")]
    [TestCase("lockContention", "System.Threading.Lock.EnterScope", "using ([|_lock.EnterScope|]()) { }", "a thread waited for a lock here")]
    [TestCase("lockContention", "System.Threading.Monitor.TryEnter", "if ([|Monitor.TryEnter|](this, 100)) { }", "a thread waited for a lock here")]
    [TestCase("lockContention", "System.Threading.SemaphoreSlim.Wait", "[|_turn.Wait|]();", "a thread waited for a lock here")]
    [TestCase("deadlock", "System.Threading.Monitor.Enter", "[|lock (this)|] { }", "it waits for ever, in a deadlock")]
    [TestCase("threadPoolStarvation", "System.Threading.Tasks.Task.get_Result", "_ = [|_task.Result|];", "it blocked a thread of the thread pool")]
    [TestCase("threadPoolStarvation", "System.Threading.Tasks.Task.InternalWait", "[|_task.Wait|]();", "it blocked a thread of the thread pool")]
    [TestCase("threadPoolStarvation", "System.Runtime.CompilerServices.TaskAwaiter.GetResult", "[|_task.GetAwaiter().GetResult|]();", "it blocked a thread of the thread pool")]
    [TestCase("blockedActivity", "System.Threading.Thread.Sleep", "[|Thread.Sleep|](1000);", "what stalled slept here")]
    [TestCase("childStorm", "System.Diagnostics.Process.Start", "[|Process.Start|](\"x\");", "a thread started or awaited children here, which took the processors")]
    [TestCase("spinStorm", "System.Threading.Thread.Yield", "while (!_stop) { [|Thread.Yield|](); }", "a thread spun here instead of waiting")]
    [TestCase("blockedIO", "System.IO.FileStream.Flush", "[|_file.Flush|]();", "what stalled waited for a device here")]
    [TestCase("blockedSystemCall", "System.IO.RandomAccess.WriteAtOffset", "[|_file.WriteByte|](1);", "what stalled waited in a system call here")]
    [TestCase("blockedActivity", "System.Collections.Concurrent.BlockingCollection.GetConsumingEnumerable", "foreach (var x in [|_queue.GetConsumingEnumerable|]()) { }", "what stalled waited here")]
    [TestCase("busyActivity", null, "[|_count *= 31;|]", "what stalled was at work here")]
    public Task Reports_what_a_statement_did(string cause, string? callee, string statement, string deed) => Verify.ReportsAsync(Body(statement),
        Setup(Of("C.M", 13, callee, cause, methodLine: 12, seconds: 2.5)), $"'{Marked(statement)}' in 'M' is named by a stall report: {deed}, 2.5 s (2026-11-22)");

    [TestCase("C.M", "async Task M() { await Task.Yield();\n[|Thread.Sleep|](1); }", TestName = "{m}(async)")]
    [TestCase("C.M", "IEnumerable<int> M() {\n[|Thread.Sleep|](1); yield return 1; }", TestName = "{m}(iterator)")]
    [TestCase("C.M.lambda", "void M() { Action a = () =>\n[|Thread.Sleep|](1); a(); }", TestName = "{m}(lambda)")]
    [TestCase("C.M.Wait", "void M() { Wait(); void Wait() {\n[|Thread.Sleep|](1); } }", TestName = "{m}(local function)")]
    [TestCase("C.M.Wait", "void M() { Action a = () => { Wait(); void Wait() {\n[|Thread.Sleep|](1); } }; a(); }", TestName = "{m}(local function in a lambda)")]
    [TestCase("C..ctor", "public C() {\n[|Thread.Sleep|](1); }", TestName = "{m}(constructor)")]
    [TestCase("C..cctor", "\nstatic readonly bool s_x = [|Thread.Yield|](); static C() { }", "System.Threading.Thread.Yield", TestName = "{m}(static initializer)")]
    [TestCase("C.get_X", "int X { get {\n[|Thread.Sleep|](1); return 1; } }", TestName = "{m}(getter)")]
    [TestCase("C.get_X", "bool X =>\n[|Thread.Yield|]();", "System.Threading.Thread.Yield", TestName = "{m}(expression-bodied property)")]
    [TestCase("C.set_Item", "int this[int i] { set {\n[|Thread.Sleep|](1); } }", TestName = "{m}(indexer)")]
    [TestCase("C.add_X", "event Action X { add {\n[|Thread.Sleep|](1); } remove { } }", TestName = "{m}(event)")]
    [TestCase("C.op_Addition", "public static C operator +(C a, C b) {\n[|Thread.Sleep|](1); return a; }", TestName = "{m}(operator)")]
    [TestCase("C.Finalize", "~C() {\n[|Thread.Sleep|](1); }", TestName = "{m}(finalizer)")]
    [TestCase("C.Inner.M", "struct Inner<T> { void M<U>() {\n[|Thread.Sleep|](1); } }", TestName = "{m}(nested and generic)")]
    [TestCase("C.D.System.IDisposable.Dispose", "sealed class D : IDisposable { void IDisposable.Dispose() {\n[|Thread.Sleep|](1); } }", TestName = "{m}(explicit)")]
    public Task Finds_methods_as_stacks_name_them(string method, string member, string callee = "System.Threading.Thread.Sleep") => ReportsAsync(
        $"{Usings}class C {{ {member} }}", Of(method, line: 3, callee, "blockedActivity", methodLine: 2));

    [TestCase("Program.<Main>$", "[|Thread.Sleep|](1);")]
    [TestCase("Program.<<Main>$>d__0.MoveNext", "await Task.Yield(); [|Thread.Sleep|](1);")]
    [TestCase("Program.<<Main>$>b__0_0", "Thread.Sleep(1); Action a = () => [|Thread.Sleep|](2); a();")]
    [TestCase("Program.<<<Main>$>g__Wait|0_1>d.MoveNext", "Thread.Sleep(1); await Wait(); async Task Wait() { await Task.Yield(); [|Thread.Sleep|](2); }")]
    public Task Finds_top_level_statements(string method, string code) => ReportsAsync(Usings + code, Of(method, line: 40, "System.Threading.Thread.Sleep", "blockedActivity"));

    [Test]
    public Task Finds_the_right_one_of_several_by_its_distance_to_the_beginning_of_the_method() => ReportsAsync(
        """
        class C
        {
            // ten lines were put here since
            void M(object a, object b)
            {
                lock (a)
                {
                }

                [|lock (b)|]
                {
                }
            }
        }
        """, Of("C.M", line: 25, methodLine: 20));

    [Test]
    public Task An_unchanged_file_needs_no_name()
    {
        const string Source = "class C\n{\n    void Renamed(object a)\n    {\n        lock (a) { }\n        [|lock (a)|] { }\n    }\n}\n";
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Markless(Source))));
        return ReportsAsync(Source, Of("Old.Name", line: 6, checksum: checksum));
    }

    [Test]
    public Task Line_ends_do_not_make_it_another_file()
    {
        const string Source = "class C\n{\n    void M(object a)\n    {\n        lock (a) { }\n        [|lock (a)|] { }\n    }\n}\n";
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Markless(Source).ReplaceLineEndings("\r\n"))));
        return ReportsAsync(Source, Of("C.M", line: 6, checksum: checksum));
    }

    [Test]
    public Task A_file_of_another_folder_with_the_same_name_is_not_meant() => ReportsAsync(
        "class A { void M() { [|lock (this)|] { } } }\n// === src/Test.cs ===\nclass B { void M() { lock (this) { } } }", Of("A.M", line: 1));

    [Test]
    public Task A_type_that_has_moved_to_another_file_is_found() => ReportsAsync(
        "class A { void M() { lock (this) { } } }\n// === Other.cs ===\nnamespace N { class B { void M() { [|lock (this)|] { } } } }", Of("N.B.M", line: 1));

    [Test]
    public Task Tells_who_held_the_lock_and_who_waited() => ReportsAsync(
        """
        using System.Threading;
        class C
        {
            readonly object _gate = new();
            void Save()
            {
                [|lock (_gate)|]
                {
                    [|Thread.Sleep|](100);
                }
            }
        }
        """,
        Make(report =>
        {
            report["locks"] = new JsonArray(new JsonObject { ["kind"] = "Monitor", ["waiters"] = 7, ["ownerAt"] = Frame("C.Save", 9), ["waitersAt"] = Frame("C.Save", 7) });
            report["stacks"] = new JsonArray(Group(1, ["System.Threading.Thread.Sleep"], Frame("C.Save", 9)), Group(7, [Enter], Frame("C.Save", 7)));
        }));

    [Test]
    public Task All_that_block_the_pool_are_told_and_bystanders_are_not() => ReportsAsync(
        """
        using System.Threading.Tasks;
        class C
        {
            void A(Task t) => [|t.Wait|]();
            void B(Task<int> t) => _ = [|t.Result|];
            void Main(Task t) => t.Wait();
        }
        """,
        Make(report =>
        {
            const string Dispatch = "System.Threading.ThreadPoolWorkQueue.Dispatch";
            report["verdict"]!["cause"] = "threadPoolStarvation";
            report["culprit"] = Frame("C.A", 4);
            report["stacks"] = new JsonArray(
                Group(9, ["System.Threading.Tasks.Task.Wait"], Frame("C.A", 4), Frame(Dispatch)),
                Group(3, ["System.Threading.Tasks.Task.get_Result"], Frame("C.B", 5), Frame(Dispatch)),
                Group(2, ["System.Threading.Tasks.Task.Wait"], Frame("C.Main", 6)));
        }));

    [TestCase("class C { void M() { lock (this) { } } }", "C.Other", TestName = "{m}(another method)")]
    [TestCase("class C { void M() { lock (this) { } } }", "N.C.M", TestName = "{m}(another namespace)")]
    [TestCase("class C { void M() { } }", "C.M", TestName = "{m}(the lock has gone)")]
    [TestCase("class C { void M() { System.Action a = () => { lock (this) { } }; } }", "C.M", TestName = "{m}(the lock is a lambda's)")]
    [TestCase("class C { void M() { M2(); } void M2() { lock (this) { } } }", "C.M", TestName = "{m}(the lock is another method's)")]
    [TestCase("class C { void M(object a) { lock (this) { } lock (a) { } } }", "C.M", TestName = "{m}(either of two)")]
    [TestCase("class C { void Enter() { } void M() { Enter(); } }", "C.M", TestName = "{m}(a method of the same name)")]
    [TestCase("class C { void M() { lock (this) { } } }", "System.Threading.Monitor.Wait", TestName = "{m}(a method of the framework)")]
    [TestCase("class C { void M() { lock (this) { } } }", "(((", TestName = "{m}(nonsense)")]
    [TestCase("class C { void M() { lock (this) { } } }", "Hardening.Pool.ProcessPool.Run", TestName = "{m}(another library)")]
    public Task Is_silent_where_the_statement_is_not_certain(string source, string method) => ReportsAsync(source, Of(method, line: 400));

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[1, 2]")]
    [TestCase("{\"format\":\"something else\"}")]
    [TestCase("{\"format\":\"hardening.stall-report\",\"version\":2,\"report\":{}}")]
    [TestCase("{\"format\":\"hardening.stall-report\",\"version\":1,\"report\":{\"culprit\":7,\"locks\":{},\"stacks\":[[]],\"documents\":[1]}}")]
    public Task Is_silent_about_a_file_that_is_no_report(string text) => ReportsAsync(Markless(Server), text);

    [Test]
    public Task Is_silent_without_reports() => Verify.ReportsAsync(Markless(Server));

    [Test]
    public Task Is_silent_about_other_additional_files() => Verify.ReportsAsync(Markless(Server), new Setup { Evidence = [("/evidence/notes.json", Of("App.Server.Inspect", 8))] });

    private static Task ReportsAsync(string markup, params string[] reports) => Verify.ReportsAsync(markup, Setup(reports));

    private static Setup Setup(params string[] reports) => new() { Evidence = [.. reports.Select((text, index) => ($"/evidence/{index}.hardening.json", text))] };

    private static string Body(string statement) => Usings +
        $$"""
        using System.Collections.Concurrent;
        using System.IO;
        class C
        {
            readonly Lock _lock = new();
            readonly SemaphoreSlim _turn = new(1);
            readonly Task<int> _task = Task.FromResult(1);
            readonly FileStream _file = null!;
            readonly BlockingCollection<int> _queue = new(4);
            int _count; volatile bool _stop;
            void M() {
                {{statement}}
            }
        }
        """;

    private static string Marked(string markup) => markup.Split("[|")[1].Split("|]")[0].TrimEnd(';');

    private static string Markless(string markup) => markup.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal);
}
