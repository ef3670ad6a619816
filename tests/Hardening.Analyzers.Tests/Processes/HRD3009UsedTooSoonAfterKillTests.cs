using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3009UsedTooSoonAfterKillAnalyzer, Hardening.Analyzers.Processes.HRD3009UsedTooSoonAfterKillCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3009UsedTooSoonAfterKillTests
{
    private static string Full(string source) => "using System; using System.Collections.Generic; using System.Diagnostics; using System.IO; using System.Threading; using System.Threading.Tasks;\n" + source;

    private static string InClass(string member) => Full($"class C {{ Process? _p; readonly string _dir = \"\"; {member} }}");

    [TestCase("void M(string file) { using var p = Process.Start(\"x\", file); p.Kill(true); [|File.Delete|](file); }", TestName = "{m}(a file that is deleted)")]
    [TestCase("void M(Process p, string file) { p.Kill(); [|File.Move|](file, file + \".bad\"); }", TestName = "{m}(a file that is moved)")]
    [TestCase("void M(string file) { using var p = Process.Start(\"x\", file); if (!p.WaitForExit(1000)) { p.Kill(true); } using var stream = [|File.OpenRead|](file); }", TestName = "{m}(a file that is opened)")]
    [TestCase("void M(string file) { using var p = Process.Start(new ProcessStartInfo(\"x\") { ArgumentList = { file } }); p!.Kill(true); using var stream = [|new FileStream|](file, FileMode.Open); }", TestName = "{m}(a stream)")]
    [TestCase("void M() { _p?.Kill(true); [|Directory.Delete|](_dir, true); }", TestName = "{m}(a directory, a field)")]
    [TestCase("void M(FileInfo file, Process p) { p.Kill(true); [|file.Delete|](); }", TestName = "{m}(a FileInfo)")]
    [TestCase("void M(string file) { using var p = Process.Start(\"x\", file); try { if (!p.WaitForExit(1000)) { p.Kill(true); throw new TimeoutException(); } } finally { [|File.Delete|](file); } }", TestName = "{m}(a finally behind a throw)")]
    [TestCase("async Task M(string file, CancellationToken token) { using var p = Process.Start(\"x\", file); try { await p.WaitForExitAsync(token); } catch (OperationCanceledException) { p.Kill(true); [|File.Delete|](file); throw; } }", TestName = "{m}(async, in a catch)")]
    [TestCase("void M(string file) { using (var p = Process.Start(\"x\", file)) { p.Kill(true); } [|File.Delete|](file); }", TestName = "{m}(after a using)")]
    [TestCase("void M(string file) { using var p = Process.Start(\"x\", file); p.Kill(true); [|TryDelete|](file); } static void TryDelete(string file) { try { File.Delete(file); } catch (IOException) { } }", TestName = "{m}(a helper that deletes)")]
    [TestCase("void Begin() { _p = Process.Start(\"server\"); } void Restart() { _p?.Kill(true); [|Begin|](); }", TestName = "{m}(a restart by a method)")]
    [TestCase("void Restart() { _p!.Kill(true); [|_p.Dispose|](); _p = Process.Start(\"server\"); }", TestName = "{m}(a Dispose before a restart)")]
    [TestCase("void Restart() { _p!.Kill(true); _p = [|Process.Start|](\"server\"); }", TestName = "{m}(a restart into the same field)")]
    [TestCase("void M(Process p) { p.Kill(true); [|p.Start|](); }", TestName = "{m}(the same object)")]
    [TestCase("void M(ProcessStartInfo info) { var p = Process.Start(info); p!.Kill(true); using var q = [|Process.Start|](info); }", TestName = "{m}(the same start info)")]
    [TestCase("void Begin() { _p = Process.Start(\"server\"); } void Stop() { _p?.Kill(true); } void Restart() { Stop(); [|Begin|](); }", TestName = "{m}(a kill in a helper)")]
    [TestCase("void Begin() { _p = Process.Start(\"server\"); } void Stop() { _p!.Kill(true); [|_p.Dispose|](); _p = null; } void Restart() { Stop(); Begin(); }", TestName = "{m}(a kill and a Dispose in a helper)")]
    [TestCase("void M() { foreach (var p in Process.GetProcessesByName(\"server\")) { using (p) { p.Kill(true); } } using var q = [|Process.Start|](\"/opt/server.exe\"); }", TestName = "{m}(processes of the name)")]
    [TestCase("Action M(Process p, string file) => () => { p.Kill(true); [|File.Delete|](file); };", TestName = "{m}(a lambda)")]
    [TestCase("void M(Process p, string file) { void End() { p.Kill(true); [|File.Delete|](file); } End(); }", TestName = "{m}(a local function)")]
    [TestCase("IEnumerable<int> M(Process p, string file) { p.Kill(true); yield return 1; [|File.Delete|](file); }", TestName = "{m}(an iterator)")]
    [TestCase("void M(Process p, string file) { try { p.Kill(true); } catch (InvalidOperationException) { } [|File.Delete|](file); }", TestName = "{m}(a kill in a try)")]
    public Task Reports(string member) => Verify.ReportsAsync(InClass(member));

    [TestCase("var file = \"out.mp4\"; using var p = Process.Start(\"x\", file); p.Kill(true); [|File.Delete|](file);", TestName = "{m}(top-level statements)")]
    [TestCase("class C(Process p, string file) : IDisposable { public void Dispose() { p.Kill(true); p.Dispose(); [|File.Delete|](file); } }", TestName = "{m}(a primary constructor)")]
    [TestCase("partial class C { private Process? _p; void Begin() => _p = Process.Start(\"x\"); } partial class C { void Restart() { _p?.Kill(true); [|Begin|](); } }", TestName = "{m}(a partial type)")]
    [TestCase("class C<T> where T : Process { void M(T p, string file) { p.Kill(true); [|File.Delete|](file); } }", TestName = "{m}(a type parameter)")]
    public Task Reports_in(string source) => Verify.ReportsAsync(Full(source));

    [TestCase("void M(Process p, string file) { p.Kill(true); p.WaitForExit(5000); File.Delete(file); }", TestName = "{m}(a wait)")]
    [TestCase("async Task M(Process p, string file) { p.Kill(true); await p.WaitForExitAsync(); File.Delete(file); }", TestName = "{m}(an async wait)")]
    [TestCase("void M(Process p, string file) { p.Kill(true); if (p.WaitForExit(5000)) { File.Delete(file); } }", TestName = "{m}(a wait in a condition)")]
    [TestCase("void M(Process p, string file) { p.Kill(true); while (!p.HasExited) { Thread.Sleep(10); } File.Delete(file); }", TestName = "{m}(a loop that asks)")]
    [TestCase("void M(Process p, string file) { p.Kill(true); Thread.Sleep(500); File.Delete(file); }", TestName = "{m}(a pause)")]
    [TestCase("async Task M(Process p, Task<string> text, string file) { p.Kill(true); await text; File.Delete(file); }", TestName = "{m}(the end of its output)")]
    [TestCase("void M(Process p, string file) { p.Kill(true); WaitFor(p); File.Delete(file); } static void WaitFor(Process p) => p.WaitForExit(1000);", TestName = "{m}(a helper that waits)")]
    [TestCase("void M() { _p!.Kill(true); WaitForEnd(); Directory.Delete(_dir); } void WaitForEnd() => _p!.WaitForExit(1000);", TestName = "{m}(a helper that waits for the field)")]
    [TestCase("void M(Process p, string file) { if (p.HasExited) { File.Delete(file); } else { p.Kill(true); } }", TestName = "{m}(another path)")]
    [TestCase("void M(Process p, string file) { if (!p.WaitForExit(1000)) { p.Kill(true); throw new TimeoutException(); } File.Delete(file); }", TestName = "{m}(a kill that leaves)")]
    [TestCase("void M(Process p, string file) { File.Delete(file); p.Kill(true); }", TestName = "{m}(a delete before the kill)")]
    [TestCase("void M(Process p, string log) { p.Kill(true); File.AppendAllText(log, \"killed\"); }", TestName = "{m}(a log)")]
    [TestCase("void M(Process p, string settings) { p.Kill(true); var text = File.ReadAllText(settings); }", TestName = "{m}(a file that the child does not know)")]
    [TestCase("readonly string _pidFile = \"\"; void M() { _p?.Kill(true); File.Delete(_pidFile); }", TestName = "{m}(a pid file)")]
    [TestCase("void M(Process p, string file) { p.Kill(true); for (var i = 0; i < 5; i++) { try { File.Delete(file); break; } catch (IOException) { } } }", TestName = "{m}(a delete that is tried again)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } public void Dispose() { _p?.Kill(true); _p?.Dispose(); }", TestName = "{m}(a Dispose without a restart)")]
    [TestCase("void M(Process p) { p.Kill(true); using var q = Process.Start(\"notify\"); }", TestName = "{m}(another program)")]
    [TestCase("void M() { var p = Process.Start(\"ffmpeg\", \"a\"); p.Kill(true); using var q = Process.Start(\"ffmpeg\", \"b\"); }", TestName = "{m}(the same program for other work)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } void Stop() { _p!.Kill(true); _p.WaitForExit(1000); _p.Dispose(); } void Restart() { Stop(); Begin(); }", TestName = "{m}(a helper that kills and waits)")]
    [TestCase("class Process { public void Kill() { } } void M(C.Process p, string file) { p.Kill(); File.Delete(file); }", TestName = "{m}(another Process)")]
    public Task Is_silent_on(string member) => Verify.ReportsAsync(InClass(member));

    [TestCase("void Stop(string file) { using var tool = Process.Start(\"x\", file); tool.Kill(true); [|File.Delete|](file); }", "'Stop' calls 'File.Delete' without a wait after 'tool' was killed, so its files and ports may still be in use")]
    [TestCase("void Begin() { _p = Process.Start(\"server\"); } void Restart() { _p?.Kill(true); [|Begin|](); }", "'Restart' calls 'Begin' without a wait after '_p' was killed, so its files and ports may still be in use")]
    [TestCase("void Restart() { _p!.Kill(true); [|_p.Dispose|](); _p = Process.Start(\"server\"); }", "'Restart' calls '_p.Dispose' without a wait after '_p' was killed, so its files and ports may still be in use")]
    public Task Message_says_who_and_what(string member, string message) => Verify.ReportsAsync(InClass(member), message: message);

    [Test]
    public Task Fix_waits_after_the_kill() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        using System.IO;
        class C
        {
            Process? _p;
            void M(string file)
            {
                using var p = Process.Start("x", file);
                if (!p.HasExited)
                    // end it
                    p.Kill(true); // now
                // clean up
                [|File.Delete|](file); // gone
            }

            void Begin() => _p = Process.Start("x");

            void Stop()
            {
                _p?.Kill(true); // now
            }

            void Restart()
            {
                Stop();
                [|Begin|](); // again
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.IO;
        class C
        {
            Process? _p;
            void M(string file)
            {
                using var p = Process.Start("x", file);
                if (!p.HasExited)
                {
                    // end it
                    p.Kill(true); // now
                    p.WaitForExit(5000);
                }
                // clean up
                File.Delete(file); // gone
            }

            void Begin() => _p = Process.Start("x");

            void Stop()
            {
                _p?.Kill(true); // now
                _p?.WaitForExit(5000);
            }

            void Restart()
            {
                Stop();
                Begin(); // again
            }
        }
        """);

    [Test]
    public Task Fix_awaits_in_async_code() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.IO;
        using System.Threading.Tasks;
        class C
        {
            async Task M(string file)
            {
                using var p = Process.Start("x", file);
                await Task.Yield();
                // end it
                p.Kill(true); // now
                [|File.Delete|](file); // gone
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.IO;
        using System.Threading.Tasks;
        class C
        {
            async Task M(string file)
            {
                using var p = Process.Start("x", file);
                await Task.Yield();
                // end it
                p.Kill(true); // now
                await p.WaitForExitAsync().WaitAsync(System.TimeSpan.FromSeconds(5));
                File.Delete(file); // gone
            }
        }
        """);

    [TestCase("void M(string file) { Process.Start(\"x\", file).Kill(true); [|File.Delete|](file); }", TestName = "{m}(a child that nothing names)")]
    [TestCase("async Task M() { await Task.Yield(); _p?.Kill(true); [|Directory.Delete|](_dir); }", TestName = "{m}(a conditional kill in async code)")]
    public Task Fix_is_not_offered_for(string member) => Verify.OffersNoFixAsync(InClass(member));
}
