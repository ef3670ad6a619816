using Hardening.Analyzers.Tests.Threads;
using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3007ProcessPerItemAnalyzer, Hardening.Analyzers.Processes.HRD3007ProcessPerItemCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3007ProcessPerItemTests
{
    private const string Usings =
        "using System; using System.Collections.Concurrent; using System.Collections.Generic; using System.Diagnostics; using System.IO; using System.Linq; using System.Net; using System.Threading; using System.Threading.Tasks;\n";

    [TestCase("foreach (var file in files) { [|Process.Start|](\"tool\", file); }", TestName = "{m}(a foreach)")]
    [TestCase("foreach (var file in files) { var p = new Process { StartInfo = new(\"tool\", file) }; [|p.Start|](); }", TestName = "{m}(an instance)")]
    [TestCase("foreach (var file in files) { _ = [|Process.Start|](\"tool\", file); }", TestName = "{m}(a discard)")]
    [TestCase("var all = new List<Process>(); foreach (var file in files) { all.Add([|Process.Start|](\"tool\", file)); } foreach (var p in all) { p.WaitForExit(); }", TestName = "{m}(children that are waited for together)")]
    [TestCase("for (var i = 0; i < files.Count; i++) { using var p = [|Process.Start|](\"tool\", files[i]); }", TestName = "{m}(a for over the files, and a using)")]
    [TestCase("for (var i = 0; i < 1000; i++) { [|Process.Start|](\"tool\"); }", TestName = "{m}(a thousand)")]
    [TestCase("while (_queue.TryDequeue(out var file)) { [|Process.Start|](\"tool\", file); }", TestName = "{m}(a queue)")]
    [TestCase("while (true) { var c = _http.GetContext(); [|Process.Start|](\"tool\", c.Request.RawUrl!); }", TestName = "{m}(an HttpListener loop)")]
    [TestCase("foreach (var file in files) { Task.Run(() => { using var p = [|Process.Start|](\"tool\", file); p.WaitForExit(); }); }", TestName = "{m}(Task.Run that waits)")]
    [TestCase("foreach (var file in files) { ThreadPool.QueueUserWorkItem(_ => { using var p = [|Process.Start|](\"tool\", file); p.WaitForExit(); }); }", TestName = "{m}(a work item)")]
    [TestCase("Parallel.ForEach(files, file => { using var p = [|Process.Start|](\"tool\", file); p.WaitForExit(); });", TestName = "{m}(Parallel.ForEach without a degree)")]
    [TestCase("Parallel.ForEach(files, new ParallelOptions(), file => { using var p = [|Process.Start|](\"tool\", file); p.WaitForExit(); });", TestName = "{m}(Parallel.ForEach with options and no degree)")]
    [TestCase("Parallel.ForEach(files, new ParallelOptions { MaxDegreeOfParallelism = 4 }, file => { using var p = [|Process.Start|](\"tool\", file); });", TestName = "{m}(a degree of a body that does not wait)")]
    [TestCase("Parallel.For(0, files.Count, i => { using var p = [|Process.Start|](\"tool\", files[i]); p.WaitForExit(); });", TestName = "{m}(Parallel.For)")]
    [TestCase("files.ForEach(file => { [|Process.Start|](\"tool\", file); });", TestName = "{m}(ForEach)")]
    [TestCase("_watcher.Created += (_, e) => { [|Process.Start|](\"tool\", e.FullPath); };", TestName = "{m}(an event)")]
    [TestCase("_watcher.Created += async (_, e) => { using var p = [|Process.Start|](\"tool\", e.FullPath); await p.WaitForExitAsync(); };", TestName = "{m}(an async handler of an event)")]
    [TestCase("_timer = new Timer(_ => [|Process.Start|](\"tool\"));", TestName = "{m}(a tick that waits for nothing)")]
    [TestCase("void One(string file) { using var p = [|Process.Start|](\"tool\", file); } foreach (var file in files) { One(file); }", TestName = "{m}(a local function)")]
    [TestCase("foreach (var file in files) { if ([|Process.Start|](new ProcessStartInfo(\"tool\", file)) is { } p) { p.Dispose(); } }", TestName = "{m}(a pattern)")]
    public Task Reports(string body) => Verify.ReportsAsync(In($"void M(List<string> files) {{ {body} }}"));

    [TestCase("foreach (var file in files) { using var p = Process.Start(\"tool\", file); p.WaitForExit(); }", TestName = "{m}(one by one)")]
    [TestCase("foreach (var file in files) { Process.Start(\"tool\", file)?.WaitForExit(); }", TestName = "{m}(one by one in one expression)")]
    [TestCase("foreach (var file in files) { var p = new Process { StartInfo = new(\"tool\", file) }; p.Start(); p.StandardOutput.ReadToEnd(); }", TestName = "{m}(read to the end)")]
    [TestCase("foreach (var file in files) { using var p = Process.Start(\"tool\", file); if (!p.WaitForExit(1000)) { p.Kill(true); } }", TestName = "{m}(one by one with a limit)")]
    [TestCase("foreach (var file in new[] { \"a\", \"b\" }) { Process.Start(\"tool\", file); }", TestName = "{m}(two)")]
    [TestCase("foreach (var file in files.Take(4)) { Process.Start(\"tool\", file); }", TestName = "{m}(the first four)")]
    [TestCase("for (var i = 0; i < Environment.ProcessorCount; i++) { _workers.Add(Process.Start(\"worker\")); }", TestName = "{m}(one per core)")]
    [TestCase("for (var i = 0; i < _workerCount; i++) { _workers.Add(Process.Start(\"worker\")); }", TestName = "{m}(a setting)")]
    [TestCase("for (var i = 0; i < 4; i++) { Process.Start(\"worker\"); }", TestName = "{m}(four)")]
    [TestCase("foreach (var file in files) { _slots.Wait(); Process.Start(\"tool\", file); }", TestName = "{m}(a semaphore)")]
    [TestCase("foreach (var file in files) { Task.Run(() => { _slots.Wait(); try { using var p = Process.Start(\"tool\", file); p.WaitForExit(); } finally { _slots.Release(); } }); }", TestName = "{m}(a semaphore in the work)")]
    [TestCase("Parallel.ForEach(files, new ParallelOptions { MaxDegreeOfParallelism = 4 }, file => { using var p = Process.Start(\"tool\", file); p.WaitForExit(); });", TestName = "{m}(a degree)")]
    [TestCase("Parallel.For(0, 4, i => { using var p = Process.Start(\"tool\", files[i]); p.WaitForExit(); });", TestName = "{m}(Parallel.For of four)")]
    [TestCase("foreach (var file in files) { if (_workers.Count >= 4) { _workers[0].WaitForExit(); _workers.RemoveAt(0); } _workers.Add(Process.Start(\"tool\", file)); }", TestName = "{m}(a count of children)")]
    [TestCase("foreach (var url in files) { Process.Start(new ProcessStartInfo(url) { UseShellExecute = true }); }", TestName = "{m}(documents)")]
    [TestCase("foreach (var id in files) { Process.Start(\"kill\", id); }", TestName = "{m}(the system's own kill)")]
    [TestCase("while (Console.ReadLine() is { } line) { Process.Start(\"tool\", line); }", TestName = "{m}(what somebody types)")]
    [TestCase("_watcher.Created += (_, e) => { using var p = Process.Start(\"tool\", e.FullPath); p.WaitForExit(); };", TestName = "{m}(an event whose handler waits)")]
    [TestCase("_timer = new Timer(_ => { using var p = Process.Start(\"tool\"); p.WaitForExit(); });", TestName = "{m}(a tick that waits)")]
    [TestCase("_timer = new Timer(_ => { if (_worker is null || _worker.HasExited) { _worker = Process.Start(\"worker\"); } });", TestName = "{m}(a tick that looks first)")]
    [TestCase("var p = new Process(); p.Exited += (_, _) => Process.Start(\"worker\"); p.Start();", TestName = "{m}(a restart)")]
    [TestCase("foreach (var file in files) { lock (_workers) { Process.Start(\"tool\", file); } }", TestName = "{m}(a lock)")]
    [TestCase("Process.Start(\"tool\");", TestName = "{m}(one)")]
    public Task Is_silent_on(string body) => Verify.ReportsAsync(In($"void M(List<string> files) {{ {body} }}"));

    [TestCase("async Task M(List<string> files) { await Task.WhenAll(files.Select(async file => { using var p = [|Process.Start|](\"tool\", file); await p.WaitForExitAsync(); })); }", TestName = "{m}(Select and WhenAll)")]
    [TestCase("Task M(List<string> files) => Task.WhenAll(files.Select(RunAsync)); async Task RunAsync(string file) { using var p = [|Process.Start|](\"tool\", file); await p.WaitForExitAsync(); }", TestName = "{m}(a method group and WhenAll)")]
    [TestCase("async Task M(List<string> files) { var all = new List<Task>(); foreach (var file in files) { all.Add(RunAsync(file)); } await Task.WhenAll(all); } async Task RunAsync(string file) { using var p = [|Process.Start|](\"tool\", file); await p.WaitForExitAsync(); }", TestName = "{m}(a list of tasks)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { _ = RunAsync(file); } } async Task RunAsync(string file) { using var p = [|Process.Start|](\"tool\", file); await p.WaitForExitAsync(); }", TestName = "{m}(a forgotten task)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { Run(file); } } void Run(string file) { using var p = [|Process.Start|](\"tool\", file); }", TestName = "{m}(a helper that does not wait)")]
    [TestCase("void M(List<string> files) { Parallel.ForEach(files, file => Run(file)); } void Run(string file) { using var p = [|Process.Start|](\"tool\", file); p.WaitForExit(); }", TestName = "{m}(a helper of a parallel loop)")]
    [TestCase("void M(List<string> files) { Parallel.ForEach(files, Run); } void Run(string file) { using var p = [|Process.Start|](\"tool\", file); p.WaitForExit(); }", TestName = "{m}(a method group of a parallel loop)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { Start(file).Dispose(); } } Process Start(string file) => [|Process.Start|](\"tool\", file)!;", TestName = "{m}(a helper that gives the child)")]
    [TestCase("async Task M(IAsyncEnumerable<string> files) { await foreach (var file in files) { _ = Task.Run(() => Outer(file)); } } void Outer(string file) => Inner(file); void Inner(string file) { using var p = [|Process.Start|](\"tool\", file); p.WaitForExit(); }", TestName = "{m}(helpers of helpers)")]
    [TestCase("IEnumerable<int> M(List<string> files) { foreach (var file in files) { var p = [|Process.Start|](\"tool\", file); yield return p.Id; } }", TestName = "{m}(an iterator)")]
    [TestCase("async Task M(List<string> files) { foreach (var file in files) { _ = Convert<int>(file); } await Task.Yield(); } async Task Convert<T>(string file) { var p = [|Process.Start|](\"tool\", file); await p.WaitForExitAsync(); }", TestName = "{m}(a generic method)")]
    public Task Reports_through_helpers(string members) => Verify.ReportsAsync(In(members));

    [TestCase("async Task M(List<string> files) { foreach (var file in files) { await RunAsync(file); } } async Task RunAsync(string file) { using var p = Process.Start(\"tool\", file); await p.WaitForExitAsync(); }", TestName = "{m}(an awaited helper)")]
    [TestCase("async Task M(List<string> files) { foreach (var file in files) { await Task.Run(() => Run(file)); } } void Run(string file) { using var p = Process.Start(\"tool\", file); p.WaitForExit(); }", TestName = "{m}(an awaited Task.Run)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { Run(file); } } void Run(string file) { using var p = Process.Start(\"tool\", file); p.WaitForExit(); }", TestName = "{m}(a helper that waits)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { using var p = Start(file); p.WaitForExit(); } } Process Start(string file) => Process.Start(\"tool\", file)!;", TestName = "{m}(a child that the caller waits for)")]
    [TestCase("async Task M(List<string> files) { foreach (var file in files) { await RunAsync(file); } } Task RunAsync(string file) { var done = new TaskCompletionSource(); var p = new Process { EnableRaisingEvents = true }; p.Exited += (_, _) => done.SetResult(); p.Start(); return done.Task; }", TestName = "{m}(a task that Exited completes)")]
    [TestCase("Task M(List<string> files) => Parallel.ForEachAsync(files, async (file, stop) => { using var p = Process.Start(\"tool\", file); await p.WaitForExitAsync(stop); });", TestName = "{m}(Parallel.ForEachAsync, which has a degree)")]
    [TestCase("async Task M(List<string> files) { foreach (var batch in files.Chunk(8)) { await Task.WhenAll(batch.Select(RunAsync)); } } async Task RunAsync(string file) { using var p = Process.Start(\"tool\", file); await p.WaitForExitAsync(); }", TestName = "{m}(batches)")]
    [TestCase("async Task M(List<string> files) { await Task.WhenAll(files.Select(RunAsync)); } async Task RunAsync(string file) { await _slots.WaitAsync(); try { using var p = Process.Start(\"tool\", file); await p.WaitForExitAsync(); } finally { _slots.Release(); } }", TestName = "{m}(a semaphore in the helper)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { Run(file); } } public void Run(string file) { Process.Start(\"tool\", file); }", TestName = "{m}(what other assemblies may call)")]
    [TestCase("void M(List<string> files) { foreach (var file in files) { Run(file); } } void N() { Run(\"one\"); } void Run(string file) { Process.Start(\"tool\", file); }", TestName = "{m}(another call that runs once)")]
    [TestCase("void M(List<Owner> owners) { foreach (var owner in owners) { owner.Start(); } } class Owner { Process? _child; internal void Start() { _child = Process.Start(\"tool\"); } }", TestName = "{m}(objects that own a child each)")]
    public Task Is_silent_through_helpers_on(string members) => Verify.ReportsAsync(In(members));

    [TestCase("public class C : Microsoft.AspNetCore.Mvc.ControllerBase { public async Task Convert(string file) { using var p = [|Process.Start|](\"tool\", file); await p.WaitForExitAsync(); } }", TestName = "{m}(a controller)")]
    [TestCase("public class C : Microsoft.AspNetCore.Mvc.ControllerBase { public Task Get(string file) => RunTool(file); async Task RunTool(string file) { using var p = [|Process.Start|](\"tool\", file); await p.WaitForExitAsync(); } }", TestName = "{m}(a helper of a controller)")]
    [TestCase("class C { void M(Microsoft.AspNetCore.Builder.WebApplication app) { Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapGet(app, \"/\", (string file) => { using var p = [|Process.Start|](\"tool\", file); p.WaitForExit(); }); } }", TestName = "{m}(a minimal API)")]
    [TestCase("class C(ITool tool) : Microsoft.AspNetCore.Mvc.ControllerBase { public void Get(string file) => tool.Run(file); } interface ITool { void Run(string file); } sealed class Tool : ITool { public void Run(string file) { using var p = [|Process.Start|](\"tool\", file); p.WaitForExit(); } }", TestName = "{m}(an interface)")]
    [TestCase("public class H : Microsoft.AspNetCore.SignalR.Hub { public void Run(string file) { foreach (var one in new[] { file }) { using var p = [|Process.Start|](\"tool\", one); p.WaitForExit(); } } }", TestName = "{m}(one by one in a hub)")]
    [TestCase("public partial class C : Microsoft.AspNetCore.Mvc.ControllerBase { public void Get() => Run(); } public partial class C { private void Run() { var p = new Process(); p.StartInfo.FileName = \"tool\"; [|p.Start|](); p.WaitForExit(); } }", TestName = "{m}(partial)")]
    public Task Reports_a_request(string source) => Verify.ReportsAsync(Usings + source, HRD2001ThreadPerItemTests.AspNet);

    [TestCase("public class C : Microsoft.AspNetCore.Mvc.ControllerBase { static readonly SemaphoreSlim s_slots = new(4); public async Task Convert(string file) { await s_slots.WaitAsync(); try { using var p = Process.Start(\"tool\", file); await p.WaitForExitAsync(); } finally { s_slots.Release(); } } }", TestName = "{m}(a semaphore)")]
    [TestCase("public class C : Microsoft.AspNetCore.Mvc.ControllerBase { static readonly SemaphoreSlim s_slots = new(4); public async Task Convert(string file) { await s_slots.WaitAsync(); try { await Task.Run(() => Run(file)); } finally { s_slots.Release(); } } void Run(string file) { using var p = Process.Start(\"tool\", file); p.WaitForExit(); } }", TestName = "{m}(a semaphore around the helper)")]
    [TestCase("class EnableRateLimitingAttribute : Attribute { } public class C : Microsoft.AspNetCore.Mvc.ControllerBase { [EnableRateLimiting] public async Task Convert(string file) { using var p = Process.Start(\"tool\", file); await p.WaitForExitAsync(); } }", TestName = "{m}(a rate limit)")]
    [TestCase("public class C : Microsoft.AspNetCore.Mvc.ControllerBase { static readonly object s_gate = new(); public void Convert(string file) { lock (s_gate) { using var p = Process.Start(\"tool\", file); p.WaitForExit(); } } }", TestName = "{m}(a lock)")]
    [TestCase("public class C : Microsoft.AspNetCore.Mvc.ControllerBase { static Process? s_server; public void Ensure() { if (s_server is null || s_server.HasExited) { s_server = Process.Start(\"server\"); } } }", TestName = "{m}(one that is kept)")]
    public Task Is_silent_on_a_request_with(string source) => Verify.ReportsAsync(Usings + source, HRD2001ThreadPerItemTests.AspNet);

    [TestCase("foreach (var file in args) { Process.Start(\"tool\", file); }", TestName = "{m}(top-level statements)")]
    [TestCase("Parallel.ForEach(args, file => { using var p = Process.Start(\"tool\", file); p.WaitForExit(); });", TestName = "{m}(in parallel)")]
    [TestCase("foreach (var file in args.Skip(1)) { Run(file); } void Run(string file) => Process.Start(\"tool\", file);", TestName = "{m}(a local function)")]
    [TestCase("for (var i = 0; i < args.Length; i++) { Process.Start(\"tool\", args[i]); }", TestName = "{m}(a for)")]
    public Task Is_silent_on_arguments(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("foreach (var file in Directory.GetFiles(\"in\")) { [|Process.Start|](\"tool\", file); }", TestName = "{m}(files of a folder)")]
    [TestCase("foreach (var file in Directory.GetFiles(args[0])) { Tool.Run(file); } public static class Tool { public static void Run(string file) => [|Process.Start|](\"tool\", file); }", TestName = "{m}(a public method of a program)")]
    public Task Reports_in_a_program(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase("void Convert(string[] files) { foreach (var file in files) { [|Process.Start|](\"/usr/bin/ffmpeg\", file); } }", "'Convert' starts the process 'ffmpeg' for each iteration of a loop, so the load decides how many run at once")]
    [TestCase("void Convert(string[] files) { Parallel.ForEach(files, file => { using var p = [|Process.Start|](file); p.WaitForExit(); }); }", "'Convert' starts a process for each element of a parallel loop, so the load decides how many run at once")]
    public Task Message_says_what_is_started_per_what(string members, string message) => Verify.ReportsAsync(In(members), message: message);

    [Test]
    public Task Fix_waits_for_children_that_nobody_had() => Verify.FixesAllAsync(
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task M(List<string> files)
            {
                // all of them
                foreach (var file in files)
                {
                    [|Process.Start|]("tool", file); // one each
                } // done

                foreach (var file in files)
                {
                    _ = [|Process.Start|](new ProcessStartInfo("tool") { ArgumentList = { file } });
                }

                await Task.Yield();
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task M(List<string> files)
            {
                // all of them
                // one each
                await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount }, async (file, cancellation) =>
                {
                    using var process = Process.Start("tool", file);
                    if (process is null)
                    {
                        return;
                    }

                    try
                    {
                        await process.WaitForExitAsync(cancellation);
                    }
                    catch (System.OperationCanceledException)
                    {
                        process.Kill(entireProcessTree: true);
                        throw;
                    }
                }); // done

                await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount }, async (file, cancellation) =>
                {
                    using var process = Process.Start(new ProcessStartInfo("tool") { ArgumentList = { file } });
                    if (process is null)
                    {
                        return;
                    }

                    try
                    {
                        await process.WaitForExitAsync(cancellation);
                    }
                    catch (System.OperationCanceledException)
                    {
                        process.Kill(entireProcessTree: true);
                        throw;
                    }
                });

                await Task.Yield();
            }
        }
        """);

    [Test]
    public Task Fix_limits_tasks() => Verify.FixesAllAsync(
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task M(List<string> files)
            {
                // all of them
                foreach (var file in files)
                {
                    _ = Task.Run(async () =>
                    {
                        // one each
                        using var p = [|Process.Start|]("tool", file);
                        await p.WaitForExitAsync();
                    });
                } // done
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task M(List<string> files)
            {
                // all of them
                await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount }, async (file, _) =>
                {
                    // one each
                    using var p = Process.Start("tool", file);
                    await p.WaitForExitAsync();
                }); // done
            }
        }
        """);

    [Test]
    public Task Fix_limits_a_list_of_tasks() => Verify.FixesAsync(
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task N(List<string> files)
            {
                var tasks = new List<Task>();
                foreach (var file in files)
                {
                    tasks.Add(Task.Run(() => Run(file)));
                }

                await Task.WhenAll(tasks);
            }

            static void Run(string file)
            {
                using var p = [|Process.Start|]("tool", file);
                p.WaitForExit();
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            async Task N(List<string> files)
            {
                await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount }, (file, _) =>
                {
                    Run(file);
                    return ValueTask.CompletedTask;
                });
            }

            static void Run(string file)
            {
                using var p = Process.Start("tool", file);
                p.WaitForExit();
            }
        }
        """);

    [Test]
    public Task Fix_limits_what_is_awaited_together() => Verify.FixesAsync(
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Linq;
        using System.Threading.Tasks;
        class C
        {
            async Task M(List<string> files)
            {
                // all of them
                await Task.WhenAll(files.Select(async file =>
                {
                    // one each
                    using var p = [|Process.Start|]("tool", file);
                    await p.WaitForExitAsync();
                })); // done
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Linq;
        using System.Threading.Tasks;
        class C
        {
            async Task M(List<string> files)
            {
                // all of them
                await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount }, async (file, _) =>
                {
                    // one each
                    using var p = Process.Start("tool", file);
                    await p.WaitForExitAsync();
                }); // done
            }
        }
        """);

    [Test]
    public Task Fix_limits_a_parallel_loop() => Verify.FixesAllAsync(
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            void M(List<string> files)
            {
                // all of them
                Parallel.ForEach(files, file =>
                {
                    // one each
                    using var p = [|Process.Start|]("tool", file);
                    p.WaitForExit();
                }); // done
                Parallel.ForEach(files, N);
            }

            void N(string file)
            {
                using var p = [|Process.Start|]("tool", file);
                p.WaitForExit();
            }
        }
        """,
        """
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            void M(List<string> files)
            {
                // all of them
                Parallel.ForEach(files, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount }, file =>
                {
                    // one each
                    using var p = Process.Start("tool", file);
                    p.WaitForExit();
                }); // done
                Parallel.ForEach(files, new ParallelOptions { MaxDegreeOfParallelism = System.Environment.ProcessorCount }, N);
            }

            void N(string file)
            {
                using var p = Process.Start("tool", file);
                p.WaitForExit();
            }
        }
        """);

    [TestCase("void M(List<string> files) { foreach (var file in files) { [|Process.Start|](\"tool\", file); } }", TestName = "{m}(a method that is not async)")]
    [TestCase("async Task M(IEnumerable<string> files) { foreach (var file in files) { [|Process.Start|](\"tool\", file); } await Task.Yield(); }", TestName = "{m}(a sequence that is made while it is walked)")]
    [TestCase("async Task M(List<string> files) { foreach (var file in files) { var p = [|Process.Start|](\"tool\", file); Keep(p); } await Task.Yield(); } public void Keep(Process? p) => _worker = p;", TestName = "{m}(children that somebody has)")]
    [TestCase("void M(List<string> files) { Parallel.ForEach(files, file => { [|Process.Start|](\"tool\", file); }); }", TestName = "{m}(a parallel loop that does not wait)")]
    [TestCase("void M() { _watcher.Created += (_, e) => { [|Process.Start|](\"tool\", e.FullPath); }; }", TestName = "{m}(an event)")]
    public Task Fix_is_not_offered_for(string members) => Verify.OffersNoFixAsync(In(members));

    private static string In(string members) =>
        $$"""
        {{Usings}}
        public class C
        {
            readonly ConcurrentQueue<string> _queue = new();
            readonly HttpListener _http = new();
            readonly SemaphoreSlim _slots = new(4);
            readonly List<Process> _workers = new();
            readonly FileSystemWatcher _watcher = new();
            int _workerCount = 4;
            Timer? _timer;
            Process? _worker;

            {{members}}
        }
        """;
}
