using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3004UnlimitedProcessWaitAnalyzer, Hardening.Analyzers.Processes.HRD3004UnlimitedProcessWaitCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3004UnlimitedProcessWaitTests
{
    private static string Full(string source) => "using System; using System.Collections.Generic; using System.Diagnostics; using System.Linq; using System.Threading; using System.Threading.Tasks;\n" + source;

    private static string InClass(string member) => Full($"class C {{ Process? _p; {member} }}");

    [TestCase("void M() { using var p = Process.Start(\"x\"); [|p.WaitForExit|](); }", TestName = "{m}(a local)")]
    [TestCase("void M(Process p) => [|p.WaitForExit|]();", TestName = "{m}(a parameter)")]
    [TestCase("void M() { Process.Start(\"x\")?[|.WaitForExit|](); }", TestName = "{m}(a chain)")]
    [TestCase("void M() { using (var p = new Process()) { p.StartInfo.FileName = \"x\"; p.Start(); [|p.WaitForExit|](); } }", TestName = "{m}(new Process)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } void End() { _p?[|.WaitForExit|](); _p?.Dispose(); }", TestName = "{m}(a field that is waited for in another method)")]
    [TestCase("Process Child { get; } = Process.Start(\"x\"); void End() => [|Child.WaitForExit|]();", TestName = "{m}(a property)")]
    [TestCase("async Task M(Process p) { await [|p.WaitForExitAsync|](); }", TestName = "{m}(async)")]
    [TestCase("async Task M(Process p) { await [|p.WaitForExitAsync|]().ConfigureAwait(false); }", TestName = "{m}(async with ConfigureAwait)")]
    [TestCase("async Task M(Process p) { await [|p.WaitForExitAsync|](CancellationToken.None); }", TestName = "{m}(no token)")]
    [TestCase("async Task M(Process p) { await [|p.WaitForExitAsync|](default); }", TestName = "{m}(default token)")]
    [TestCase("async Task M(Process p, Task<string> text) { await Task.WhenAll(text, [|p.WaitForExitAsync|]()); }", TestName = "{m}(WhenAll)")]
    [TestCase("async Task M(Process p) { var exit = [|p.WaitForExitAsync|](); Console.WriteLine(); await exit; }", TestName = "{m}(a task in a local)")]
    [TestCase("bool M(Process p) => [|p.WaitForExit|](-1);", TestName = "{m}(a limit of -1)")]
    [TestCase("bool M(Process p) => [|p.WaitForExit|](Timeout.Infinite);", TestName = "{m}(Timeout.Infinite)")]
    [TestCase("bool M(Process p) => [|p.WaitForExit|](Timeout.InfiniteTimeSpan);", TestName = "{m}(InfiniteTimeSpan)")]
    [TestCase("void M(Process p) { p.WaitForExit(5000); [|p.WaitForExit|](); }", TestName = "{m}(a limit that nobody asks about)")]
    [TestCase("void M(Process p) { if (!p.WaitForExit(5000)) { Console.WriteLine(\"slow\"); } [|p.WaitForExit|](); }", TestName = "{m}(a limit that is only logged)")]
    [TestCase("void M(Process p) { if (!p.HasExited) [|p.WaitForExit|](); }", TestName = "{m}(a child that still runs)")]
    [TestCase("IEnumerable<int> M(Process p) { yield return 1; [|p.WaitForExit|](); }", TestName = "{m}(an iterator)")]
    [TestCase("void M(Process p) { void Wait() => [|p.WaitForExit|](); Wait(); }", TestName = "{m}(a local function)")]
    [TestCase("Action M(Process p) => () => [|p.WaitForExit|]();", TestName = "{m}(a lambda)")]
    [TestCase("void M(Process p) { if (p.StartTime < DateTime.Now) { p.Kill(true); return; } [|p.WaitForExit|](); }", TestName = "{m}(a kill on another path)")]
    [TestCase("void Begin() { _p = Process.Start(\"x\"); } void End() { [|_p!.WaitForExit|](); } public void Dispose() { _p?.Kill(true); _p?.Dispose(); }", TestName = "{m}(a kill that comes when the wait is over)")]
    [TestCase("int M() { using var p = Process.Start(\"x\"); [|p.WaitForExit|](); return p.ExitCode; }", TestName = "{m}(an exit code that is not the program's)")]
    [TestCase("void M(int pid) { using var parent = Process.GetProcessById(pid); [|parent.WaitForExit|](); }", TestName = "{m}(another process)")]
    [TestCase("void M() { using var p = Process.Start(new ProcessStartInfo(\"bash\", \"-c x\")); [|p!.WaitForExit|](); }", TestName = "{m}(a shell that runs a script)")]
    public Task Reports(string member) => Verify.ReportsAsync(InClass(member));

    [TestCase("using var p = Process.Start(\"x\"); [|p.WaitForExit|](); Console.WriteLine(p.ExitCode);", TestName = "{m}(top-level statements)")]
    [TestCase("foreach (var file in args) { using var p = Process.Start(\"x\", file); [|p.WaitForExit|](); if (p.ExitCode != 0) return p.ExitCode; } return 0;", TestName = "{m}(a program that runs many)")]
    [TestCase("class C<T> where T : Process { void M(T p) => [|p.WaitForExit|](); }", TestName = "{m}(a type parameter)")]
    [TestCase("class C(Process p) { void M() => [|p.WaitForExit|](); }", TestName = "{m}(a primary constructor)")]
    [TestCase("partial class C { private Process? _p; } partial class C { void M() { _p = Process.Start(\"x\"); [|_p.WaitForExit|](); } }", TestName = "{m}(a partial type)")]
    public Task Reports_in(string source) => Verify.ReportsAsync(Full(source));

    [TestCase("bool M(Process p) => p.WaitForExit(5000);", TestName = "{m}(a limit)")]
    [TestCase("bool M(Process p, TimeSpan limit) => p.WaitForExit(limit);", TestName = "{m}(a TimeSpan)")]
    [TestCase("async Task M(Process p, CancellationToken token) => await p.WaitForExitAsync(token);", TestName = "{m}(a token)")]
    [TestCase("async Task M(Process p) => await p.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(1));", TestName = "{m}(WaitAsync)")]
    [TestCase("void M(Process p) { if (!p.WaitForExit(5000)) { throw new TimeoutException(); } p.WaitForExit(); }", TestName = "{m}(the rest of the output after a limit)")]
    [TestCase("void M(Process p) { if (p.WaitForExit(5000)) { p.WaitForExit(); } }", TestName = "{m}(the rest of the output where it has ended)")]
    [TestCase("void M(Process p) { var ended = p.WaitForExit(5000); if (ended) { p.WaitForExit(); } }", TestName = "{m}(an answer in a local)")]
    [TestCase("void M(Process p) { while (!p.WaitForExit(100)) { Console.Write('.'); } p.WaitForExit(); }", TestName = "{m}(a loop with a limit)")]
    [TestCase("void M(Process p) { while (!p.HasExited) { Thread.Sleep(100); } p.WaitForExit(); }", TestName = "{m}(a loop that asks)")]
    [TestCase("async Task M(Process p, CancellationToken token) { await p.WaitForExitAsync(token); p.WaitForExit(); }", TestName = "{m}(after a wait with a token)")]
    [TestCase("void M(Process p) { if (!p.WaitForExit(5000)) { p.Kill(true); } p.WaitForExit(); }", TestName = "{m}(after a kill)")]
    [TestCase("void M(Process p) { p.Kill(true); p.WaitForExit(); }", TestName = "{m}(after a plain kill)")]
    [TestCase("class Worker { public Process Child { get; } = new(); } void M(Worker w) { w.Child.Kill(true); w.Child.WaitForExit(); }", TestName = "{m}(after a kill of another object's child)")]
    [TestCase("void M(Process[] all) { for (var i = 0; i < all.Length; i++) { all[i].Kill(true); all[i].WaitForExit(); } }", TestName = "{m}(after a kill of an element)")]
    [TestCase("class Mine : Process { void End() { Kill(true); WaitForExit(); } }", TestName = "{m}(after a kill of itself)")]
    [TestCase("void M(Process p) { End(p); p.WaitForExit(); } static void End(Process p) => p.Kill(true);", TestName = "{m}(after a kill in a helper)")]
    [TestCase("async Task M(Process p, CancellationToken token) { try { await p.WaitForExitAsync(token); } catch (OperationCanceledException) { p.Kill(true); await p.WaitForExitAsync(); throw; } }", TestName = "{m}(a kill in a catch)")]
    [TestCase("void M(Process p, CancellationToken token) { using var end = token.Register(() => p.Kill(true)); p.WaitForExit(); }", TestName = "{m}(a token that kills)")]
    [TestCase("void Run() { _p = Process.Start(\"x\"); _p.WaitForExit(); } void Cancel() => _p?.Kill(true);", TestName = "{m}(a method that kills meanwhile)")]
    [TestCase("async Task M(Process p) { var exit = p.WaitForExitAsync(); if (await Task.WhenAny(exit, Task.Delay(1000)) != exit) { throw new TimeoutException(); } await exit; }", TestName = "{m}(WhenAny)")]
    [TestCase("void M(Process p) { if (!p.WaitForExitAsync().Wait(1000)) { throw new TimeoutException(); } }", TestName = "{m}(a task with a limit)")]
    [TestCase("Task M(Process p) => p.WaitForExitAsync();", TestName = "{m}(a task for the caller)")]
    [TestCase("void M(Process p) { _ = p.WaitForExitAsync().ContinueWith(_ => Console.WriteLine()); }", TestName = "{m}(a continuation)")]
    [TestCase("void M(Process p) { new Thread(() => { p.WaitForExit(); Console.WriteLine(); }) { IsBackground = true }.Start(); }", TestName = "{m}(a thread that only sees the end)")]
    [TestCase("void M(Process p) { _ = Task.Run(async () => { await p.WaitForExitAsync(); Console.WriteLine(); }); }", TestName = "{m}(a task that only sees the end)")]
    [TestCase("void M() { using var p = Process.Start(new ProcessStartInfo(\"readme.txt\") { UseShellExecute = true }); p?.WaitForExit(); }", TestName = "{m}(a document that the user closes)")]
    [TestCase("void M(string file) { using var p = Process.Start(\"notepad.exe\", file); p.WaitForExit(); }", TestName = "{m}(an editor)")]
    [TestCase("void M(string file) { var editor = Environment.GetEnvironmentVariable(\"EDITOR\") ?? \"vi\"; using var p = Process.Start(editor, file); p.WaitForExit(); }", TestName = "{m}(the user's editor)")]
    [TestCase("void M() { using var p = Process.Start(\"/bin/bash\"); p.WaitForExit(); }", TestName = "{m}(a shell)")]
    [TestCase("void M(Process p, int timeout) { if (timeout <= 0) { p.WaitForExit(); } else if (!p.WaitForExit(timeout)) { p.Kill(true); } }", TestName = "{m}(a limit that the user can turn off)")]
    [TestCase("readonly object _gate = new(); void M(Process p) { lock (_gate) { p.WaitForExit(); } }", TestName = "{m}(a lock, which HRD1003 reports)")]
    [TestCase("async Task M(Process p) { await Task.Yield(); p.WaitForExit(); }", TestName = "{m}(async code, which HRD2008 reports)")]
    [TestCase("string M() { using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; p.WaitForExit(); return p.StandardOutput.ReadToEnd(); }", TestName = "{m}(a wait before the read, which HRD3006 reports)")]
    [TestCase("void M(Process p) { p.CloseMainWindow(); p.WaitForExit(); }", TestName = "{m}(a request to end, which HRD3008 reports)")]
    [TestCase("class Process { public void WaitForExit() { } } void M(C.Process p) => p.WaitForExit();", TestName = "{m}(another Process)")]
    public Task Is_silent_on(string member) => Verify.ReportsAsync(InClass(member));

    [TestCase("using var p = Process.Start(\"x\"); p.WaitForExit(); return p.ExitCode;", TestName = "{m}(top-level statements that are the child)")]
    [TestCase("class P { static int Main(string[] args) { using var p = Process.Start(\"x\", args); p.WaitForExit(); return p.ExitCode; } }", TestName = "{m}(a Main that is the child)")]
    [TestCase("using var p = Process.Start(\"x\"); await p.WaitForExitAsync(); Environment.ExitCode = p.ExitCode;", TestName = "{m}(an exit code that is set)")]
    [TestCase("interface IHostedService { } class C : IHostedService { Process? _p; public void Start() { _p = Process.Start(\"x\"); _ = WatchAsync(); } async Task WatchAsync() { await _p!.WaitForExitAsync(); Console.WriteLine(_p.ExitCode); } }", TestName = "{m}(a service that watches its child)")]
    public Task Is_silent_in(string source) => Verify.ReportsAsync(Full(source));

    [TestCase("void Run() { using var tool = Process.Start(\"x\"); [|tool.WaitForExit|](); }", "'Run' waits for 'tool' with neither a limit nor a token, so it hangs for as long as the child does")]
    [TestCase("void Run() { Process.Start(\"x\")?[|.WaitForExit|](); }", "'Run' waits for the child with neither a limit nor a token, so it hangs for as long as the child does")]
    public Task Message_says_who_and_what(string member, string message) => Verify.ReportsAsync(InClass(member), message: message);

    [Test]
    public Task Fix_passes_the_token_and_kills_what_is_left_before_the_wait() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            async Task<string> M(ProcessStartInfo info, CancellationToken token)
            {
                using var p = Process.Start(info)!;
                // all that it says
                var text = await p.StandardOutput.ReadToEndAsync(token);
                await [|p.WaitForExitAsync|](); // for ever
                return text;
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            async Task<string> M(ProcessStartInfo info, CancellationToken token)
            {
                using var p = Process.Start(info)!;
                try
                {
                    // all that it says
                    var text = await p.StandardOutput.ReadToEndAsync(token);
                    await p.WaitForExitAsync(token); // for ever
                    return text;
                }
                catch
                {
                    if (!p.HasExited)
                    {
                        p.Kill(entireProcessTree: true);
                    }

                    throw;
                }
            }
        }
        """);

    [Test]
    public Task Fix_passes_the_token_and_kills_on_cancel() => Verify.FixesAllAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            async Task M(CancellationToken token)
            {
                using var p = Process.Start("x");
                // wait
                await [|p.WaitForExitAsync|]().ConfigureAwait(false); // for ever
                using var q = Process.Start("y");
                try
                {
                    await [|q.WaitForExitAsync|](CancellationToken.None); // here
                }
                finally
                {
                    q.Kill(true);
                }
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
            async Task M(CancellationToken token)
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
                } // for ever

                using var q = Process.Start("y");
                try
                {
                    await q.WaitForExitAsync(token); // here
                }
                finally
                {
                    q.Kill(true);
                }
            }
        }
        """);

    [Test]
    public Task Fix_passes_a_token_to_one_of_several_tasks() => Verify.FixesAsync(
        Full("class C { readonly CancellationToken _stop; async Task M(Process p, Task other) { await Task.WhenAll(other, [|p.WaitForExitAsync|]()); } }"),
        Full("class C { readonly CancellationToken _stop; async Task M(Process p, Task other) { await Task.WhenAll(other, p.WaitForExitAsync(_stop)); } }"));

    [Test]
    public Task Fix_gives_a_limit_where_there_is_no_token() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M(Process? q)
            {
                using var p = Process.Start("x");
                // wait
                [|p.WaitForExit|](); // for ever
                q?[|.WaitForExit|](); // too
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M(Process? q)
            {
                using var p = Process.Start("x");
                // wait
                if (!p.WaitForExit(60_000))
                {
                    p.Kill(entireProcessTree: true);
                    throw new System.TimeoutException("The process did not end within a minute.");
                } // for ever

                if (q?.WaitForExit(60_000) == false)
                {
                    q.Kill(entireProcessTree: true);
                    throw new System.TimeoutException("The process did not end within a minute.");
                } // too
            }
        }
        """);

    [Test]
    public Task Fix_still_waits_for_the_last_lines() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        class C
        {
            void M(Process p)
            {
                p.BeginOutputReadLine();
                // wait
                [|p.WaitForExit|](); // for ever
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        class C
        {
            void M(Process p)
            {
                p.BeginOutputReadLine();
                // wait
                if (!p.WaitForExit(60_000))
                {
                    p.Kill(entireProcessTree: true);
                    throw new TimeoutException("The process did not end within a minute.");
                }

                p.WaitForExit(); // for ever
            }
        }
        """);

    [Test]
    public Task Fix_gives_an_async_wait_a_limit() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            async Task M(int limit)
            {
                using var p = Process.Start("x");
                // wait
                await [|p.WaitForExitAsync|](); // for ever
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
            async Task M(int limit)
            {
                using var p = Process.Start("x");
                // wait
                using var limit2 = new CancellationTokenSource(TimeSpan.FromMinutes(1));
                try
                {
                    await p.WaitForExitAsync(limit2.Token);
                }
                catch (OperationCanceledException)
                {
                    p.Kill(entireProcessTree: true);
                    throw new TimeoutException("The process did not end within a minute.");
                } // for ever
            }
        }
        """,
        title: "Wait one minute at most, then kill the process tree and throw a TimeoutException");

    [TestCase("void M() { Process.Start(\"x\")?[|.WaitForExit|](); }", TestName = "{m}(a child that nothing names)")]
    [TestCase("bool M(Process p) => [|p.WaitForExit|](-1);", TestName = "{m}(an answer that is used)")]
    [TestCase("void M(Process p, bool wait) { if (wait) [|p.WaitForExit|](); }", TestName = "{m}(an embedded statement)")]
    [TestCase("async Task M(Process p, Task<int> other) { var exit = [|p.WaitForExitAsync|](); await other; await exit; }", TestName = "{m}(a task in a local, without a token)")]
    public Task Fix_is_not_offered_for(string member) => Verify.OffersNoFixAsync(InClass(member));
}
