using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3002ChildOutlivesOwnerAnalyzer, Hardening.Analyzers.Processes.HRD3002ChildOutlivesOwnerCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3002ChildOutlivesOwnerTests
{
    private const string Usings =
        "using System; using System.Collections.Concurrent; using System.Collections.Generic; using System.Diagnostics; using System.IO; using System.Linq; using System.Net.Http; using System.Threading; using System.Threading.Tasks;\n";

    // As the host declares them.
    private const string Hosting =
        """

        namespace Microsoft.Extensions.Hosting
        {
            public interface IHostedService { Task StartAsync(CancellationToken token); Task StopAsync(CancellationToken token); }
            public abstract class BackgroundService : IHostedService, IDisposable
            {
                protected abstract Task ExecuteAsync(CancellationToken stoppingToken);
                public virtual Task StartAsync(CancellationToken token) => ExecuteAsync(token);
                public virtual Task StopAsync(CancellationToken token) => Task.CompletedTask;
                public virtual void Dispose() { }
            }
        }
        """;

    private static string InMethod(string body, string head = "async Task<int> M(HttpClient client, CancellationToken token)") => $"{Usings}class C {{ {head} {{ {body} }} static Task ReadyAsync() => Task.Delay(1); static void Say(string text) {{ }} }}";

    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } bool Runs => _p is { HasExited: false }; }", TestName = "{m}(a field that is only asked)")]
    [TestCase("class C : IDisposable { readonly Process _p = [|Process.Start|](\"x\")!; public void Dispose() => _p.Dispose(); }", TestName = "{m}(an initializer, only disposed)")]
    [TestCase("class C : IDisposable { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } public void Dispose() { _p?.Dispose(); _p = null; GC.SuppressFinalize(this); } }", TestName = "{m}(only disposed)")]
    [TestCase("class C : IAsyncDisposable { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } public async ValueTask DisposeAsync() { await Task.Yield(); _p?.Close(); } }", TestName = "{m}(only closed, asynchronously)")]
    [TestCase("class C { Process P { get; } = [|Process.Start|](\"x\")!; int Id => P.Id; }", TestName = "{m}(a property)")]
    [TestCase("class C { private Process? P { get; set; } void Start() { var p = [|new Process|] { StartInfo = new(\"x\") }; p.Start(); P = p; } bool Runs => P?.HasExited == false; }", TestName = "{m}(a property, through a local)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|new|]() { StartInfo = { FileName = \"x\" } }; _p.Start(); } }", TestName = "{m}(target-typed new)")]
    [TestCase("class C { Process? _p; void Restart() { _p?.Kill(true); _p?.Dispose(); _p = [|Process.Start|](\"x\"); } }", TestName = "{m}(killed only to start the next one)")]
    [TestCase("class C : IDisposable { readonly List<Process> _all = []; void Add() { _all.Add([|Process.Start|](\"x\")!); } public void Dispose() { foreach (var p in _all) { p.Dispose(); } _all.Clear(); } }", TestName = "{m}(a list whose elements are only disposed)")]
    [TestCase("class C { readonly Dictionary<int, Process> _all = new(); void Add(int n) { var p = [|Process.Start|](\"x\")!; _all[n] = p; } int Count => _all.Count; }", TestName = "{m}(a dictionary)")]
    [TestCase("class C { readonly ConcurrentQueue<Process> _all = new(); void Add() => _all.Enqueue([|Process.Start|](\"x\")!); }", TestName = "{m}(a queue)")]
    [TestCase("class C<T>(string tool) where T : class { Process? _p; public void Start() { _p ??= [|Process.Start|](tool); } }", TestName = "{m}(a generic type with a primary constructor)")]
    [TestCase("partial class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } } partial class C : IDisposable { public void Dispose() => _p?.Dispose(); }", TestName = "{m}(a partial type)")]
    [TestCase("class C { Process? _p; async Task StartAsync() { await Task.Yield(); _p = [|Process.Start|](\"x\")!; Console.WriteLine(_p.Id); } }", TestName = "{m}(an async method, its number is only shown)")]
    [TestCase("class C { Process? _p; Action Starter() => () => _p = [|Process.Start|](\"x\"); }", TestName = "{m}(a lambda)")]
    [TestCase("class C { Process? _p; void Start() { void Run() { _p = [|Process.Start|](\"x\"); } Run(); } }", TestName = "{m}(a local function)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\")!; _p.EnableRaisingEvents = true; _p.Exited += async (_, _) => { await Task.Delay(1000); Start(); }; } }", TestName = "{m}(an Exited handler that starts it again)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\")!; _p.EnableRaisingEvents = true; _p.Exited += OnExited; } async void OnExited(object? sender, EventArgs e) { await Task.Delay(1000); Start(); } }", TestName = "{m}(an Exited handler elsewhere)")]
    [TestCase("class C : IDisposable { Process? _p; void Start() { _p = [|Process.Start|](\"x\")!; _p.EnableRaisingEvents = true; _p.Exited += OnExited; } void OnExited(object? sender, EventArgs e) => Console.WriteLine(\"over\"); public void Dispose() => _p?.Dispose(); }", TestName = "{m}(an Exited handler that only tells)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](new ProcessStartInfo(\"x\") { RedirectStandardInput = true })!; } void Send(string line) => _p!.StandardInput.WriteLine(line); }", TestName = "{m}(a child that is talked to)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](new ProcessStartInfo(\"x\") { RedirectStandardInput = true })!; _p.EnableRaisingEvents = true; _p.Exited += (_, _) => Console.WriteLine(\"over\"); } void Send(string line) => _p!.StandardInput.WriteLine(line); }", TestName = "{m}(a child that is talked to, whose end is seen)")]
    [TestCase("static class C { static Process? s_p; static void Start() { s_p = [|Process.Start|](\"x\"); } static bool Runs => s_p?.HasExited == false; }", TestName = "{m}(a static member)")]
    [TestCase("class C { Process? _p; void Start() { var p = [|Process.Start|](\"x\")!; p.OutputDataReceived += (_, e) => Console.WriteLine(e.Data); p.BeginOutputReadLine(); _p = p; } }", TestName = "{m}(a local that is heard)")]
    [TestCase("class C : Microsoft.Extensions.Hosting.BackgroundService { Process? _p; protected override Task ExecuteAsync(CancellationToken t) { _p = [|Process.Start|](\"x\")!; _ = WatchAsync(); return Task.CompletedTask; } private async Task WatchAsync() { await _p!.WaitForExitAsync(); Console.WriteLine(_p.ExitCode); } }", TestName = "{m}(a service that only watches)")]
    public Task Reports_a_kept_child(string source) => Verify.ReportsAsync(Usings + source + Hosting);

    [TestCase("using var p = [|Process.Start|](\"server\")!; await ReadyAsync(); p.Kill(true); return 0;", TestName = "{m}(an await)")]
    [TestCase("using (var p = [|Process.Start|](\"server\")!) { var text = await client.GetStringAsync(\"http://x\", token); p.Kill(true); return text.Length; }", TestName = "{m}(an await of a using statement)")]
    [TestCase("var p = [|Process.Start|](\"server\")!; await ReadyAsync(); p.Kill(true); p.Dispose(); return 0;", TestName = "{m}(a local that is disposed at the end)")]
    [TestCase("using var p = [|Process.Start|](\"server\"); await ReadyAsync(); if (p is { HasExited: false }) { p.Kill(true); } return 0;", TestName = "{m}(killed if it still runs)")]
    [TestCase("using var p = [|Process.Start|](\"server\")!; File.ReadAllText(\"x\"); if (!p.HasExited) p.Kill(true); await Task.Yield(); return 0;", TestName = "{m}(a call that may throw)")]
    [TestCase("using var p = [|Process.Start|](\"server\")!; await Task.Delay(100); if (token.CanBeCanceled) return 1; p.Kill(true); return 0;", TestName = "{m}(a return)")]
    [TestCase("using var p = [|Process.Start|](\"server\")!; await Task.Delay(100); if (!File.Exists(\"ready\")) throw new IOException(); p.Kill(true); return 0;", TestName = "{m}(a throw)")]
    [TestCase("using var p = [|new Process|] { StartInfo = new(\"server\") }; p.Start(); await client.GetAsync(\"http://x\"); Stop(p); return 0; static void Stop(Process p) => p.Kill(true);", TestName = "{m}(a helper kills)")]
    [TestCase("using var p = [|Process.Start|](new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; var text = await p.StandardOutput.ReadToEndAsync(token); p.WaitForExit(); return text.Length;", TestName = "{m}(a read that is cancelled)")]
    [TestCase("using var p = [|Process.Start|](new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; while (await p.StandardOutput.ReadLineAsync(token).ConfigureAwait(false) is { } line) { Say(line); } p.WaitForExit(); return p.ExitCode;", TestName = "{m}(a loop that is cancelled)")]
    [TestCase("using var p = [|Process.Start|](\"x\")!; while (!p.HasExited) { token.ThrowIfCancellationRequested(); await Task.Delay(5); } p.WaitForExit(); return p.ExitCode;", TestName = "{m}(a poll that is cancelled)")]
    [TestCase("using var p = [|Process.Start|](new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; var text = await p.StandardOutput.ReadToEndAsync(token); if (!p.WaitForExit(500)) { p.Kill(true); } return text.Length;", TestName = "{m}(a read that is cancelled, a kill when it is late)")]
    [TestCase("for (var i = 0; i < 3; i++) { using var p = [|Process.Start|](\"server\")!; await ReadyAsync(); p.Kill(true); } return 0;", TestName = "{m}(each round of a loop)")]
    public Task Reports_a_child_that_is_left(string body) => Verify.ReportsAsync(InMethod(body));

    [Test]
    public Task Reports_at_the_call_of_a_helper_that_starts() =>
        Verify.ReportsAsync(Usings + "class C { Process? _p; void Start() { _p = [|Tool|](); } static Process? Tool() => Process.Start(\"x\"); bool Runs => _p is { HasExited: false }; }");

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        Usings + "using var server = [|Process.Start|](\"server\")!;\nvar text = await new HttpClient().GetStringAsync(\"http://x\");\nserver.Kill(true);\nConsole.WriteLine(text);");

    [Test]
    public Task Reports_in_an_iterator() => Verify.ReportsAsync(InMethod(
        "using var p = [|Process.Start|](\"server\")!; yield return File.ReadAllText(\"x\"); p.Kill(true);", "IEnumerable<string> M()"));

    [TestCase("class C : IDisposable { Process? _p; void Start() { _p = Process.Start(\"x\"); } public void Dispose() { _p?.Kill(true); _p?.Dispose(); } }", TestName = "{m}(Dispose kills)")]
    [TestCase("class C : IDisposable { Process? _p; void Start() { _p = Process.Start(\"x\"); } public void Dispose() { if (_p is { HasExited: false } p) { End(p); } } static void End(Process p) { try { p.Kill(true); } catch (InvalidOperationException) { } p.Dispose(); } }", TestName = "{m}(Dispose calls a helper)")]
    [TestCase("class C : IDisposable { Process? _p; void Start() { _p = Process.Start(\"x\"); } public void Dispose() => Interlocked.Exchange(ref _p, null)?.Kill(true); }", TestName = "{m}(Dispose takes it out)")]
    [TestCase("class C : IAsyncDisposable { Process? _p; void Start() { _p = Process.Start(\"x\"); } public async ValueTask DisposeAsync() { if (_p is null) return; _p.Kill(true); await _p.WaitForExitAsync(); _p.Dispose(); } }", TestName = "{m}(DisposeAsync kills)")]
    [TestCase("class C : Microsoft.Extensions.Hosting.IHostedService { Process? _p; public Task StartAsync(CancellationToken t) { _p = Process.Start(\"x\"); return Task.CompletedTask; } public Task StopAsync(CancellationToken t) { _p?.Kill(true); return Task.CompletedTask; } }", TestName = "{m}(StopAsync kills)")]
    [TestCase("class C { Process? _p; void Run() { try { _p = Process.Start(\"x\"); File.ReadAllText(\"y\"); } finally { _p?.Kill(true); } } }", TestName = "{m}(a finally kills)")]
    [TestCase("class C { Process? _p; int Run() { _p = Process.Start(\"x\")!; _p.WaitForExit(); return _p.ExitCode; } }", TestName = "{m}(a tool that runs to its end)")]
    [TestCase("class C { Process? _p; void Start() { _p = Process.Start(\"x\"); } public int Wait() { _p!.WaitForExit(); return _p.ExitCode; } }", TestName = "{m}(waited for by another method)")]
    [TestCase("class C { Process? _p; void Start() { _p = Process.Start(\"x\"); } void Close() { if (!_p!.CloseMainWindow()) { } } }", TestName = "{m}(asked to end: another rule)")]
    [TestCase("class C { Process? _p; void Start() { _p = Process.Start(\"x\")!; _p.EnableRaisingEvents = true; _p.Exited += (_, _) => { _p.Dispose(); _p = null; }; } }", TestName = "{m}(an Exited handler lets go of it)")]
    [TestCase("class C { Process? _p; void Start() { _p = Process.Start(\"x\")!; _p.EnableRaisingEvents = true; _p.Exited += Ended; } void Ended(object? sender, EventArgs e) => ((Process)sender!).Dispose(); }", TestName = "{m}(an Exited handler elsewhere lets go of it)")]
    [TestCase("static class C { static Process? s_p; static void Start() { s_p = Process.Start(\"x\"); AppDomain.CurrentDomain.ProcessExit += (_, _) => s_p?.Kill(true); } }", TestName = "{m}(killed when the process exits)")]
    [TestCase("class C { Process? _p; void Toggle() { if (_p is not null) { _p.Kill(true); _p = null; return; } _p = Process.Start(\"x\"); } }", TestName = "{m}(a toggle)")]
    [TestCase("class C { Process? _p; void Toggle(bool on) { if (on) { _p = Process.Start(\"x\"); } else { _p?.Kill(true); } } }", TestName = "{m}(on and off)")]
    [TestCase("class C : IDisposable { readonly List<Process> _all = []; void Add() => _all.Add(Process.Start(\"x\")!); public void Dispose() { foreach (var p in _all) { p.Kill(true); p.Dispose(); } } }", TestName = "{m}(a list that is ended in a loop)")]
    [TestCase("class C : IDisposable { readonly List<Process> _all = []; void Add() => _all.Add(Process.Start(\"x\")!); public void Dispose() => _all.ForEach(p => p.Kill(true)); }", TestName = "{m}(a list that is ended by a lambda)")]
    [TestCase("class C { readonly ConcurrentDictionary<int, Process> _all = new(); void Add(int n) => _all[n] = Process.Start(\"x\")!; void Remove(int n) { if (_all.TryRemove(n, out var p)) { p.Kill(true); } } }", TestName = "{m}(a dictionary whose elements are ended)")]
    [TestCase("class C { readonly Dictionary<int, Process> _all = new(); void Add(int n) => _all.Add(n, Process.Start(\"x\")!); void End() { foreach (var (_, p) in _all) { p.Kill(true); } } }", TestName = "{m}(a dictionary that is walked)")]
    [TestCase("class C { readonly Dictionary<int, Process> _all = new(); void Add(int n) => _all.Add(n, Process.Start(\"x\")!); Task End() => Task.WhenAll(_all.Values.Select(p => p.WaitForExitAsync())); }", TestName = "{m}(a dictionary that is waited for)")]
    [TestCase("class C { public Process? P { get; private set; } void Start() { P = Process.Start(\"x\"); } }", TestName = "{m}(a property that others see)")]
    [TestCase("class C { Process? _p; void Start() { _p = Process.Start(\"x\"); } public Process? Take() => _p; }", TestName = "{m}(given away)")]
    [TestCase("interface IOwner { void Own(Process p); } class C(IOwner owner) { Process? _p; void Start() { _p = Process.Start(\"x\")!; owner.Own(_p); } }", TestName = "{m}(passed to another owner)")]
    [TestCase("class C(IDisposable job) { Process? _p; void Start() { _p = Process.Start(\"x\")!; Job.Assign(job, _p.Handle); } } static class Job { public static void Assign(IDisposable job, IntPtr process) { } }", TestName = "{m}(a job object)")]
    [TestCase("class C { Process? _p; void Start() { _p = Process.Start(\"x\")!; } void Stop() => Native.Kill(_p!.Id, 15); } static class Native { public static void Kill(int id, int signal) { } }", TestName = "{m}(a signal by number)")]
    [TestCase("class C { Process? _p; void Start() { _p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardInput = true })!; } void Stop() => _p!.StandardInput.Close(); }", TestName = "{m}(the end of its input)")]
    [TestCase("class C { Process? _p; void Start() { _p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardInput = true })!; } void Leave() => _p!.StandardInput.WriteLine(\"quit\"); }", TestName = "{m}(a word that it understands)")]
    [TestCase("class C { Process? _p; void Open(string url) { _p = Process.Start(new ProcessStartInfo(url) { UseShellExecute = true }); } }", TestName = "{m}(a document that is opened)")]
    [TestCase("class C { Process? _p; void Open(string folder) { _p = Process.Start(\"explorer.exe\", folder); } }", TestName = "{m}(a folder that is opened)")]
    [TestCase("class C { Process? _p; void Restart() { _p = Process.Start(Environment.ProcessPath!); Environment.Exit(0); } }", TestName = "{m}(this program again)")]
    [TestCase("class Window { } class C : Window { Process? _editor; void Edit(string file) { if (_editor is null or { HasExited: true }) _editor = Process.Start(\"editor\", file); } }", TestName = "{m}(a window that starts an editor)")]
    [TestCase("class TestFixtureAttribute : Attribute { } [TestFixture] class C { Process? _p; public void SetUp() { _p = Process.Start(\"x\"); } }", TestName = "{m}(test code)")]
    [TestCase("class C { void Start() { using (Process.Start(\"daemon\")) { } } }", TestName = "{m}(started and let go)")]
    [TestCase("class C { void Start() { Process.Start(\"daemon\"); } }", TestName = "{m}(never disposed: another rule)")]
    [TestCase("class C { Process? _p; string Run(ProcessStartInfo info) { using (_p = Process.Start(info)!) { return _p.StandardOutput.ReadToEnd(); } } }", TestName = "{m}(in a member while one method uses it)")]
    [TestCase("class C { Process? _p; void Start() { var us = Environment.ProcessId; _p = Process.Start(\"caffeinate\", [\"-w\", us.ToString()]); } }", TestName = "{m}(it watches us)")]
    [TestCase("class C { Process? _p; void Edit(string file) { _p = Process.Start(\"editor\", file); _p.EnableRaisingEvents = true; _p.Exited += OnClosed; } void OnClosed(object? sender, EventArgs e) => Console.WriteLine(\"reads it again\"); }", TestName = "{m}(an editor whose end is seen)")]
    [TestCase("class ServerFixture : IDisposable { Process? _p = Process.Start(\"server\"); public void Dispose() => _p?.Dispose(); }", TestName = "{m}(a fixture)")]
    [TestCase("class C { Process? M() => Process.Start(\"x\"); }", TestName = "{m}(returned)")]
    [TestCase("class Process : IDisposable { public static Process Start(string x) => new(); public void Dispose() { } } class C { Process? _p; void M() { _p = Process.Start(\"x\"); } }", TestName = "{m}(another Process)")]
    public Task Is_silent_on(string source) => Verify.ReportsAsync(Usings + source + Hosting);

    [TestCase("using var p = Process.Start(\"server\")!; try { await ReadyAsync(); return 1; } finally { p.Kill(true); }", TestName = "{m}(a finally)")]
    [TestCase("using var p = Process.Start(\"server\")!; try { await ReadyAsync(); } catch { p.Kill(true); throw; } p.Kill(true); return 0;", TestName = "{m}(a catch)")]
    [TestCase("using var p = Process.Start(\"server\")!; using var stop = token.Register(() => p.Kill(true)); await ReadyAsync(); p.Kill(true); return 0;", TestName = "{m}(a registration)")]
    [TestCase("using var p = Process.Start(\"server\")!; try { await ReadyAsync(); } catch (IOException) { } p.Kill(true); return 0;", TestName = "{m}(what is thrown is caught)")]
    [TestCase("using var p = Process.Start(\"tool\")!; if (!p.WaitForExit(5000)) { p.Kill(true); } await ReadyAsync(); return 0;", TestName = "{m}(killed when it is late)")]
    [TestCase("using var p = Process.Start(\"tool\")!; await p.WaitForExitAsync(token); return 0;", TestName = "{m}(a wait with a token: another rule)")]
    [TestCase("using var p = Process.Start(\"tool\")!; await Task.Delay(5, token); await p.WaitForExitAsync(); return 0;", TestName = "{m}(a wait without a limit: another rule)")]
    [TestCase("using var p = Process.Start(\"tool\")!; File.ReadAllText(\"x\"); p.WaitForExit(); await Task.Yield(); return p.ExitCode;", TestName = "{m}(a tool that is waited for)")]
    [TestCase("using var p = Process.Start(\"tool\")!; if (token.CanBeCanceled) return 0; await p.WaitForExitAsync(); return p.ExitCode;", TestName = "{m}(a tool that need not be waited for)")]
    [TestCase("using var p = Process.Start(\"server\")!; await Task.Delay(1000); Thread.Sleep(5); p.Kill(true); return 0;", TestName = "{m}(nothing throws)")]
    [TestCase("using var p = Process.Start(\"server\"); if (p is null) return 1; await Task.Delay(5); if (p.HasExited) throw new IOException(); p.Kill(true); return 0;", TestName = "{m}(it has ended before)")]
    [TestCase("using var p = Process.Start(\"server\") ?? throw new IOException(); p.Kill(true); await Task.Yield(); return 0;", TestName = "{m}(it did not start)")]
    [TestCase("using var p = new Process { StartInfo = new(\"server\") }; await ReadyAsync(); p.Start(); p.Kill(true); return 0;", TestName = "{m}(not started yet)")]
    [TestCase("using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; try { await p.StandardOutput.ReadToEndAsync(token); } catch (OperationCanceledException) { } await p.WaitForExitAsync(); return 0;", TestName = "{m}(a read whose cancellation is caught)")]
    [TestCase("using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; await p.StandardOutput.ReadToEndAsync(CancellationToken.None); await p.WaitForExitAsync(); return 0;", TestName = "{m}(a read that nobody cancels)")]
    public Task Is_silent_in(string body) => Verify.ReportsAsync(InMethod(body));

    [TestCase("class Encoder { Process? _tool; void Start() { _tool = [|Process.Start|](\"x\"); } }", "'Encoder' keeps a child in '_tool' and nothing ends it: it runs on when its owner is gone")]
    [TestCase("class Encoder : IDisposable { Process? _tool; void Start() { _tool = [|Process.Start|](\"x\"); } public void Dispose() => _tool?.Dispose(); }", "'Encoder' only disposes '_tool', which frees the handle: the child runs on when its owner is gone")]
    [TestCase("class Encoder { Process? _tool; void Restart() { _tool?.Kill(true); _tool = [|Process.Start|](\"x\"); } }", "'Encoder' kills '_tool' only to start the next one: the last child runs on when its owner is gone")]
    [TestCase("class C { async Task Run(HttpClient client) { using var p = [|Process.Start|](\"x\")!; await client.GetAsync(\"u\"); p.Kill(true); } }", "'Run' leaves 'p' running when 'client.GetAsync(\"u\")' throws: the kill is not in a finally")]
    [TestCase("class C { void Run(bool b) { using var p = [|Process.Start|](\"x\")!; if (b) return; p.Kill(true); } }", "'Run' returns before it kills 'p': the child runs on")]
    [TestCase("class C { async Task Run(CancellationToken t) { using var p = [|Process.Start|](\"x\")!; await Task.Delay(5, t); p.WaitForExit(); } }", "'Run' leaves 'p' running when 'Delay' is cancelled")]
    public Task Message_says_who_leaves_what(string source, string message) => Verify.ReportsAsync(Usings + source, message: message);

    [Test]
    public Task Fix_kills_before_the_handle_is_freed() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        sealed class Encoder : IDisposable
        {
            private Process? _tool;

            public void Start() => _tool = [|Process.Start|]("encode");

            public void Dispose()
            {
                // the handle
                _tool?.Dispose(); // and its pipes
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        sealed class Encoder : IDisposable
        {
            private Process? _tool;

            public void Start() => _tool = Process.Start("encode");

            public void Dispose()
            {
                // the handle
                if (_tool is { HasExited: false })
                {
                    _tool.Kill(entireProcessTree: true);
                    _tool.WaitForExit(5000);
                }

                _tool?.Dispose(); // and its pipes
                _tool = null;
            }
        }
        """);

    [Test]
    public Task Fix_kills_without_the_tree_where_the_framework_cannot() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        sealed class Encoder : IDisposable
        {
            private Process? _tool;

            public void Start() => _tool = [|Process.Start|]("encode");

            public void Dispose()
            {
                _tool?.Dispose();
                _tool = null;
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        sealed class Encoder : IDisposable
        {
            private Process? _tool;

            public void Start() => _tool = Process.Start("encode");

            public void Dispose()
            {
                if (_tool is { HasExited: false })
                {
                    _tool.Kill();
                    _tool.WaitForExit(5000);
                }

                _tool?.Dispose();
                _tool = null;
            }
        }
        """,
        setup: new Setup { Framework = Framework.NetStandard20 });

    [Test]
    public Task Fix_gives_an_expression_body_statements() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        sealed class Encoder : IDisposable
        {
            private Process? _tool;
            public void Start() => _tool = [|Process.Start|]("encode");
            // the handle
            public void Dispose() => _tool?.Dispose(); // at the end
        }
        """,
        """
        using System;
        using System.Diagnostics;
        sealed class Encoder : IDisposable
        {
            private Process? _tool;
            public void Start() => _tool = Process.Start("encode");
            // the handle
            public void Dispose()
            {
                if (_tool is { HasExited: false })
                {
                    _tool.Kill(entireProcessTree: true);
                    _tool.WaitForExit(5000);
                }

                _tool?.Dispose();
                _tool = null;
            } // at the end
        }
        """);

    [Test]
    public Task Fix_kills_and_disposes_in_the_Dispose_that_is_there() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.IO;
        sealed class Encoder : IDisposable
        {
            private readonly Stream _log = Stream.Null;
            private Process? _tool;

            public void Start() => _tool = [|Process.Start|]("encode");

            public void Dispose()
            {
                // the log
                _log.Dispose(); // last
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.IO;
        sealed class Encoder : IDisposable
        {
            private readonly Stream _log = Stream.Null;
            private Process? _tool;

            public void Start() => _tool = Process.Start("encode");

            public void Dispose()
            {
                if (_tool is { HasExited: false })
                {
                    _tool.Kill(entireProcessTree: true);
                    _tool.WaitForExit(5000);
                }

                _tool?.Dispose();
                _tool = null;
                // the log
                _log.Dispose(); // last
            }
        }
        """);

    [Test]
    public Task Fix_moves_the_kill_into_a_finally() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        using System.Net.Http;
        using System.Threading.Tasks;
        class C
        {
            async Task M(HttpClient client)
            {
                using var server = [|Process.Start|]("server")!;

                // asks it
                await client.GetAsync("http://localhost"); // once
                // enough
                server.Kill(true); // all of it
            }

            async Task<string> N(HttpClient client)
            {
                using (var server = [|Process.Start|]("server"))
                {
                    if (client.Timeout.Ticks == 0)
                    {
                        return "";
                    }

                    await client.GetAsync("http://localhost");
                    if (server is { HasExited: false })
                    {
                        server.Kill(true);
                    }

                    return "done";
                }
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Net.Http;
        using System.Threading.Tasks;
        class C
        {
            async Task M(HttpClient client)
            {
                using var server = Process.Start("server")!;

                try
                {
                    // asks it
                    await client.GetAsync("http://localhost"); // once
                }
                finally
                {
                    // enough
                    server.Kill(true); // all of it
                }
            }

            async Task<string> N(HttpClient client)
            {
                using (var server = Process.Start("server"))
                {
                    try
                    {
                        if (client.Timeout.Ticks == 0)
                        {
                            return "";
                        }

                        await client.GetAsync("http://localhost");
                    }
                    finally
                    {
                        if (server is { HasExited: false })
                        {
                            server.Kill(true);
                        }
                    }

                    return "done";
                }
            }
        }
        """);

    [Test]
    public Task Fix_kills_when_the_method_is_left_by_an_exception() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            async Task<string> M(ProcessStartInfo info, CancellationToken token)
            {
                using var tool = [|Process.Start|](info)!;
                // all that it says
                var text = await tool.StandardOutput.ReadToEndAsync(token); // until it ends
                tool.WaitForExit();
                return text; // trimmed by the caller
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
                using var tool = Process.Start(info)!;
                try
                {
                    // all that it says
                    var text = await tool.StandardOutput.ReadToEndAsync(token); // until it ends
                    tool.WaitForExit();
                    return text; // trimmed by the caller
                }
                catch
                {
                    if (!tool.HasExited)
                    {
                        tool.Kill(entireProcessTree: true);
                    }

                    throw;
                }
            }
        }
        """);

    private const string MoveTool = "Move '_tool' to SupervisedProcess and end it with its owner";

    [Test]
    public Task Move_of_a_field_that_is_only_disposed_changes_its_type() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;

        sealed class Encoder : IDisposable
        {
            // the tool
            private Process? _tool; // null until started

            public bool Runs => _tool is { HasExited: false };

            public void Start(ProcessStartInfo info)
            {
                // goes on
                _tool = [|Process.Start|](info); // in the background
            }

            public void Dispose() => _tool?.Dispose();
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using Hardening.Processes;

        sealed class Encoder : IDisposable
        {
            // the tool
            private SupervisedProcess? _tool; // null until started

            public bool Runs => _tool is { HasExited: false };

            public void Start(ProcessStartInfo info)
            {
                // goes on
                _tool = SupervisedProcess.Start(info); // in the background
            }

            public void Dispose() => _tool?.Dispose();
        }
        """,
        "Move to SupervisedProcess, which ends the child with its descendants when it is disposed",
        SupervisedDeclarations.Setup);

    [Test]
    public Task Move_ends_the_child_in_the_Dispose_of_its_owner() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.IO;
        sealed class Encoder : IDisposable
        {
            private readonly Stream _log = Stream.Null;
            private Process? _tool;
            public void Start(string file)
            {
                // made, then kept
                var tool = [|new Process|] { StartInfo = new("encode") { ArgumentList = { file } } };
                tool.Start();
                _tool = tool; // kept
            }
            public void Dispose()
            {
                // the log
                _log.Dispose();
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.IO;
        using Hardening.Processes;
        sealed class Encoder : IDisposable
        {
            private readonly Stream _log = Stream.Null;
            private SupervisedProcess? _tool;
            public void Start(string file)
            {
                // made, then kept
                var tool = SupervisedProcess.Start(new ProcessStartInfo("encode") { ArgumentList = { file } });
                _tool = tool; // kept
            }
            public void Dispose()
            {
                _tool?.Dispose();
                // the log
                _log.Dispose();
            }
        }
        """,
        MoveTool,
        SupervisedDeclarations.Setup);

    [Test]
    public Task Move_ends_the_child_in_the_DisposeAsync_of_its_owner() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        sealed class Encoder : IAsyncDisposable
        {
            private Process? _tool;
            public void Start() => _tool = [|Process.Start|]("encode");
            public async ValueTask DisposeAsync()
            {
                // the log
                await Task.Yield(); // later
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;
        sealed class Encoder : IAsyncDisposable
        {
            private SupervisedProcess? _tool;
            public void Start() => _tool = SupervisedProcess.Start(new ProcessStartInfo("encode"));
            public async ValueTask DisposeAsync()
            {
                if (_tool is not null)
                {
                    await _tool.DisposeAsync();
                }
                // the log
                await Task.Yield(); // later
            }
        }
        """,
        MoveTool,
        SupervisedDeclarations.Setup);

    [Test]
    public Task Move_makes_the_owner_disposable() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        // encodes
        sealed class Encoder
        {
            private Process? _tool;
            public void Start() => _tool ??= [|Process.Start|]("encode"); // once
        } // the end
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;
        // encodes
        sealed class Encoder : IAsyncDisposable
        {
            private SupervisedProcess? _tool;
            public void Start() => _tool ??= SupervisedProcess.Start(new ProcessStartInfo("encode")); // once

            public ValueTask DisposeAsync() => _tool?.DisposeAsync() ?? default;
        } // the end
        """,
        "Move '_tool' to SupervisedProcess and implement IAsyncDisposable to end it",
        SupervisedDeclarations.Setup);

    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } }", TestName = "{m}(its owner disposes nothing)")]
    [TestCase("class C : IDisposable { readonly Process _p = [|Process.Start|](\"x\")!; public void Dispose() => _p.Dispose(); }", TestName = "{m}(a readonly field would still have it at the second Dispose)")]
    [TestCase("class C : IDisposable { Process? _p; void Start() { _p = [|new Process|]() { StartInfo = new(\"x\") }; _p.Start(); } public void Dispose() => _p?.Dispose(); }", TestName = "{m}(it may not have been started)")]
    [TestCase("class C : IDisposable { readonly List<Process> _all = []; void Add() { _all.Add([|Process.Start|](\"x\")!); } public void Dispose() { foreach (var p in _all) { p.Dispose(); } } }", TestName = "{m}(a list)")]
    [TestCase("class C : IAsyncDisposable { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } public async ValueTask DisposeAsync() { await Task.Yield(); _p?.Dispose(); } }", TestName = "{m}(async code must not wait in a blocking way)")]
    [TestCase("class C { async Task<int> M() { using var p = [|Process.Start|](\"x\")!; var n = await Task.Run(() => 1); p.Kill(true); return n; } }", TestName = "{m}(a local is needed after the finally)")]
    [TestCase("class C { async Task M() { Process? p = null; p = [|Process.Start|](\"x\")!; await Task.Run(() => { }); p.Kill(true); p.Dispose(); } }", TestName = "{m}(the local is assigned again)")]
    public Task Fix_is_not_offered_where(string source) => Verify.OffersNoFixAsync(Usings + source);

    [TestCase("class C { readonly List<Process> _all = []; void Add() { _all.Add([|Process.Start|](\"x\")!); } }", TestName = "{m}(a list)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\")!; _p.PriorityClass = ProcessPriorityClass.Idle; } }", TestName = "{m}(a member has no twin)")]
    [TestCase("class C : IAsyncDisposable { Process? _p; void Start() { _p = [|Process.Start|](\"x\")!; _p.Exited += (sender, _) => Console.WriteLine(((Process)sender!).Id); } public ValueTask DisposeAsync() { _p?.Dispose(); return default; } }", TestName = "{m}(a handler casts its sender)")]
    [TestCase("static class C { static Process? s_p; static void Start() { s_p = [|Process.Start|](\"x\"); } }", TestName = "{m}(nobody disposes a static class)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); _p = Process.GetProcessById(7); } }", TestName = "{m}(the field holds no child, too)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } static void Say(Process? p) => Console.WriteLine(p?.Id); void Show() => Say(_p); }", TestName = "{m}(another method takes a Process)")]
    public Task Move_is_not_offered_where(string source) => Verify.OffersNoFixAsync(Usings + source, setup: SupervisedDeclarations.Setup);
}
