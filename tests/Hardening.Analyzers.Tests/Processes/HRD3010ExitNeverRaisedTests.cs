using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3010ExitNeverRaisedAnalyzer, Hardening.Analyzers.Processes.HRD3010ExitNeverRaisedCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3010ExitNeverRaisedTests
{
    private static string Full(string source) => "using System; using System.Collections.Generic; using System.Diagnostics; using System.Threading.Tasks;\n" + source;

    [TestCase("class C { void M() { var p = new Process(); [|p.Exited|] += (_, _) => { }; p.Start(); } }", TestName = "{m}(a local)")]
    [TestCase("class C { void M() { using var p = Process.Start(\"x\"); [|p.Exited|] += (s, e) => Console.WriteLine(((Process)s!).ExitCode); p.WaitForExit(); } }", TestName = "{m}(a started one)")]
    [TestCase("class C { void M() { var p = new Process { StartInfo = new(\"x\") }; [|p.Exited|] += OnExited; p.Start(); } void OnExited(object? sender, EventArgs e) { } }", TestName = "{m}(a method of the type)")]
    [TestCase("class C { void M() { var p = new Process { EnableRaisingEvents = false }; [|p.Exited|] += OnExited; p.Start(); } static void OnExited(object? sender, EventArgs e) { var p = (Process)sender!; p.Dispose(); } }", TestName = "{m}(turned off)")]
    [TestCase("class C { readonly Process _p = new() { StartInfo = { FileName = \"x\" } }; public C() { [|_p.Exited|] += (_, _) => { }; _p.Start(); } }", TestName = "{m}(a field)")]
    [TestCase("partial class C { Process? _p; void M() { _p = new Process(); _p.Start(); [|_p.Exited|] += OnExited; } void OnExited(object? s, EventArgs e) { } } partial class C { void Stop() => _p?.Kill(true); }", TestName = "{m}(a field of a partial type)")]
    [TestCase("class C { Process? _p; void M() { var p = new Process(); [|p.Exited|] += OnExited; p.Start(); _p = p; } void OnExited(object? s, EventArgs e) => _p = null; }", TestName = "{m}(a local that a field takes)")]
    [TestCase("class C { Process? P { get; set; } void M() { P = Process.Start(\"x\"); [|P.Exited|] += (_, _) => { }; } }", TestName = "{m}(a private property)")]
    [TestCase("class C { void M() { var p = new Process(); Watch(p); p.Start(); } static void Watch(Process p) { [|p.Exited|] += (_, _) => { }; } }", TestName = "{m}(a helper)")]
    [TestCase("class C { void M() { var p = Make(); [|p.Exited|] += (_, _) => { }; p.Start(); } static Process Make() => new() { StartInfo = new(\"x\") }; }", TestName = "{m}(made by a helper)")]
    [TestCase("class C { async Task M() { using var p = Process.Start(\"x\"); var done = new TaskCompletionSource(); [|p.Exited|] += (_, _) => done.TrySetResult(); await done.Task; } }", TestName = "{m}(an async method that waits for it)")]
    [TestCase("class C { IEnumerable<int> M() { using var p = Process.Start(\"x\"); [|p.Exited|] += (_, _) => { }; yield return p.Id; } }", TestName = "{m}(an iterator)")]
    [TestCase("class C { void M() { Action a = () => { var p = new Process(); [|p.Exited|] += delegate { }; p.Start(); }; a(); } }", TestName = "{m}(a lambda)")]
    [TestCase("class C<T> { void M() { void Start() { var p = new Process(); [|p.Exited|] += (_, _) => { }; p.Start(); } Start(); } }", TestName = "{m}(a local function of a generic type)")]
    [TestCase("class C { void M() { foreach (var p in Process.GetProcessesByName(\"x\")) { [|p.Exited|] += (_, _) => { }; } } }", TestName = "{m}(processes that are found)")]
    [TestCase("using var p = new Process();\n[|p.Exited|] += (_, _) => { };\np.Start();", TestName = "{m}(top-level statements)")]
    public Task Reports(string source) => Verify.ReportsAsync(Full(source));

    [TestCase("class C { void M() { var p = new Process { EnableRaisingEvents = true }; p.Exited += (_, _) => { }; p.Start(); } }", TestName = "{m}(an initializer)")]
    [TestCase("class C { void M() { var p = new Process(); p.EnableRaisingEvents = true; p.Exited += (_, _) => { }; } }", TestName = "{m}(before)")]
    [TestCase("class C { void M() { var p = new Process(); p.Exited += (_, _) => { }; p.Start(); p.EnableRaisingEvents = true; } }", TestName = "{m}(after)")]
    [TestCase("class C { void M(bool on) { var p = new Process(); p.Exited += (_, _) => { }; p.EnableRaisingEvents = on; } }", TestName = "{m}(perhaps)")]
    [TestCase("class C { readonly Process _p = new(); public C() { _p.Exited += OnExited; } void Start() { _p.EnableRaisingEvents = true; _p.Start(); } void OnExited(object? s, EventArgs e) { } }", TestName = "{m}(another method of the type)")]
    [TestCase("partial class C { readonly Process _p = new(); public C() { _p.Exited += (_, _) => { }; } }\n// === Other.cs ===\npartial class C { void Start() { _p.EnableRaisingEvents = true; _p.Start(); } }", TestName = "{m}(another part of the type)")]
    [TestCase("class C { Process? _p; void M() { var p = new Process { EnableRaisingEvents = true }; _p = p; _p.Exited += (_, _) => { }; } }", TestName = "{m}(a local that becomes the field)")]
    [TestCase("class C { Process? _p; void M() { var p = new Process(); p.Exited += (_, _) => { }; _p = p; Begin(); } void Begin() => _p!.EnableRaisingEvents = true; }", TestName = "{m}(through the field)")]
    [TestCase("class C { void M() { var p = Make(); p.Exited += (_, _) => { }; } static Process Make() { var p = new Process(); p.EnableRaisingEvents = true; return p; } }", TestName = "{m}(made by a helper)")]
    [TestCase("class C { void M() { var p = new Process(); p.Exited += (_, _) => { }; Begin(p); } static void Begin(Process p) => p.EnableRaisingEvents = true; }", TestName = "{m}(given to a helper)")]
    [TestCase("class C { void M() { var p = new Process { EnableRaisingEvents = true }; Watch(p); } static void Watch(Process p) { p.Exited += (_, _) => { }; } }", TestName = "{m}(set by the caller)")]
    [TestCase("class C { async Task M() { using var p = Process.Start(\"x\"); p.Exited += (_, _) => { }; await p.WaitForExitAsync(); } }", TestName = "{m}(WaitForExitAsync, which sets it)")]
    [TestCase("class C { public void M(Process p) { p.Exited += (_, _) => { }; } }", TestName = "{m}(the process of a caller)")]
    [TestCase("class C { public Process M() { var p = new Process(); p.Exited += (_, _) => { }; return p; } }", TestName = "{m}(a process that is returned)")]
    [TestCase("class C { public Process P { get; } = new(); public C() { P.Exited += (_, _) => { }; } }", TestName = "{m}(a process that others reach)")]
    [TestCase("class C { void M(List<Process> all) { var p = new Process(); p.Exited += (_, _) => { }; all.Add(p); } }", TestName = "{m}(a process that others keep)")]
    [TestCase("class C { void M(Process p) { p.Exited -= OnExited; } void OnExited(object? s, EventArgs e) { } }", TestName = "{m}(a handler that is removed)")]
    [TestCase("class Tool { public event EventHandler? Exited; public void End() => Exited?.Invoke(this, EventArgs.Empty); } class C { void M() { var t = new Tool(); t.Exited += (_, _) => { }; t.End(); } }", TestName = "{m}(another Exited)")]
    [TestCase("class Tool : Process { public Tool() => EnableRaisingEvents = true; } class C { void M() { var t = new Tool(); t.Exited += (_, _) => { }; } }", TestName = "{m}(a derived type)")]
    public Task Is_silent_on(string source) => Verify.ReportsAsync(Full(source));

    [Test]
    public Task Message_says_who_and_what() => Verify.ReportsAsync(
        Full("class C { Process? _worker; void Start() { _worker = Process.Start(\"x\"); [|_worker.Exited|] += (_, _) => { }; } }"),
        message: "'Start' handles the exit of '_worker', and nothing sets EnableRaisingEvents: the handler never runs");

    [Test]
    public Task Fix_sets_it_after_the_handler() => Verify.FixesAllAsync(
        """
        using System;
        using System.Diagnostics;
        class C
        {
            private Process? _worker;

            void M()
            {
                var p = new Process();
                // when it ends
                [|p.Exited|] += (_, _) => // nothing
                {
                }; // done
                [|p.Exited|] += OnExited;
                p.Start();

                _worker = Process.Start("x");
                [|this._worker.Exited|] += OnExited; // restart
            }

            void OnExited(object? sender, EventArgs e) { }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        class C
        {
            private Process? _worker;

            void M()
            {
                var p = new Process();
                // when it ends
                p.Exited += (_, _) => // nothing
                {
                }; // done
                p.EnableRaisingEvents = true;
                p.Exited += OnExited;
                p.Start();

                _worker = Process.Start("x");
                this._worker.Exited += OnExited; // restart
                this._worker.EnableRaisingEvents = true;
            }

            void OnExited(object? sender, EventArgs e) { }
        }
        """);

    [TestCase("class C { void M() { var p = new Process(); if (p.Id > 1) [|p.Exited|] += (_, _) => { }; } }", TestName = "{m}(an embedded statement)")]
    [TestCase("class C { void M() { var p = new Process(); [|p.Exited|] += (_, _) => { }; p.EnableRaisingEvents = false; } }", TestName = "{m}(events that are turned off)")]
    public Task Fix_is_not_offered_for(string source) => Verify.OffersNoFixAsync(Full(source));
}
