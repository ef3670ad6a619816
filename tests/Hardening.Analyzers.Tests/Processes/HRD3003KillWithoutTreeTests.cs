using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3003KillWithoutTreeAnalyzer, Hardening.Analyzers.Processes.HRD3003KillWithoutTreeCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3003KillWithoutTreeTests
{
    private static string Full(string source) => "using System; using System.Collections.Generic; using System.Diagnostics; using System.Threading; using System.Threading.Tasks;\n" + source;

    [TestCase("class C { void M(Process p) { [|p.Kill()|]; } }", TestName = "{m}(a parameter)")]
    [TestCase("class C { Process? _p; void M() => _p?[|.Kill()|]; }", TestName = "{m}(a field, conditionally)")]
    [TestCase("class C { async Task M(Process p, CancellationToken t) { try { await p.WaitForExitAsync(t); } catch (OperationCanceledException) { [|p.Kill()|]; } } }", TestName = "{m}(an async method that is cancelled)")]
    [TestCase("class C { void M(Process p) { if (!p.WaitForExit(1000)) [|p.Kill()|]; } }", TestName = "{m}(a timeout)")]
    [TestCase("class C { void M(Process p, CancellationToken t) { t.Register(() => [|p.Kill()|]); } }", TestName = "{m}(a lambda)")]
    [TestCase("class C { void M(Process p, CancellationToken t) { t.Register([|p.Kill|]); } }", TestName = "{m}(a method group)")]
    [TestCase("class C { void M(Process p) { void End() => [|p.Kill()|]; End(); } }", TestName = "{m}(a local function)")]
    [TestCase("foreach (var p in Process.GetProcessesByName(\"x\")) { using (p) { [|p.Kill()|]; } }", TestName = "{m}(top-level statements)")]
    [TestCase("class C { IEnumerable<int> M(Process p) { yield return 1; [|p.Kill()|]; } }", TestName = "{m}(an iterator)")]
    [TestCase("class C(Process p) : IDisposable { public void Dispose() { [|p.Kill()|]; p.Dispose(); } }", TestName = "{m}(a primary constructor)")]
    [TestCase("class C<T> where T : Process { void M(T p) { [|p.Kill()|]; } }", TestName = "{m}(a type parameter)")]
    [TestCase("class Mine : Process { void End() { [|Kill()|]; [|base.Kill()|]; } }", TestName = "{m}(a derived type)")]
    [TestCase("class C { void M(Process p) { try { [|p.Kill()|]; } catch (InvalidOperationException) { } } }", TestName = "{m}(a try)")]
    public Task Reports(string source) => Verify.ReportsAsync(Full(source));

    [TestCase("class C { void M(Process p) => p.Kill(true); }", TestName = "{m}(the tree)")]
    [TestCase("class C { void M(Process? p) => p?.Kill(entireProcessTree: true); }", TestName = "{m}(the tree, by name)")]
    [TestCase("class C { void M(Process p) => p.Kill(entireProcessTree: false); }", TestName = "{m}(a decision)")]
    [TestCase("class C { void M(Process p, bool all) => p.Kill(all); }", TestName = "{m}(an argument)")]
    [TestCase("class C { void M() => Process.GetCurrentProcess().Kill(); }", TestName = "{m}(this process)")]
    [TestCase("class C { void M() { using var me = Process.GetCurrentProcess(); me.Kill(); } }", TestName = "{m}(this process through a local)")]
    [TestCase("class C { void M(Process p) { try { p.Kill(true); } catch (System.ComponentModel.Win32Exception) { p.Kill(); } } }", TestName = "{m}(the last resort)")]
    [TestCase("class Process { public void Kill() { } public void Kill(bool all) { } } class C { void M(Process p) => p.Kill(); }", TestName = "{m}(another Process)")]
    [TestCase("class C { void M(Process p) => p.CloseMainWindow(); }", TestName = "{m}(a request to end)")]
    public Task Is_silent_on(string source) => Verify.ReportsAsync(Full(source));

    [Test]
    public Task Is_silent_where_the_framework_cannot_kill_a_tree() =>
        Verify.ReportsAsync(Full("class C { void M(Process p) { p.Kill(); } }"), new Setup { Framework = Framework.NetStandard20 });

    [TestCase("class C { void Stop(Process worker) { [|worker.Kill()|]; } }", "'Stop' kills 'worker' alone: the processes that it has started live on")]
    [TestCase("class C { Process? _worker; void Stop() { _worker?[|.Kill()|]; } }", "'Stop' kills '_worker' alone: the processes that it has started live on")]
    public Task Message_says_who_and_what(string source, string message) => Verify.ReportsAsync(Full(source), message: message);

    [Test]
    public Task Fix_kills_the_tree() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M(Process p, Process? q)
            {
                // first one
                [|p.Kill()|]; // at once
                q?[|.Kill( /* all */ )|];
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M(Process p, Process? q)
            {
                // first one
                p.Kill(entireProcessTree: true); // at once
                q?.Kill( /* all */ entireProcessTree: true);
            }
        }
        """);

    [Test]
    public Task Fix_is_not_offered_for_a_method_group() =>
        Verify.OffersNoFixAsync(Full("class C { void M(Process p, CancellationToken t) { t.Register([|p.Kill|]); } }"));
}
