using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3001ProcessNeverDisposedAnalyzer, Hardening.Analyzers.Processes.HRD3001ProcessNeverDisposedCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3001ProcessNeverDisposedTests
{
    private static string InClass(string members) => "using System; using System.Collections.Generic; using System.Diagnostics; using System.Linq; using System.Threading.Tasks;\n" + members;

    [TestCase("class C { void M() { [|Process.Start(\"x\")|]; } }", TestName = "{m}(the dropped result)")]
    [TestCase("class C { void M() { _ = [|Process.Start(\"x\")|]; } }", TestName = "{m}(a discard)")]
    [TestCase("class C { void M() { [|Process.Start(\"x\")|].WaitForExit(); } }", TestName = "{m}(a chain)")]
    [TestCase("class C { int? M() => [|Process.Start(\"x\")|]?.Id; }", TestName = "{m}(a conditional chain)")]
    [TestCase("class C { async Task M() { var p = [|Process.Start(\"x\")|]!; await p.WaitForExitAsync(); } }", TestName = "{m}(a local of an async method)")]
    [TestCase("class C { void M() { Process p = [|new() { StartInfo = { FileName = \"x\" } }|]; p.Start(); } }", TestName = "{m}(target-typed new)")]
    [TestCase("class C { void M() { [|new Process { StartInfo = new(\"x\") }|].Start(); } }", TestName = "{m}(an object that is never held)")]
    [TestCase("class C { IEnumerable<int> M() { var p = [|Process.Start(\"x\")|]; yield return p.Id; p.WaitForExit(); } }", TestName = "{m}(an iterator)")]
    [TestCase("class C { Action M() => () => [|Process.Start(\"x\")|]; }", TestName = "{m}(a lambda)")]
    [TestCase("class C { void M() { void Run() { var p = [|Process.Start(\"x\")|]; Console.WriteLine($\"{p?.Id}\"); } Run(); } }", TestName = "{m}(a local function)")]
    [TestCase("var p = [|Process.Start(\"x\")|];\np?.WaitForExit();", TestName = "{m}(top-level statements)")]
    [TestCase("class C { void M() { if ([|Process.Start(\"x\")|] is { } p) { p.WaitForExit(); } } }", TestName = "{m}(a pattern)")]
    [TestCase("class C { void M() { Process? p = null; try { p = [|Process.Start(\"x\")|]; p!.WaitForExit(); } finally { p?.Kill(); } } }", TestName = "{m}(a finally that kills but does not dispose)")]
    [TestCase("class C { void M() { var p = [|Process.Start(\"x\")|]; var q = p; q.WaitForExit(); } }", TestName = "{m}(two names)")]
    [TestCase("class C { void M() { var p = [|new Process()|]; p.Exited += (_, _) => Console.WriteLine(p.ExitCode); p.Start(); } }", TestName = "{m}(a handler that reads only)")]
    [TestCase("class C { void M(string url) { [|Process.Start(new ProcessStartInfo(url) { UseShellExecute = true })|]?.WaitForExit(); } }", TestName = "{m}(a document that is waited for)")]
    [TestCase("class C { int M(int id) => [|Process.GetProcessById(id)|].SessionId; }", TestName = "{m}(a process by id)")]
    [TestCase("class C { void M() { foreach (var p in [|Process.GetProcesses()|]) { Console.WriteLine(p.ProcessName); } } }", TestName = "{m}(elements of a loop)")]
    [TestCase("class C { bool M() => [|Process.GetProcessesByName(\"x\")|].Length > 0; }", TestName = "{m}(an array that is only counted)")]
    [TestCase("class C { bool M() => [|Process.GetProcessesByName(\"x\")|].Any(p => p.Id > 1); }", TestName = "{m}(a query that is only asked)")]
    [TestCase("class C { int? M() => [|Process.GetProcesses()|].FirstOrDefault(p => p.ProcessName == \"x\")?.Id; }", TestName = "{m}(a query that leaves elements out)")]
    [TestCase("class C { void M() { var all = [|Process.GetProcesses()|]; for (var i = 0; i < all.Length; i++) { Console.WriteLine(all[i].Id); } } }", TestName = "{m}(elements by index)")]
    [TestCase("class C<T>(string name) { void M() { [|Process.Start(name)|]; } }", TestName = "{m}(a generic type with a primary constructor)")]
    [TestCase("partial class C { partial void M(); } partial class C { partial void M() { [|Process.Start(\"x\")|]; } }", TestName = "{m}(a partial type)")]
    [TestCase("class C { void M() { var p = [|Process.Start(\"x\")|]; ArgumentNullException.ThrowIfNull(p); p.WaitForExit(); GC.KeepAlive(p); } }", TestName = "{m}(a guard)")]
    [TestCase("static class X { public static void WaitForExitOrKill(this Process p) => p.Kill(); } class C { void M() { var p = [|Process.Start(\"x\")|]; p.WaitForExitOrKill(); } }", TestName = "{m}(an extension that only waits)")]
    [TestCase("class Mine : Process { } class C { void M() { var p = [|new Mine()|]; p.Start(); } }", TestName = "{m}(a derived type)")]
    [TestCase("class C { void M() { if ([|TryStart(out var p)|]) { p!.WaitForExit(); } } bool TryStart(out Process? p) { p = Process.Start(\"x\"); return p != null; } }", TestName = "{m}(an out parameter of a helper)")]
    [TestCase("class C { void M() { [|TryStart(out _)|]; } static void TryStart(out Process? p) { p = null; var q = new Process(); q.Start(); p = q; } }", TestName = "{m}(an out parameter that is dropped)")]
    [TestCase("class C { void M() { var p = [|Process.Start(\"x\")|]; Look(p); } static void Look(Process? p) => Console.WriteLine(p?.Id); }", TestName = "{m}(a helper that only looks at it)")]
    [TestCase("class C { async Task M() { var p = [|Process.Start(\"x\")|]!; await WaitAsync(p); } async Task WaitAsync(Process p) { await p.WaitForExitAsync(); } }", TestName = "{m}(an async helper that waits)")]
    [TestCase("class C { void M() { var p = [|Process.Start(\"x\")|]!; Look(p); void Look(Process q) { if (!q.HasExited) { q.Kill(); Look(q); } } } }", TestName = "{m}(a helper that calls itself)")]
    [TestCase("class C { void M() { [|StartTool()|]; } static Process StartTool() => Process.Start(\"x\")!; }", TestName = "{m}(a helper that starts it)")]
    [TestCase("class C { void M() { var p = [|StartTool(true)|]; p?.WaitForExit(); } Process? StartTool(bool wanted) { if (!wanted) { return null; } var p = new Process(); p.Start(); return p; } }", TestName = "{m}(a helper that starts it, or not)")]
    [TestCase("class C { async Task M() { var p = await [|StartAsync()|]; p.WaitForExit(); } async Task<Process> StartAsync() { await Task.Yield(); return Process.Start(\"x\")!; } }", TestName = "{m}(an async helper that starts it)")]
    [TestCase("class C { void M() { var (p, name) = ([|Process.Start(\"x\")|], 1); p?.WaitForExit(); Console.WriteLine(name); } }", TestName = "{m}(a tuple that is taken apart)")]
    [TestCase("class C { void M() { var t = (child: [|Process.Start(\"x\")|], name: 1); t.child?.WaitForExit(); } }", TestName = "{m}(an element of a tuple)")]
    [TestCase("class C { async Task M() { var p = await Task.Run(() => [|Process.Start(\"x\")|]); p?.WaitForExit(); } }", TestName = "{m}(the result of a task)")]
    [TestCase("class C { void M(string[] files) { var all = new List<Process>(); foreach (var f in new[] { \"a\", \"b\" }) { all.Add([|Process.Start(f)|]); } foreach (var p in all) { p.WaitForExit(); } } }", TestName = "{m}(a local list)")]
    [TestCase("class C { void M() { Process[] all = [[|new Process()|], [|new Process()|]]; all[0].Start(); } }", TestName = "{m}(a local array)")]
    public Task Reports(string source) => Verify.ReportsAsync(InClass(source));

    // Rules about children look at nothing where no document has such a word: an alias, and a name in full, are none of the usual ones.
    [TestCase("using Tool = System.Diagnostics.Process; class C { void M() { [|Tool.Start(\"x\")|]; } }", TestName = "{m}(an alias)")]
    [TestCase("class C { void M() { [|System.Diagnostics.Process.Start(\"x\")|]; } }", TestName = "{m}(a full name)")]
    [TestCase("using static System.Diagnostics.Process; class C { void M() { [|Start(\"x\")|]; } }", TestName = "{m}(a static using)")]
    [TestCase("// === Global.cs ===\nglobal using System.Diagnostics;\n// === C.cs ===\nclass C { void M() { [|Process\n.Start(\"x\")|]; } int N => [|Process.GetProcessById(1)|].Id; }", TestName = "{m}(a global using)")]
    public Task Reports_under_any_name(string source) => Verify.ReportsAsync(source);

    [TestCase("class C { void M() { using var p = Process.Start(\"x\"); } }", TestName = "{m}(a using declaration)")]
    [TestCase("class C { void M() { using (Process.Start(\"x\")) { } } }", TestName = "{m}(a using statement)")]
    [TestCase("class C { void M() { using (var p = Process.Start(\"x\")) { p.WaitForExit(); } } }", TestName = "{m}(a using statement with a name)")]
    [TestCase("class C { void M() { var p = Process.Start(\"x\"); using (p) { } } }", TestName = "{m}(used later)")]
    [TestCase("class C { void M() { Process? p = null; try { p = Process.Start(\"x\"); } finally { p?.Dispose(); } } }", TestName = "{m}(disposed in finally)")]
    [TestCase("class C { void M() { var p = Process.Start(\"x\"); using var owned = p; } }", TestName = "{m}(used under another name)")]
    [TestCase("class C { void M(System.Threading.CancellationToken t) { var p = Process.Start(\"x\"); t.Register(p.Dispose); } }", TestName = "{m}(a method group that disposes)")]
    [TestCase("class C { async Task M() { var p = Process.Start(\"x\"); try { await p.WaitForExitAsync(); } finally { IDisposable d = p; d.Dispose(); } } }", TestName = "{m}(disposed through its interface)")]
    [TestCase("class C { void M() { object? p = Process.Start(\"x\"); (p as IDisposable)?.Dispose(); } }", TestName = "{m}(disposed through a cast)")]
    [TestCase("class C { void M() { Process.Start(\"x\")?.Dispose(); } }", TestName = "{m}(disposed at once)")]
    [TestCase("class C { void M() { var p = new Process(); p.Exited += (_, _) => p.Dispose(); p.Start(); } }", TestName = "{m}(disposed by its handler)")]
    [TestCase("class C { void M() { var p = new Process(); p.Exited += (sender, _) => ((Process)sender!).Dispose(); p.Start(); } }", TestName = "{m}(disposed through the sender)")]
    [TestCase("class C { void M() { var p = new Process(); p.Exited += OnExit; p.Start(); } void OnExit(object? sender, EventArgs e) => (sender as IDisposable)?.Dispose(); }", TestName = "{m}(a handler elsewhere)")]
    [TestCase("class C { Process? M() => Process.Start(\"x\"); }", TestName = "{m}(returned)")]
    [TestCase("class C { Process? M() { var p = Process.Start(\"x\"); p?.Refresh(); return p; } }", TestName = "{m}(returned later)")]
    [TestCase("class C { IEnumerable<Process> M() { yield return new Process(); } }", TestName = "{m}(yielded)")]
    [TestCase("class C { Process? _p; void M() { _p = Process.Start(\"x\"); } }", TestName = "{m}(a field)")]
    [TestCase("class C { readonly List<Process> _all = []; void M() { _all.Add(new Process()); } }", TestName = "{m}(a collection)")]
    [TestCase("class C { Process[] M() => [new Process()]; }", TestName = "{m}(a collection expression)")]
    [TestCase("class C { (Process, int) M() => (new Process(), 1); }", TestName = "{m}(a tuple)")]
    [TestCase("class C { void M() { Own(Process.Start(\"x\")); } void Own(Process? p) => p?.Dispose(); }", TestName = "{m}(passed on)")]
    [TestCase("static class X { public static T AddTo<T>(this T p, List<T> all) { all.Add(p); return p; } } class C { readonly List<Process> _all = []; void M() { var p = Process.Start(\"x\").AddTo(_all); p.WaitForExit(); } }", TestName = "{m}(an extension that stores it)")]
    [TestCase("class C { void M(out Process p) { p = new Process(); } }", TestName = "{m}(an out parameter)")]
    [TestCase("class Owner(Process p) : IDisposable { public void Dispose() => p.Dispose(); } class C { Owner M() => new(new Process()); }", TestName = "{m}(a constructor that takes it over)")]
    [TestCase("class C { Func<Process?> M() => () => Process.Start(\"x\"); }", TestName = "{m}(a lambda that returns it)")]
    [TestCase("class C { void M() { foreach (var p in Process.GetProcesses()) { using (p) { Console.WriteLine(p.Id); } } } }", TestName = "{m}(elements used)")]
    [TestCase("class C { void M() { var all = Process.GetProcesses(); foreach (var p in all) { p.Dispose(); } } }", TestName = "{m}(elements disposed)")]
    [TestCase("class C { void M() { Process.GetProcesses().ToList().ForEach(p => p.Dispose()); } }", TestName = "{m}(elements disposed by a lambda)")]
    [TestCase("class C { void M() { Array.ForEach(Process.GetProcesses(), p => p.Dispose()); } }", TestName = "{m}(elements given to a method)")]
    [TestCase("class C { List<Process> M() => Process.GetProcesses().Where(p => p.Id > 1).ToList(); }", TestName = "{m}(elements returned)")]
    [TestCase("class C { void M(string url) { Process.Start(new ProcessStartInfo(url) { UseShellExecute = true }); } }", TestName = "{m}(a document that is opened)")]
    [TestCase("class C { void M(string url) { var info = new ProcessStartInfo(url); info.UseShellExecute = true; Process.Start(info); } }", TestName = "{m}(a document that is opened through a local)")]
    [TestCase("class C { void M(string url) { new Process { StartInfo = { FileName = url, UseShellExecute = true } }.Start(); } }", TestName = "{m}(a document that is opened through a Process)")]
    [TestCase("class C { void M(string url) { if (OperatingSystem.IsLinux()) Process.Start(\"xdg-open\", url); else Process.Start(\"open\", url); } }", TestName = "{m}(the desktop's openers)")]
    [TestCase("class C { void M(string url) { var opened = Process.Start(new ProcessStartInfo(url) { UseShellExecute = true }); } }", TestName = "{m}(a document that is opened into a local)")]
    [TestCase("class C { int M() => Process.GetCurrentProcess().Id; }", TestName = "{m}(this process)")]
    [TestCase("class Process : IDisposable { public static Process Start(string x) => new(); public void Dispose() { } } class C { void M() { Process.Start(\"x\"); } }", TestName = "{m}(another Process)")]
    [TestCase("class C { void M() { if (TryStart(out var p)) { using (p) { } } } bool TryStart(out Process? p) { p = Process.Start(\"x\"); return p != null; } }", TestName = "{m}(an out parameter that is disposed)")]
    [TestCase("class C { readonly Dictionary<int, Process> _all = []; void M() { if (TryFind(1, out var p)) { p!.Refresh(); } } bool TryFind(int id, out Process? p) => _all.TryGetValue(id, out p); }", TestName = "{m}(an out parameter that is found)")]
    [TestCase("class C { Process? _p; void M() { if (TryStart(out var p)) { p!.Refresh(); } } bool TryStart(out Process? p) { p = Process.Start(\"x\"); _p = p; return true; } }", TestName = "{m}(an out parameter that is kept)")]
    [TestCase("class C { void M() { var p = Process.Start(\"x\"); End(p); } static void End(Process? p) { using (p) { } } }", TestName = "{m}(a helper that ends it)")]
    [TestCase("class C { async Task M() { var p = Process.Start(\"x\")!; await EndAsync(p); } async Task EndAsync(Process p) { try { await p.WaitForExitAsync(); } finally { p.Dispose(); } } }", TestName = "{m}(an async helper that ends it)")]
    [TestCase("class C { Process? _p; void M() { var p = Process.Start(\"x\"); Keep(p); } void Keep(Process? p) => _p = p; }", TestName = "{m}(a helper that keeps it)")]
    [TestCase("abstract class C { void M() { var p = Process.Start(\"x\"); Use(p); } protected abstract void Use(Process? p); }", TestName = "{m}(a method that another type writes)")]
    [TestCase("class C { void M() { using var p = StartTool(); } static Process StartTool() => Process.Start(\"x\")!; }", TestName = "{m}(a helper that starts it, and a using)")]
    [TestCase("class C { Process? _p; void M() { StartTool(); } Process StartTool() { _p = Process.Start(\"x\")!; return _p; } }", TestName = "{m}(a helper that starts and keeps it)")]
    [TestCase("class C { Process M() => Again(1); Process Again(int n) => n > 0 ? Again(n - 1) : Process.Start(\"x\")!; void N() { Again(2); } }", TestName = "{m}(a helper that calls itself)")]
    [TestCase("class C { void M() { var (p, _) = (Process.Start(\"x\"), 1); p?.Dispose(); } }", TestName = "{m}(a tuple that is taken apart and disposed)")]
    [TestCase("class C { void M(string[] files) { var all = files.Select(f => Process.Start(f)).ToList(); foreach (var p in all) { p.Dispose(); } } }", TestName = "{m}(a query that starts, and a loop that disposes)")]
    [TestCase("class C { void M(string[] files) { var all = new Dictionary<string, Process>(); foreach (var f in files) { all[f] = Process.Start(f)!; } foreach (var (name, p) in all) { p.Dispose(); } } }", TestName = "{m}(a local dictionary)")]
    [TestCase("class C { readonly Dictionary<string, Process> _all = []; void M(string f) { _all[f] = Process.Start(f)!; } }", TestName = "{m}(a dictionary of the type)")]
    [TestCase("class C { Process? _p; void M() { (_p, var n) = (Process.Start(\"x\"), 1); } }", TestName = "{m}(a tuple that is taken apart into a field)")]
    [TestCase("class C { async Task M() { using var p = await Task.Run(() => Process.Start(\"x\")); } }", TestName = "{m}(the result of a task in a using)")]
    [TestCase("class C { Process? _p; void M() => System.Threading.Interlocked.Exchange(ref _p, Process.Start(\"x\"))?.Dispose(); }", TestName = "{m}(an exchange)")]
    public Task Is_silent_on(string source) => Verify.ReportsAsync(InClass(source));

    [TestCase("class C { void Run() { [|Process.Start(\"x\")|]; } }", "'Run' never disposes the Process that 'Start' returns: the handle stays open until the garbage collector finds it")]
    [TestCase("class C { C() { var tool = [|new Process()|]; tool.Start(); } }", "'C' never disposes 'tool': the handle stays open until the garbage collector finds it")]
    [TestCase("class C { int Count => [|Process.GetProcesses()|].Length; }", "'Count' never disposes the processes that 'GetProcesses' returns: the handle stays open until the garbage collector finds it")]
    public Task Message_says_who_and_what(string source, string message) => Verify.ReportsAsync(InClass(source), message: message);

    [Test]
    public Task Fix_declares_the_local_with_using() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        class C
        {
            int M()
            {
                // the converter
                var p = [|Process.Start("convert")|]!; // no arguments
                p.WaitForExit();
                return p.ExitCode;
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            int M()
            {
                // the converter
                using var p = Process.Start("convert")!; // no arguments
                p.WaitForExit();
                return p.ExitCode;
            }
        }
        """);

    [Test]
    public Task Fix_frees_the_handle_of_a_dropped_result_at_once() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M(bool loud)
            {
                // starts and forgets
                [|Process.Start("a")|]; // the daemon
                if (loud)
                    _ = [|Process.Start("b")|];
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M(bool loud)
            {
                // starts and forgets
                using (Process.Start("a")) { } // the daemon
                if (loud)
                    _ = [|Process.Start("b")|];
            }
        }
        """);

    [Test]
    public Task Fix_names_the_object_of_a_chain() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task M()
            {
                // waits
                await [|Process.Start("a")|]!.WaitForExitAsync(); // until it ends
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task M()
            {
                // waits
                using var process = Process.Start("a");
                await process!.WaitForExitAsync(); // until it ends
            }
        }
        """);

    [Test]
    public Task Fix_disposes_each_element_of_a_loop() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M()
            {
                // all of them
                foreach (var p in [|Process.GetProcesses()|]) // of this machine
                {
                    // its name
                    System.Console.WriteLine(p.ProcessName); // short
                }
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M()
            {
                // all of them
                foreach (var p in Process.GetProcesses()) // of this machine
                {
                    using (p)
                    {
                        // its name
                        System.Console.WriteLine(p.ProcessName); // short
                    }
                }
            }
        }
        """);

    [Test]
    public Task Fix_All_gives_every_object_its_own_name() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        [|Process.Start("a")|]!.WaitForExit();
        [|Process.Start("b")|]!.WaitForExit();
        [|Process.Start("c")|];
        var p = [|new Process()|];
        p.Start();
        var q = args.Length > 0 ? [|Process.Start("d")|] : [|Process.Start("e")|]; // either
        """,
        """
        using System.Diagnostics;
        using var process = Process.Start("a");
        process!.WaitForExit();
        using var process2 = Process.Start("b");
        process2!.WaitForExit();
        using (Process.Start("c")) { }
        using var p = new Process();
        p.Start();
        using var q = args.Length > 0 ? Process.Start("d") : Process.Start("e"); // either
        """);

    [TestCase("class C { void M(bool b) { object p = b ? [|Process.Start(\"x\")|]! : [|Process.Start(\"y\")|]!; Console.WriteLine(p.ToString()); } }", TestName = "{m}(an object cannot be used)")]
    [TestCase("class C { void M(int n) { switch (n) { case 1: var p = [|Process.Start(\"x\")|]; p.WaitForExit(); break; } } }", TestName = "{m}(in a switch section)")]
    [TestCase("class C { void M() { var p = [|new Process()|]; p.Exited += (_, _) => Console.WriteLine(p.ExitCode); p.Start(); } }", TestName = "{m}(a handler still listens)")]
    [TestCase("class C { void M() { var p = [|new Process()|]; p.OutputDataReceived += (_, e) => Console.WriteLine(e.Data); p.Start(); p.BeginOutputReadLine(); } }", TestName = "{m}(lines are still to come)")]
    [TestCase("class C { Task M() { var p = [|Process.Start(\"x\")|]!; return p.WaitForExitAsync(); } }", TestName = "{m}(a task still runs)")]
    [TestCase("class C { System.IO.StreamReader M() { var p = [|new Process()|]; p.Start(); return p.StandardOutput; } }", TestName = "{m}(its stream is returned)")]
    [TestCase("class C { void M() { var p = [|Process.Start(\"x\")|]!; Task.Run(() => p.WaitForExit()); } }", TestName = "{m}(a task has captured it)")]
    [TestCase("class C { void M() { var p = [|Process.Start(\"x\")|]; p = [|Process.Start(\"y\")|]; } }", TestName = "{m}(the local is assigned again)")]
    [TestCase("class C { void M() { var p = [|Process.Start(\"x\")|]; p.Refresh(); goto End; End: return; } }", TestName = "{m}(a goto would jump over it)")]
    [TestCase("class C { bool M() => [|Process.GetProcesses()|].Length > 9; }", TestName = "{m}(an array has no element at hand)")]
    [TestCase("class C { Action M() => () => [|Process.Start(\"x\")|]; }", TestName = "{m}(an expression body)")]
    public Task Fix_is_not_offered_where(string source) => Verify.OffersNoFixAsync(InClass(source));
}
