using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3005ChildRunsOnAnalyzer, Hardening.Analyzers.Processes.HRD3005ChildRunsOnCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3005ChildRunsOnTests
{
    private static string Full(string source) => "using System; using System.Collections.Generic; using System.Diagnostics; using System.Threading; using System.Threading.Tasks;\n" + source;

    private static string InClass(string member) => Full($"class C {{ Process? _p; {member} }}");

    [TestCase("void M() { using var p = Process.Start(\"x\"); [|p.WaitForExit|](5000); }", TestName = "{m}(a local)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); [|p.WaitForExit|](TimeSpan.FromSeconds(5)); }", TestName = "{m}(a TimeSpan)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); _ = [|p.WaitForExit|](5000); }", TestName = "{m}(a discard)")]
    [TestCase("void M() { Process.Start(\"x\")?[|.WaitForExit|](5000); }", TestName = "{m}(a chain)")]
    [TestCase("void M(Process p) { [|p.WaitForExit|](5000); }", TestName = "{m}(a parameter)")]
    [TestCase("int M() { using var p = Process.Start(\"x\"); [|p.WaitForExit|](5000); return p.ExitCode; }", TestName = "{m}(an exit code that nobody catches)")]
    [TestCase("string M() { using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; var text = p.StandardOutput.ReadToEnd(); [|p.WaitForExit|](5000); return text; }", TestName = "{m}(after its output)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } void End() { _p?[|.WaitForExit|](5000); _p?.Dispose(); }", TestName = "{m}(a field)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); Action wait = () => { [|p.WaitForExit|](5000); }; wait(); }", TestName = "{m}(a lambda)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); Wait(); void Wait() { [|p.WaitForExit|](5000); } }", TestName = "{m}(a local function)")]
    [TestCase("IEnumerable<int> M() { using var p = Process.Start(\"x\"); yield return 1; [|p.WaitForExit|](5000); }", TestName = "{m}(an iterator)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); await [|p.WaitForExitAsync|](token); }", TestName = "{m}(a token)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); await [|p.WaitForExitAsync|](token).ConfigureAwait(false); }", TestName = "{m}(ConfigureAwait)")]
    [TestCase("async Task M() { using var p = Process.Start(\"x\"); using var limit = new CancellationTokenSource(1000); await [|p.WaitForExitAsync|](limit.Token); }", TestName = "{m}(a timed source)")]
    [TestCase("async Task M() { using var p = Process.Start(\"x\"); await [|p.WaitForExitAsync|]().WaitAsync(TimeSpan.FromSeconds(1)); }", TestName = "{m}(WaitAsync)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); await [|p.WaitForExitAsync|](token); if (!p.HasExited) { p.Kill(true); } }", TestName = "{m}(a kill that the exception passes by)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); try { await [|p.WaitForExitAsync|](token); } catch (OperationCanceledException) { Console.WriteLine(\"cancelled\"); throw; } }", TestName = "{m}(a catch that only logs)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); try { await [|p.WaitForExitAsync|](token); } finally { p.Dispose(); } }", TestName = "{m}(a finally that only disposes)")]
    [TestCase("async Task M(Task text, CancellationToken token) { using var p = Process.Start(\"x\"); await Task.WhenAll(text, [|p.WaitForExitAsync|](token)); }", TestName = "{m}(WhenAll)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } async Task End(CancellationToken token) { await [|_p!.WaitForExitAsync|](token); } public void Dispose() => _p?.Dispose();", TestName = "{m}(a field with a token)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); await WaitAsync(p, token); } private static async Task WaitAsync(Process p, CancellationToken token) { await [|p.WaitForExitAsync|](token); }", TestName = "{m}(a helper that waits)")]
    [TestCase("Task M(CancellationToken token) { var p = Process.Start(\"x\"); return [|p.WaitForExitAsync|](token); }", TestName = "{m}(a task for the caller, who has no child)")]
    [TestCase("async IAsyncEnumerable<int> M([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token) { using var p = Process.Start(\"x\"); await [|p.WaitForExitAsync|](token); yield return 1; }", TestName = "{m}(an async iterator)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); [|TryKill|](p); Console.WriteLine(); } static bool TryKill(Process p) { try { p.Kill(true); return p.WaitForExit(1000); } catch (InvalidOperationException) { return false; } }", TestName = "{m}(TryKill)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } void Restart() { [|TryKill|](); Begin(); } bool TryKill() { _p!.Kill(true); return _p.WaitForExit(1000); }", TestName = "{m}(TryKill of a field)")]
    public Task Reports(string member) => Verify.ReportsAsync(InClass(member));

    [TestCase("using var p = Process.Start(\"x\"); [|p.WaitForExit|](5000);", TestName = "{m}(top-level statements)")]
    [TestCase("class C<T> { async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); await [|p.WaitForExitAsync|](token); } }", TestName = "{m}(a generic type)")]
    [TestCase("partial class C { private Process? _p; } partial class C { void M() { _p = Process.Start(\"x\"); [|_p.WaitForExit|](1); } }", TestName = "{m}(a partial type)")]
    public Task Reports_in(string source) => Verify.ReportsAsync(Full(source));

    [TestCase("void M() { using var p = Process.Start(\"x\"); if (!p.WaitForExit(5000)) { p.Kill(true); } }", TestName = "{m}(an answer)")]
    [TestCase("bool M() { using var p = Process.Start(\"x\"); return p.WaitForExit(5000); }", TestName = "{m}(an answer for the caller)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); p.WaitForExit(5000); if (!p.HasExited) { p.Kill(true); } }", TestName = "{m}(HasExited)")]
    [TestCase("int M() { using var p = Process.Start(\"x\"); p.WaitForExit(5000); if (p.HasExited) { return p.ExitCode; } return -1; }", TestName = "{m}(HasExited without a kill)")]
    [TestCase("int M() { using var p = Process.Start(\"x\"); p.WaitForExit(5000); try { return p.ExitCode; } catch (InvalidOperationException) { return -1; } }", TestName = "{m}(ExitCode in a try)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); while (!p.HasExited) { p.WaitForExit(100); } }", TestName = "{m}(a loop that asks)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); p.Kill(true); p.WaitForExit(5000); }", TestName = "{m}(a wait after a kill)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); p.WaitForExit(5000); p.Kill(true); }", TestName = "{m}(a kill after the wait)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); p.CloseMainWindow(); p.WaitForExit(5000); }", TestName = "{m}(a request to end, which HRD3008 reports)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); using var kill = Process.Start(\"kill\", $\"-TERM {p.Id}\"); p.WaitForExit(5000); }", TestName = "{m}(a kill child, which HRD3008 reports)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); p.WaitForExit(0); }", TestName = "{m}(a question)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); p.WaitForExit(); }", TestName = "{m}(a wait without a limit, which HRD3004 reports)")]
    [TestCase("void M(int pid) { using var p = Process.GetProcessById(pid); p.WaitForExit(5000); }", TestName = "{m}(another process)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } void End() { _p?.WaitForExit(5000); } public void Dispose() { _p?.Kill(true); _p?.Dispose(); }", TestName = "{m}(a field that Dispose kills)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); Wait(p); if (!p.HasExited) { p.Kill(true); } } private static void Wait(Process p) { p.WaitForExit(5000); }", TestName = "{m}(a caller that asks)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); try { await p.WaitForExitAsync(token); } catch (OperationCanceledException) { p.Kill(true); throw; } }", TestName = "{m}(a kill in the catch)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); try { await p.WaitForExitAsync(token); } finally { if (!p.HasExited) { p.Kill(true); } } }", TestName = "{m}(a kill in the finally)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); try { await p.WaitForExitAsync(token); } catch (OperationCanceledException) { } if (!p.HasExited) { p.Kill(true); } }", TestName = "{m}(a kill behind the catch)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); try { await p.WaitForExitAsync(token); } catch (OperationCanceledException) { End(p); throw; } } static void End(Process p) { if (!p.HasExited) p.Kill(true); }", TestName = "{m}(a kill in a helper)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); using var end = token.Register(() => p.Kill(true)); await p.WaitForExitAsync(token); }", TestName = "{m}(a token that kills)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); await p.WaitForExitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); if (!p.HasExited) { p.Kill(true); } }", TestName = "{m}(a wait that does not throw)")]
    [TestCase("async Task M() { using var p = Process.Start(\"x\"); var exit = p.WaitForExitAsync(); if (await Task.WhenAny(exit, Task.Delay(1000)) != exit) { p.Kill(true); } }", TestName = "{m}(WhenAny)")]
    [TestCase("async Task M(Process p, CancellationToken token) { await p.WaitForExitAsync(token); }", TestName = "{m}(a child that the caller owns)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } async Task End(CancellationToken token) { await _p!.WaitForExitAsync(token); } void Stop() => _p?.Kill(true);", TestName = "{m}(a field that Stop kills)")]
    [TestCase("async Task M(int pid, CancellationToken token) { using var p = Process.GetProcessById(pid); await p.WaitForExitAsync(token); }", TestName = "{m}(another process with a token)")]
    [TestCase("async Task<Process> M(CancellationToken token) { var p = Process.Start(\"x\"); try { await p.WaitForExitAsync(token); } catch (OperationCanceledException) { } return p; }", TestName = "{m}(a child that is returned)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); try { await WaitAsync(p, token); } catch (OperationCanceledException) { p.Kill(true); throw; } } private static async Task WaitAsync(Process p, CancellationToken token) { await p.WaitForExitAsync(token); }", TestName = "{m}(a helper whose caller kills)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); try { await p.WaitForExitAsync(token); } catch (OperationCanceledException) { TryKill(p); throw; } } static bool TryKill(Process p) { p.Kill(true); return true; }", TestName = "{m}(TryKill on the way out)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); if (!TryKill(p)) { throw new TimeoutException(); } } static bool TryKill(Process p) { p.Kill(true); return p.WaitForExit(1); }", TestName = "{m}(TryKill that is asked)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } public void Dispose() { TryKill(); } bool TryKill() { _p!.Kill(true); return true; }", TestName = "{m}(TryKill in Dispose)")]
    public Task Is_silent_on(string member) => Verify.ReportsAsync(InClass(member));

    [Test]
    public Task Is_silent_on_a_process_type_that_ends_itself() => Verify.ReportsAsync(Full(
        "class Child : Process { protected override void Dispose(bool disposing) { Kill(true); base.Dispose(disposing); } } class C { async Task M(CancellationToken token) { using var p = new Child(); p.Start(); await p.WaitForExitAsync(token); } }"));

    [TestCase("void Run() { using var tool = Process.Start(\"x\"); [|tool.WaitForExit|](5000); }", "'Run' does not ask whether 'tool' has ended in time, and nothing ends it when it has not")]
    [TestCase("async Task Run(CancellationToken token) { using var tool = Process.Start(\"x\"); await [|tool.WaitForExitAsync|](token); }", "'Run' leaves 'tool' running when the wait for it is given up")]
    [TestCase("void Run() { using var tool = Process.Start(\"x\"); [|TryKill|](tool); } static bool TryKill(Process p) { p.Kill(true); return true; }", "'Run' does not ask whether 'TryKill' has ended the process, which may run on")]
    public Task Message_says_who_and_what(string member, string message) => Verify.ReportsAsync(InClass(member), message: message);

    [Test]
    public Task Fix_kills_when_the_time_is_up() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M()
            {
                using var p = Process.Start("x");
                // wait
                [|p.WaitForExit|](5 * 1000); // for a while
                using var q = Process.Start("y") ?? null;
                q?[|.WaitForExit|](milliseconds: 5000); // too
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M()
            {
                using var p = Process.Start("x");
                // wait
                if (!p.WaitForExit(5 * 1000))
                {
                    p.Kill(entireProcessTree: true);
                } // for a while

                using var q = Process.Start("y") ?? null;
                if (q?.WaitForExit(milliseconds: 5000) == false)
                {
                    q.Kill(entireProcessTree: true);
                } // too
            }
        }
        """);

    [Test]
    public Task Fix_kills_when_the_wait_is_cancelled() => Verify.FixesAllAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            async Task M(Task text, CancellationToken token)
            {
                using var p = Process.Start("x");
                // wait
                await [|p.WaitForExitAsync|](token).ConfigureAwait(false); // or cancel
                using var q = Process.Start("y");
                await Task.WhenAll(text, [|q.WaitForExitAsync|]().WaitAsync(TimeSpan.FromSeconds(1))); // too
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            async Task M(Task text, CancellationToken token)
            {
                using var p = Process.Start("x");
                // wait
                try
                {
                    await p.WaitForExitAsync(token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    p.Kill(entireProcessTree: true);
                    throw;
                } // or cancel

                using var q = Process.Start("y");
                try
                {
                    await Task.WhenAll(text, q.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(1)));
                }
                catch
                {
                    q.Kill(entireProcessTree: true);
                    throw;
                } // too
            }
        }
        """);

    [TestCase("void M() { Process.Start(\"x\")?[|.WaitForExit|](5000); }", TestName = "{m}(a child that nothing names)")]
    [TestCase("void M(bool wait) { using var p = Process.Start(\"x\"); if (wait) [|p.WaitForExit|](5000); }", TestName = "{m}(an embedded statement)")]
    [TestCase("async Task M(CancellationToken token) { using var p = Process.Start(\"x\"); var exit = [|p.WaitForExitAsync|](token); await exit; }", TestName = "{m}(a task in a local)")]
    [TestCase("void M() { using var p = Process.Start(\"x\"); [|TryKill|](p); } static bool TryKill(Process p) { p.Kill(true); return true; }", TestName = "{m}(TryKill)")]
    public Task Fix_is_not_offered_for(string member) => Verify.OffersNoFixAsync(InClass(member));
}
