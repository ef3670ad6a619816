using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<Hardening.Analyzers.Processes.HRD3011RestartWithoutBackOffAnalyzer>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3011RestartWithoutBackOffTests
{
    private const string Usings =
        "using System; using System.Collections.Concurrent; using System.Collections.Generic; using System.Diagnostics; using System.Threading; using System.Threading.Tasks;\n";

    [TestCase("while (true) { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); }", TestName = "{m}(a loop)")]
    [TestCase("while (!_stop) { using var p = new Process { StartInfo = new(\"worker\") }; [|p.Start|](); p.WaitForExit(); Console.WriteLine(\"again\"); }", TestName = "{m}(a flag, and an instance)")]
    [TestCase("for (;;) { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); if (_stop) { break; } }", TestName = "{m}(a for)")]
    [TestCase("do { [|Process.Start|](\"worker\")?.WaitForExit(); } while (!_stop);", TestName = "{m}(a do)")]
    [TestCase("while (true) { _child = [|Process.Start|](\"worker\"); _child.WaitForExit(); }", TestName = "{m}(a field)")]
    [TestCase("while (true) { try { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); } catch (InvalidOperationException e) { Console.WriteLine(e); } }", TestName = "{m}(a catch)")]
    [TestCase("while (true) { try { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); return; } catch (Exception) { } }", TestName = "{m}(a catch that tries again)")]
    [TestCase("while (true) { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); if (p.ExitCode == 0) { return; } }", TestName = "{m}(until it succeeds)")]
    [TestCase("while (true) { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); if (p.ExitCode is 0 or 42) { break; } }", TestName = "{m}(until it ends with one of two codes)")]
    [TestCase("Process p; do { p = [|Process.Start|](\"worker\"); p.WaitForExit(); } while (p.ExitCode != 0);", TestName = "{m}(a do until it succeeds)")]
    [TestCase("var code = 1; while (code != 0) { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); code = p.ExitCode; }", TestName = "{m}(a code of its own)")]
    [TestCase("var info = new ProcessStartInfo(\"worker\"); while (true) { using var p = [|Process.Start|](info)!; p.WaitForExit(); }", TestName = "{m}(settings)")]
    [TestCase("while (true) { using var p = [|Process.Start|](\"worker\"); p.OutputDataReceived += (_, e) => Thread.Sleep(1); p.BeginOutputReadLine(); p.WaitForExit(); }", TestName = "{m}(a pause elsewhere)")]
    [TestCase("while (!_stopped.WaitOne(0)) { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); }", TestName = "{m}(a question)")]
    [TestCase("while (true) { var info = new ProcessStartInfo(\"worker\"); for (var i = 0; i < files.Length; i++) { info.ArgumentList.Add(files[i]); } using var p = [|Process.Start|](info)!; var output = p.StandardOutput; while (output.ReadLine() is { } line) { Console.WriteLine(line); } p.WaitForExit(); }", TestName = "{m}(its output, and its arguments)")]
    [TestCase("Task.Run(() => { while (true) { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); } });", TestName = "{m}(a lambda)")]
    [TestCase("void Keep() { while (true) { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); } } Keep();", TestName = "{m}(a local function)")]
    public Task Reports(string body) => Verify.ReportsAsync(In($"void M(string[] files) {{ {body} }}"));

    [TestCase("async Task M(CancellationToken stop) { while (!stop.IsCancellationRequested) { using var p = [|Process.Start|](\"worker\"); await p.WaitForExitAsync(stop); } }", TestName = "{m}(an async loop)")]
    [TestCase("async Task M(CancellationToken stop) { while (!stop.IsCancellationRequested) { await RunAsync(stop); } } async Task RunAsync(CancellationToken stop) { using var p = [|Process.Start|](\"worker\"); await p.WaitForExitAsync(stop); }", TestName = "{m}(a helper)")]
    [TestCase("void M() { while (true) { try { Run(); } catch (Exception e) { Log(e); } } } void Run() { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); if (p.ExitCode != 0) { throw new InvalidOperationException(); } } void Log(Exception e) { }", TestName = "{m}(a helper that throws)")]
    [TestCase("void M() { while (Run() != 0) { } } int Run() { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); return p.ExitCode; }", TestName = "{m}(a helper that gives the code)")]
    [TestCase("async Task M(CancellationToken stop) { while (!stop.IsCancellationRequested) { using var p = [|Process.Start|](\"worker\"); var reading = p.StandardOutput.ReadToEndAsync(stop); await p.WaitForExitAsync(stop); var text = await reading; Console.WriteLine(text); } }", TestName = "{m}(its output)")]
    [TestCase("void M() { while (true) { using var p = Begin(); p.WaitForExit(); } } Process Begin() => [|Process.Start|](\"worker\")!;", TestName = "{m}(a helper that gives the child)")]
    [TestCase("void Launch() { var p = new Process { StartInfo = new(\"worker\"), EnableRaisingEvents = true }; p.Exited += (_, _) => Launch(); [|p.Start|](); }", TestName = "{m}(Exited)")]
    [TestCase("void Launch() { _child = new Process { StartInfo = new(\"worker\"), EnableRaisingEvents = true }; _child.Exited += OnExited; [|_child.Start|](); } void OnExited(object? s, EventArgs e) { Console.WriteLine(\"again\"); Launch(); }", TestName = "{m}(a handler)")]
    [TestCase("void M() { _child = Process.Start(\"worker\"); _child.EnableRaisingEvents = true; _child.Exited += (_, _) => [|_child.Start|](); }", TestName = "{m}(the same object)")]
    [TestCase("void M() { var p = new Process(); p.Exited += OnExited; p.Start(); } void OnExited(object? sender, EventArgs e) => [|((Process)sender!).Start|]();", TestName = "{m}(the sender)")]
    [TestCase("void M() { _child = new Process(); _child.Exited += OnExited; _child.Start(); } void OnExited(object? sender, EventArgs e) { _child = [|Process.Start|](\"worker\"); _child.EnableRaisingEvents = true; _child.Exited += OnExited; }", TestName = "{m}(a handler that subscribes itself)")]
    [TestCase("void Launch() { _child = [|Process.Start|](\"worker\"); _child.EnableRaisingEvents = true; _child.Exited += async (_, _) => { await Task.Yield(); if (_child.ExitCode != 0) { Launch(); } }; }", TestName = "{m}(an async handler, on failure)")]
    [TestCase("void Run() { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); Run(); }", TestName = "{m}(recursion)")]
    [TestCase("async Task RunAsync(string file) { try { using var p = [|Process.Start|](\"worker\", file); await p.WaitForExitAsync(); } catch (Exception) { await RunAsync(file); } }", TestName = "{m}(a catch that calls the method again)")]
    [TestCase("void Launch() { _child = [|Process.Start|](\"worker\"); Watch(); } void Watch() { _child!.EnableRaisingEvents = true; _child.Exited += (_, _) => Launch(); }", TestName = "{m}(a helper that subscribes)")]
    public Task Reports_in_members(string members) => Verify.ReportsAsync(In(members));

    [TestCase("while (true) { using var p = Process.Start(\"worker\"); p.WaitForExit(); Thread.Sleep(1000); }", TestName = "{m}(a sleep)")]
    [TestCase("while (true) { using var p = Process.Start(\"worker\"); p.WaitForExit(); if (p.ExitCode != 0) { Pause(); } } void Pause() => Thread.Sleep(1000);", TestName = "{m}(a pause in a local function)")]
    [TestCase("while (!_stopped.WaitOne(1000)) { using var p = Process.Start(\"worker\"); p.WaitForExit(); }", TestName = "{m}(a wait with a limit)")]
    [TestCase("for (var i = 0; i < 5; i++) { using var p = Process.Start(\"worker\"); p.WaitForExit(); }", TestName = "{m}(five times)")]
    [TestCase("var tries = 0; while (true) { using var p = Process.Start(\"worker\"); p.WaitForExit(); if (++tries == 5) { break; } }", TestName = "{m}(a cap)")]
    [TestCase("while (true) { using var p = Process.Start(\"worker\"); p.WaitForExit(); if (DateTime.Now - p.StartTime < TimeSpan.FromSeconds(5)) { return; } }", TestName = "{m}(how long it ran)")]
    [TestCase("while (true) { using var p = Process.Start(\"worker\"); p.WaitForExit(); if (p.ExitCode != 0) { return; } }", TestName = "{m}(until it fails)")]
    [TestCase("Process p; do { p = Process.Start(\"worker\"); p.WaitForExit(); } while (p.ExitCode == 42);", TestName = "{m}(as long as it asks for it)")]
    [TestCase("while (true) { using var p = Process.Start(\"worker\"); p.WaitForExit(); if (p.ExitCode == 42) { continue; } break; }", TestName = "{m}(when it asks for it)")]
    [TestCase("foreach (var file in files) { using var p = Process.Start(\"worker\", file); p.WaitForExit(); }", TestName = "{m}(elements)")]
    [TestCase("while (_queue.TryDequeue(out var file)) { using var p = Process.Start(\"worker\", file); p.WaitForExit(); }", TestName = "{m}(a queue)")]
    [TestCase("while (_stack.Count > 0) { var file = _stack.Pop(); using var p = Process.Start(\"worker\", file); p.WaitForExit(); }", TestName = "{m}(a stack)")]
    [TestCase("while (Console.ReadLine() is { Length: > 0 } line) { using var p = Process.Start(\"worker\", line); p.WaitForExit(); }", TestName = "{m}(what somebody types)")]
    [TestCase("var i = 0; while (true) { using var p = Process.Start(\"worker\", files[i++]); p.WaitForExit(); if (files.Length == i) { break; } }", TestName = "{m}(the next argument)")]
    [TestCase("while (true) { using var p = Process.Start(\"worker\"); p.WaitForExit(); break; }", TestName = "{m}(once)")]
    [TestCase("while (true) { var job = _jobs.Take(); using var p = Process.Start(\"worker\", job); p.WaitForExit(); }", TestName = "{m}(a job)")]
    [TestCase("while (true) { Process.Start(\"worker\"); }", TestName = "{m}(what waits for nothing is another mistake)")]
    [TestCase("using var p = Process.Start(\"worker\"); p.WaitForExit();", TestName = "{m}(no loop)")]
    [TestCase("while (true) { using var p = Process.Start(\"worker\"); p.WaitForExit(); _policy.Next(); }", TestName = "{m}(a policy)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In($"void M(string[] files) {{ {body} }}"));

    [TestCase("async Task M(CancellationToken stop) { while (!stop.IsCancellationRequested) { using var p = Process.Start(\"worker\"); await p.WaitForExitAsync(stop); await Task.Delay(1000, stop); } }", TestName = "{m}(a delay)")]
    [TestCase("async Task M(PeriodicTimer timer) { while (await timer.WaitForNextTickAsync()) { using var p = Process.Start(\"worker\"); await p.WaitForExitAsync(); } }", TestName = "{m}(a timer)")]
    [TestCase("async Task M(IAsyncEnumerable<string> files) { await foreach (var file in files) { using var p = Process.Start(\"worker\", file); await p.WaitForExitAsync(); } }", TestName = "{m}(a stream)")]
    [TestCase("async Task M(CancellationToken stop) { while (true) { await RunAsync(stop); } } async Task RunAsync(CancellationToken stop) { using var p = Process.Start(\"worker\"); await p.WaitForExitAsync(stop); await BackOffAsync(); } Task BackOffAsync() => Task.Delay(10);", TestName = "{m}(a pause in a helper)")]
    [TestCase("void M() { while (true) { Run(); } } void Run() { using var p = Process.Start(\"worker\"); p.WaitForExit(); if (p.ExitCode != 0) { throw new InvalidOperationException(); } }", TestName = "{m}(a helper that throws)")]
    [TestCase("void M() { while (Run() == 0) { } } int Run() { using var p = Process.Start(\"worker\"); p.WaitForExit(); return p.ExitCode; }", TestName = "{m}(while it succeeds)")]
    [TestCase("void Launch() { var p = new Process { StartInfo = new(\"worker\"), EnableRaisingEvents = true }; p.Exited += async (_, _) => { await Task.Delay(1000); Launch(); }; p.Start(); }", TestName = "{m}(Exited with a delay)")]
    [TestCase("int _restarts; void Launch() { var p = new Process { StartInfo = new(\"worker\"), EnableRaisingEvents = true }; p.Exited += (_, _) => { if (_restarts++ < 5) { Launch(); } }; p.Start(); }", TestName = "{m}(Exited with a cap)")]
    [TestCase("void Launch() { var p = new Process { StartInfo = new(\"worker\"), EnableRaisingEvents = true }; p.Exited += (_, _) => { if (p.ExitCode == 42) { Launch(); } }; p.Start(); }", TestName = "{m}(Exited, when it asks for it)")]
    [TestCase("void M() { var p = new Process { StartInfo = new(\"a\"), EnableRaisingEvents = true }; p.Exited += (_, _) => Process.Start(\"b\"); p.Start(); }", TestName = "{m}(another program, once)")]
    [TestCase("void M() { var p = new Process { StartInfo = new(\"a\"), EnableRaisingEvents = true }; p.Exited += (_, _) => Console.WriteLine(\"ended\"); p.Start(); }", TestName = "{m}(a handler that starts nothing)")]
    [TestCase("void Launch() { var p = new Process { StartInfo = new(\"worker\") }; p.Exited += (_, _) => new Timer(_ => Launch()).Change(1000, -1); p.Start(); }", TestName = "{m}(a timer that starts it)")]
    [TestCase("void Walk(string folder) { using var p = Process.Start(\"worker\", folder); p.WaitForExit(); foreach (var inner in System.IO.Directory.GetDirectories(folder)) { Walk(inner); } }", TestName = "{m}(recursion over folders)")]
    [TestCase("void Run(int tries) { using var p = Process.Start(\"worker\"); p.WaitForExit(); if (p.ExitCode != 0) { Run(tries - 1); } }", TestName = "{m}(recursion that counts)")]
    [TestCase("void M() { try { Run(); } catch (Exception) { Run(); } } void Run() { using var p = Process.Start(\"worker\"); p.WaitForExit(); }", TestName = "{m}(one more try)")]
    [TestCase("void M(int copies) { for (var copy = 0; copy < copies; copy++) { Print(); } } void Print() { using var p = Process.Start(\"print\"); p.WaitForExit(); }", TestName = "{m}(a counted loop that calls)")]
    public Task Is_silent_in_members_on(string members) => Verify.ReportsAsync(In(members));

    [Test]
    public Task Reports_top_level_statements() => Verify.ReportsAsync(Usings + "while (true) { using var p = [|Process.Start|](\"worker\"); await p.WaitForExitAsync(); }");

    [Test]
    public Task Reports_a_background_service_of_two_parts() => Verify.ReportsAsync(
        """
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;

        public sealed partial class Keeper
        {
            public async Task ExecuteAsync(CancellationToken stop)
            {
                while (!stop.IsCancellationRequested)
                {
                    await RunAsync(stop);
                }
            }
        }
        // === Other.cs ===
        public sealed partial class Keeper
        {
            private async Task RunAsync(CancellationToken stop)
            {
                using var worker = [|Process.Start|]("worker");
                await worker.WaitForExitAsync(stop);
            }
        }
        """.Replace("// === Other.cs ===", "// === Other.cs ===\nusing System.Diagnostics;\nusing System.Threading;\nusing System.Threading.Tasks;\n", StringComparison.Ordinal));

    [TestCase("void Keep() { while (true) { using var p = [|Process.Start|](\"/opt/worker.exe\"); p.WaitForExit(); } }", "'Keep' starts the process 'worker' again in a loop without a pause, so one that fails at once is started as fast as the machine can")]
    [TestCase("void Launch() { var p = new Process { EnableRaisingEvents = true }; p.Exited += (_, _) => Launch(); [|p.Start|](); }", "'Launch' starts a process again when it exits without a pause, so one that fails at once is started as fast as the machine can")]
    [TestCase("void Run() { using var p = [|Process.Start|](\"worker\"); p.WaitForExit(); Run(); }", "'Run' starts the process 'worker' again by calling itself without a pause, so one that fails at once is started as fast as the machine can")]
    public Task Message_says_how(string members, string message) => Verify.ReportsAsync(In(members), message: message);

    private static string In(string members) =>
        $$"""
        {{Usings}}
        public class C
        {
            readonly ConcurrentQueue<string> _queue = new();
            readonly Stack<string> _stack = new();
            readonly BlockingCollection<string> _jobs = new(8);
            readonly ManualResetEvent _stopped = new(false);
            readonly RetryPolicy _policy = new();
            Process? _child;
            volatile bool _stop;

            {{members}}
        }

        class RetryPolicy { public void Next() { } }
        """;
}
