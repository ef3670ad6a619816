using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3008AskedToEndOnlyAnalyzer, Hardening.Analyzers.Processes.HRD3008AskedToEndOnlyCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3008AskedToEndOnlyTests
{
    private const string SupervisedTitle = "Move to SupervisedProcess and end the child with StopAsync";

    private const string Usings =
        "using System; using System.Collections.Generic; using System.Diagnostics; using System.Runtime.InteropServices; using System.Threading; using System.Threading.Tasks;\n";

    [TestCase("[|p.CloseMainWindow|]();", TestName = "{m}(CloseMainWindow)")]
    [TestCase("_child?[|.CloseMainWindow|]();", TestName = "{m}(a field, conditionally)")]
    [TestCase("[|p.CloseMainWindow|](); p.WaitForExit(5000);", TestName = "{m}(a wait with a limit that nobody asks about)")]
    [TestCase("[|p.CloseMainWindow|](); p.Dispose();", TestName = "{m}(a dispose)")]
    [TestCase("if (![|p.CloseMainWindow|]()) { p.Kill(); }", TestName = "{m}(a kill only where there is no window)")]
    [TestCase("try { [|p.CloseMainWindow|](); } catch (InvalidOperationException) { p.Kill(true); }", TestName = "{m}(a kill only where the asking fails)")]
    [TestCase("if (_force) { p.Kill(true); } else { [|p.CloseMainWindow|](); }", TestName = "{m}(a kill in the other branch)")]
    [TestCase("if (!_force) { [|p.CloseMainWindow|](); return; } p.Kill(true);", TestName = "{m}(a kill that is not reached)")]
    [TestCase("foreach (var each in Process.GetProcessesByName(\"viewer\")) { [|each.CloseMainWindow|](); }", TestName = "{m}(each of several)")]
    [TestCase("using var k = [|Process.Start|](\"kill\", $\"-TERM {p.Id}\"); k.WaitForExit();", TestName = "{m}(a kill child)")]
    [TestCase("[|Process.Start|](\"/bin/kill\", p.Id.ToString());", TestName = "{m}(a kill child without a signal)")]
    [TestCase("[|Process.Start|](\"kill\", [\"-15\", $\"{p.Id}\"]);", TestName = "{m}(a list of arguments)")]
    [TestCase("[|Process.Start|](new ProcessStartInfo { FileName = \"pkill\", Arguments = \"worker\" });", TestName = "{m}(pkill)")]
    [TestCase("[|Process.Start|](\"taskkill\", $\"/PID {p.Id} /T\");", TestName = "{m}(taskkill without force)")]
    [TestCase("[|Process.Start|](\"sh\", $\"-c \\\"kill -s TERM {p.Id}\\\"\");", TestName = "{m}(a shell)")]
    [TestCase("var info = new ProcessStartInfo(\"kill\"); info.ArgumentList.Add(\"-TERM\"); info.ArgumentList.Add(p.Id.ToString()); using var k = [|Process.Start|](info)!; if (!k.WaitForExit(1000)) { k.Kill(); }", TestName = "{m}(a kill of the kill child)")]
    [TestCase("var k = new Process { StartInfo = new(\"kill\", $\"{p.Id}\") }; [|k.Start|]();", TestName = "{m}(an instance)")]
    [TestCase("[|kill|](p.Id, 15);", TestName = "{m}(the system's kill)")]
    [TestCase("[|Send|](p.Id, SIGTERM); Thread.Sleep(1000);", TestName = "{m}(an entry point)")]
    [TestCase("Action stop = () => [|p.CloseMainWindow|](); stop();", TestName = "{m}(a lambda)")]
    [TestCase("void Stop() { [|p.CloseMainWindow|](); } Stop();", TestName = "{m}(a local function)")]
    public Task Reports(string body) => Verify.ReportsAsync(In($"void M(Process p) {{ {body} }}"));

    [TestCase("p.CloseMainWindow(); if (!p.WaitForExit(5000)) { p.Kill(true); }", TestName = "{m}(an escalation)")]
    [TestCase("if (!p.CloseMainWindow() || !p.WaitForExit(5000)) { p.Kill(); }", TestName = "{m}(an escalation in one condition)")]
    [TestCase("p.CloseMainWindow(); Thread.Sleep(1000); if (!p.HasExited) { p.Kill(); }", TestName = "{m}(a sleep and a kill)")]
    [TestCase("try { p.CloseMainWindow(); p.WaitForExit(100); } finally { p.Kill(true); }", TestName = "{m}(a finally)")]
    [TestCase("using var k = Process.Start(\"kill\", $\"-TERM {p.Id}\"); if (!p.WaitForExit(5000)) { using var k9 = Process.Start(\"kill\", $\"-9 {p.Id}\"); }", TestName = "{m}(kill -9)")]
    [TestCase("Process.Start(\"kill\", $\"-9 {p.Id}\");", TestName = "{m}(kill -9 at once)")]
    [TestCase("Process.Start(\"kill\", [\"-KILL\", p.Id.ToString()]);", TestName = "{m}(SIGKILL)")]
    [TestCase("Process.Start(\"taskkill\", $\"/F /PID {p.Id}\");", TestName = "{m}(taskkill with force)")]
    [TestCase("Process.Start(\"kill\", $\"-HUP {p.Id}\");", TestName = "{m}(a reload)")]
    [TestCase("Process.Start(\"kill\", $\"-0 {p.Id}\");", TestName = "{m}(a question)")]
    [TestCase("Process.Start(\"kill\", $\"-{p.Id} 1\");", TestName = "{m}(a signal that is not known)")]
    [TestCase("Process.Start(\"tool\", \"kill\");", TestName = "{m}(another program)")]
    [TestCase("kill(p.Id, 15); if (!p.WaitForExit(100)) { kill(p.Id, 9); }", TestName = "{m}(the system's kill, twice)")]
    [TestCase("kill(p.Id, 9);", TestName = "{m}(the system's kill, at once)")]
    [TestCase("kill(p.Id, 0);", TestName = "{m}(the system's kill as a question)")]
    [TestCase("p.CloseMainWindow(); KillLater(p); void KillLater(Process q) { if (!q.WaitForExit(100)) { q.Kill(true); } }", TestName = "{m}(a local function)")]
    [TestCase("using var late = new CancellationTokenSource(100); late.Token.Register(() => p.Kill(true)); p.CloseMainWindow(); p.WaitForExit();", TestName = "{m}(a kill that a token brings)")]
    [TestCase("Process.GetCurrentProcess().CloseMainWindow();", TestName = "{m}(this process)")]
    [TestCase("p.Kill(true);", TestName = "{m}(a kill)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In($"void M(Process p) {{ {body} }}"));

    [TestCase("async Task StopAsync(Process p, CancellationToken stop) { [|p.CloseMainWindow|](); await p.WaitForExitAsync(stop); }", TestName = "{m}(an async method)")]
    [TestCase("public void Stop() { Ask(); } void Ask() => [|_child!.CloseMainWindow|](); public void Dispose() => _child?.Dispose();", TestName = "{m}(a helper, and a Dispose that ends nothing)")]
    [TestCase("public void Stop() { Terminate(_child!); _child!.WaitForExit(100); } static void Terminate(Process p) { [|kill|](p.Id, 15); }", TestName = "{m}(a helper for any process)")]
    [TestCase("IEnumerable<int> M(Process p) { [|p.CloseMainWindow|](); yield return p.Id; }", TestName = "{m}(an iterator)")]
    [TestCase("void M<T>(T p) where T : Process { [|p.CloseMainWindow|](); }", TestName = "{m}(a type parameter)")]
    [TestCase("int _pid; void M() { [|kill|](_pid, 15); }", TestName = "{m}(a number)")]
    public Task Reports_in_members(string members) => Verify.ReportsAsync(In(members));

    [TestCase("async Task StopAsync(Process p, CancellationToken stop) { p.CloseMainWindow(); try { await p.WaitForExitAsync(stop); } catch (OperationCanceledException) { p.Kill(true); } }", TestName = "{m}(a token that kills)")]
    [TestCase("async Task StopAsync(Process p, CancellationToken stop) { try { p.CloseMainWindow(); await p.WaitForExitAsync(stop); } catch (OperationCanceledException) { p.Kill(true); } }", TestName = "{m}(a token that kills, in one try)")]
    [TestCase("public void Stop() => _child?.CloseMainWindow(); public void Dispose() { if (_child is { HasExited: false }) { _child.Kill(true); } _child?.Dispose(); }", TestName = "{m}(a Dispose that kills)")]
    [TestCase("public void Stop() { Ask(); if (!_child!.WaitForExit(100)) { _child.Kill(true); } } void Ask() => _child!.CloseMainWindow();", TestName = "{m}(a helper)")]
    [TestCase("public void Stop() { Terminate(_child!); if (!_child!.WaitForExit(100)) { _child.Kill(true); } } static void Terminate(Process p) { kill(p.Id, 15); }", TestName = "{m}(a helper for any process)")]
    [TestCase("public void Stop(Process p) { p.CloseMainWindow(); End(p); } static void End(Process p) { if (!p.WaitForExit(100)) { Really(p); } } static void Really(Process p) => p.Kill(true);", TestName = "{m}(helpers that kill)")]
    [TestCase("public static void Terminate(Process p) { kill(p.Id, 15); }", TestName = "{m}(a tool for others)")]
    [TestCase("int _pid; void M() { kill(_pid, 15); } void End() { Process.GetProcessById(_pid).Kill(); }", TestName = "{m}(a number that is killed elsewhere)")]
    public Task Is_silent_in_members_on(string members) => Verify.ReportsAsync(In(members));

    [TestCase("using var p = Process.Start(\"viewer\"); [|p.CloseMainWindow|]();", TestName = "{m}(top-level statements)")]
    [TestCase("new Owner().Stop(); partial class Owner { Process _p = new(); public void Stop() => [|_p.CloseMainWindow|](); } partial class Owner { void Wait() => _p.WaitForExit(); }", TestName = "{m}(a partial type)")]
    [TestCase("new Owner(new Process()).Stop(); class Owner(Process p) { public void Stop() => [|p.CloseMainWindow|](); }", TestName = "{m}(a primary constructor)")]
    [TestCase("Native.Stop(1); static partial class Native { [LibraryImport(\"libc\", EntryPoint = \"kill\")] private static partial int SysKill(int pid, int signal); private static partial int SysKill(int pid, int signal) => 0; public static void Stop(int pid) => [|SysKill|](pid, 15); }", TestName = "{m}(LibraryImport)")]
    public Task Reports_in_a_program(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("void Stop(Process viewer) { [|viewer.CloseMainWindow|](); }", "'Stop' asks 'viewer' to end and never makes sure that it does, so one that does not listen runs on")]
    [TestCase("void Stop() { [|kill|](1, 15); }", "'Stop' asks a process to end and never makes sure that it does, so one that does not listen runs on")]
    [TestCase("void Stop() { [|Process.Start|](\"kill\", $\"{_child!.Id}\"); }", "'Stop' asks '_child' to end and never makes sure that it does, so one that does not listen runs on")]
    public Task Message_says_who_is_asked(string members, string message) => Verify.ReportsAsync(In(members), message: message);

    [Test]
    public Task Fix_waits_and_kills() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        class C
        {
            Process? _q;

            void M(Process p)
            {
                // politely
                [|p.CloseMainWindow|](); // please
                p.Dispose();
            }

            void N()
            {
                _q?[|.CloseMainWindow|]();
            }

            void O(Process p)
            {
                using var k = [|Process.Start|]("kill", $"-TERM {p.Id}"); // please
                k.WaitForExit();
            }

            void P(Process p)
            {
                [|p.CloseMainWindow|]();
                // as long as it takes
                p.WaitForExit(); // ended
            }

            void Q(Process p)
            {
                if (![|p.CloseMainWindow|]()) // no window
                {
                    p.Kill();
                }
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            Process? _q;

            void M(Process p)
            {
                // politely
                p.CloseMainWindow(); // please
                if (!p.WaitForExit(System.TimeSpan.FromSeconds(10)))
                {
                    p.Kill(entireProcessTree: true);
                }

                p.Dispose();
            }

            void N()
            {
                _q?.CloseMainWindow();
                if (_q?.WaitForExit(System.TimeSpan.FromSeconds(10)) == false)
                {
                    _q.Kill(entireProcessTree: true);
                }
            }

            void O(Process p)
            {
                using var k = Process.Start("kill", $"-TERM {p.Id}"); // please
                if (!p.WaitForExit(System.TimeSpan.FromSeconds(10)))
                {
                    p.Kill(entireProcessTree: true);
                }

                k.WaitForExit();
            }

            void P(Process p)
            {
                p.CloseMainWindow();
                // as long as it takes
                if (!p.WaitForExit(System.TimeSpan.FromSeconds(10)))
                {
                    p.Kill(entireProcessTree: true);
                } // ended
            }

            void Q(Process p)
            {
                if (!p.CloseMainWindow() || !p.WaitForExit(System.TimeSpan.FromSeconds(10))) // no window
                {
                    p.Kill();
                }
            }
        }
        """);

    [Test]
    public Task Fix_keeps_the_limit_of_a_wait() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M(Process p)
            {
                [|p.CloseMainWindow|]();
                // five seconds
                p.WaitForExit(5000); // or so
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M(Process p)
            {
                p.CloseMainWindow();
                // five seconds
                if (!p.WaitForExit(5000))
                {
                    p.Kill(entireProcessTree: true);
                } // or so
            }
        }
        """);

    [Test]
    public Task Fix_awaits_in_async_code() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task M(Process p)
            {
                // politely
                [|p.CloseMainWindow|](); // please
                await Task.Yield();
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task M(Process p)
            {
                // politely
                p.CloseMainWindow(); // please
                using var limit = new System.Threading.CancellationTokenSource(System.TimeSpan.FromSeconds(10));
                try
                {
                    await p.WaitForExitAsync(limit.Token);
                }
                catch (System.OperationCanceledException)
                {
                    p.Kill(entireProcessTree: true);
                }

                await Task.Yield();
            }
        }
        """);

    [Test]
    public Task Fix_moves_to_the_supervised_process() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task M()
            {
                using var p = Process.Start(new ProcessStartInfo("worker"))!;
                await Task.Delay(1000);
                // politely
                [|Process.Start|]("kill", $"-TERM {p.Id}"); // please
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;
        class C
        {
            async Task M()
            {
                await using var p = SupervisedProcess.Start(new ProcessStartInfo("worker"));
                await Task.Delay(1000);
                // politely
                await p.StopAsync(); // please
            }
        }
        """,
        SupervisedTitle, SupervisedDeclarations.Setup);

    [TestCase("void M(int pid) { [|kill|](pid, 15); }", TestName = "{m}(a number)")]
    [TestCase("void M(Process p) => [|p.CloseMainWindow|]();", TestName = "{m}(an expression body)")]
    [TestCase("void M(Process p) { var asked = 0; if (asked == 0 && [|p.CloseMainWindow|]()) { asked++; } }", TestName = "{m}(a condition)")]
    [TestCase("void M(Process p) { if (_force) [|p.CloseMainWindow|](); }", TestName = "{m}(a statement without a block)")]
    [TestCase("async Task M() { _child?[|.CloseMainWindow|](); await Task.Yield(); }", TestName = "{m}(a conditional access in async code)")]
    public Task Fix_is_not_offered_for(string members) => Verify.OffersNoFixAsync(In(members));

    private static string In(string members) =>
        $$"""
        {{Usings}}
        public class C
        {
            const int SIGTERM = 15;
            Process? _child;
            bool _force;

            [DllImport("libc")]
            static extern int kill(int pid, int signal);

            [DllImport("libc", EntryPoint = "kill")]
            static extern int Send(int pid, int signal);

            {{members}}
        }
        """;

    [Test]
    public Task Move_to_the_runtime_makes_the_request_a_stop() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        sealed class Viewer : IAsyncDisposable
        {
            private readonly Process _viewer = Process.Start("viewer")!;

            public async ValueTask DisposeAsync()
            {
                // please
                [|_viewer.CloseMainWindow|](); // at the end
                await Task.Yield();
                _viewer.Dispose();
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;
        sealed class Viewer : IAsyncDisposable
        {
            private readonly SupervisedProcess _viewer = SupervisedProcess.Start(new ProcessStartInfo("viewer"));

            public async ValueTask DisposeAsync()
            {
                // please
                await _viewer.StopAsync(); // at the end
                await Task.Yield();
                _viewer.Dispose();
            }
        }
        """,
        SupervisedTitle,
        SupervisedDeclarations.Setup);

    [TestCase("async Task M() { var p = Process.Start(\"x\")!; await Task.Yield(); [|p.CloseMainWindow|](); p.Refresh(); p.Dispose(); }", TestName = "{m}(a member has no twin)")]
    [TestCase("void M() { var p = Process.Start(\"x\")!; [|p.CloseMainWindow|](); p.Dispose(); }", TestName = "{m}(it cannot be awaited)")]
    [TestCase("async Task M(Process p) { await Task.Yield(); [|p.CloseMainWindow|](); }", TestName = "{m}(somebody else has started it)")]
    public Task Move_to_the_runtime_is_not_offered_where(string members) =>
        Verify.OffersNoFixAsync(In(members), SupervisedTitle, SupervisedDeclarations.Setup);
}
