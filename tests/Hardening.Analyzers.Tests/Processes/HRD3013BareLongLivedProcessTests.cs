using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3013BareLongLivedProcessAnalyzer, Hardening.Analyzers.Processes.HRD3013BareLongLivedProcessCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3013BareLongLivedProcessTests
{
    private const string Usings =
        "using System; using System.Collections.Concurrent; using System.Collections.Generic; using System.Diagnostics; using System.Threading; using System.Threading.Tasks;\n";

    private const string Hosting =
        """

        namespace Microsoft.Extensions.Hosting
        {
            public abstract class BackgroundService : IDisposable
            {
                protected abstract Task ExecuteAsync(CancellationToken stoppingToken);
                public virtual Task StopAsync(CancellationToken token) => Task.CompletedTask;
                public virtual void Dispose() { }
            }
        }
        """;

    private static readonly Setup Runtime = SupervisedDeclarations.Setup;

    [TestCase("class C : IDisposable { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } public void Dispose() { _p?.Kill(true); _p?.Dispose(); } }", TestName = "{m}(a field)")]
    [TestCase("class C : IDisposable { readonly Process _p = [|Process.Start|](\"x\")!; public void Dispose() => _p.Kill(true); }", TestName = "{m}(an initializer)")]
    [TestCase("class C : IDisposable { Process? P { get; set; } void Start() { P = [|new|]() { StartInfo = { FileName = \"x\" } }; P.Start(); } public void Dispose() => P?.Kill(true); }", TestName = "{m}(a property, target-typed new)")]
    [TestCase("class C { public Process? P { get; private set; } void Start() { P = [|Process.Start|](\"x\"); } }", TestName = "{m}(a property that others see)")]
    [TestCase("class C { Process? _p; async Task StartAsync() { await Task.Yield(); var p = [|Process.Start|](\"x\")!; p.BeginOutputReadLine(); _p = p; } void Stop() => Interlocked.Exchange(ref _p, null)?.Kill(true); }", TestName = "{m}(an async method, through a local)")]
    [TestCase("class C { readonly List<Process> _all = []; void Add() => _all.Add([|Process.Start|](\"x\")!); void End() => _all.ForEach(p => p.Kill(true)); }", TestName = "{m}(a list)")]
    [TestCase("class C { readonly ConcurrentDictionary<int, Process> _all = new(); void Add(int n) => _all[n] = [|Process.Start|](\"x\")!; void Remove(int n) { if (_all.TryRemove(n, out var p)) { p.Kill(true); } } }", TestName = "{m}(a dictionary)")]
    [TestCase("static class C { static Process? s_p; static void Start() { s_p = [|Process.Start|](\"x\"); AppDomain.CurrentDomain.ProcessExit += (_, _) => s_p?.Kill(true); } }", TestName = "{m}(killed when the process exits: not when it is killed)")]
    [TestCase("class C<T>(string tool) where T : class { Process? _p; void Start() { _p ??= [|Process.Start|](tool); } void Stop() => _p?.Kill(true); }", TestName = "{m}(a generic type with a primary constructor)")]
    [TestCase("partial class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } } partial class C { void Stop() => _p?.Kill(true); }", TestName = "{m}(a partial type)")]
    [TestCase("class C { Process? _p; Action Starter() => () => _p = [|Process.Start|](\"x\"); void Stop() => _p?.Kill(true); }", TestName = "{m}(a lambda)")]
    [TestCase("class C { Process? _p; void Start() { void Run() { _p = [|Process.Start|](\"x\"); } Run(); } void Stop() => _p?.Kill(true); }", TestName = "{m}(a local function)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|Tool|](); } static Process? Tool() => Process.Start(\"x\"); void Stop() => _p?.Kill(true); }", TestName = "{m}(a helper starts it)")]
    [TestCase("class C : Microsoft.Extensions.Hosting.BackgroundService { protected override async Task ExecuteAsync(CancellationToken t) { using var p = [|Process.Start|](\"x\")!; try { await p.WaitForExitAsync(t); } finally { p.Kill(true); } } }", TestName = "{m}(a local of a service)")]
    public Task Reports(string source) => Verify.ReportsAsync(Usings + source + Hosting, Runtime);

    [TestCase("class C { Process? _p; void Start() { _p = Process.Start(\"x\"); } void Stop() => _p?.Dispose(); }", TestName = "{m}(a child that nothing ends: another rule)")]
    [TestCase("class C { Process? _p; int Run() { _p = Process.Start(\"x\")!; _p.WaitForExit(); return _p.ExitCode; } void Cancel() => _p?.Kill(true); }", TestName = "{m}(a tool that runs to its end)")]
    [TestCase("class C { protected Process? P; void Run() { using (P = new Process()) { P.Start(); P.WaitForExit(); } } }", TestName = "{m}(in a member while one method uses it)")]
    [TestCase("class C { int M() { using var p = Process.Start(\"x\")!; p.WaitForExit(); return p.ExitCode; } }", TestName = "{m}(a local)")]
    [TestCase("class C { void M() { Process.Start(\"x\"); } }", TestName = "{m}(never disposed: another rule)")]
    [TestCase("class C { Process? M() => Process.Start(\"x\"); }", TestName = "{m}(returned)")]
    [TestCase("class C { readonly Process[] _all = Process.GetProcesses(); void Stop() { foreach (var p in _all) { p.Dispose(); } } }", TestName = "{m}(processes of others)")]
    [TestCase("class C { Process? _p; void Open(string url) { _p = Process.Start(new ProcessStartInfo(url) { UseShellExecute = true }); } void Close() => _p?.Kill(true); }", TestName = "{m}(a document that is opened)")]
    [TestCase("class Window { } class C : Window { Process? _editor; void Edit(string file) { _editor = Process.Start(\"editor\", file); } void Close() => _editor?.Kill(true); }", TestName = "{m}(a window that starts an editor)")]
    [TestCase("class TestFixtureAttribute : Attribute { } [TestFixture] class C { Process? _p; public void SetUp() { _p = Process.Start(\"x\"); } public void TearDown() => _p?.Kill(true); }", TestName = "{m}(test code)")]
    [TestCase("class C { Hardening.Processes.SupervisedProcess? _p; void Start() { _p = Hardening.Processes.SupervisedProcess.Start(new(\"x\")); } void Stop() => _p?.Dispose(); }", TestName = "{m}(supervised)")]
    [TestCase("class C { async Task ExecuteAsync(CancellationToken t) { using var p = Process.Start(\"x\")!; try { await p.WaitForExitAsync(t); } finally { p.Kill(true); } } }", TestName = "{m}(a method that only looks like a service's)")]
    [TestCase("class Process : IDisposable { public static Process Start(string x) => new(); public void Dispose() { } } class C { Process? _p; void M() { _p = Process.Start(\"x\"); } void Stop() => _p?.Dispose(); }", TestName = "{m}(another Process)")]
    public Task Is_silent_on(string source) => Verify.ReportsAsync(Usings + source + Hosting, Runtime);

    [Test]
    public Task Is_silent_without_the_runtime() =>
        Verify.ReportsAsync(Usings + "class C : IDisposable { Process? _p; void Start() { _p = Process.Start(\"x\"); } public void Dispose() => _p?.Kill(true); }");

    [TestCase("class C { void M() { {|HRD3001:Process.Start(\"x\")|}; } }", TestName = "{m}(never disposed)")]
    [TestCase("class C { Process? _p; void Start() { _p = {|HRD3002:Process.Start|}(\"x\"); } void Stop() => _p?.Dispose(); }", TestName = "{m}(never ended)")]
    [TestCase("class C { Process? _p; void Start() { _p = {|HRD3013:Process.Start|}(\"x\"); } void Stop() { _p?.Kill(true); _p?.WaitForExit(5000); _p?.Dispose(); } }", TestName = "{m}(ended while we live)")]
    public Task One_child_has_one_diagnostic(string source) => AllRules.ReportsAsync(Usings + source, Runtime);

    [TestCase("class Encoder { Process? _tool; void Start() { _tool = [|Process.Start|](\"x\"); } void Stop() => _tool?.Kill(true); }", "'Encoder' keeps the child in '_tool' as a bare Process: nothing ends it when this process is killed")]
    public Task Message_says_who_keeps_what(string source, string message) => Verify.ReportsAsync(Usings + source, Runtime, message);

    [Test]
    public Task Fix_moves_the_field_with_all_that_it_gets() => Verify.FixesAllAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        sealed class Encoder : IDisposable
        {
            // the tool
            private Process? _tool;

            public void Start(string file)
            {
                // one
                _tool = [|Process.Start|]("encode", file); // of two
                _tool!.Exited += (_, _) => Console.WriteLine("over");
            }

            public void StartFast() => _tool = [|Process.Start|](new ProcessStartInfo("encode-fast"))!;

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _tool, null) is { } tool)
                {
                    tool.Kill(entireProcessTree: true);
                    tool.WaitForExit(5000);
                    tool.Close(); // its handle
                }
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        using Hardening.Processes;
        sealed class Encoder : IDisposable
        {
            // the tool
            private SupervisedProcess? _tool;

            public void Start(string file)
            {
                // one
                _tool = SupervisedProcess.Start(new ProcessStartInfo("encode", file)); // of two
                _tool!.Exited += (_, _) => Console.WriteLine("over");
            }

            public void StartFast() => _tool = SupervisedProcess.Start(new ProcessStartInfo("encode-fast"));

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _tool, null) is { } tool)
                {
                    tool.Kill(entireProcessTree: true);
                    tool.WaitForExit(5000);
                    tool.Dispose(); // its handle
                }
            }
        }
        """,
        setup: Runtime);

    [Test]
    public Task Fix_moves_the_handlers_of_a_field_behind_its_start() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        sealed class Encoder : IDisposable
        {
            private readonly object _gate = new();
            private Process? _tool;

            public void Start(string file)
            {
                lock (_gate)
                {
                    _tool = [|new Process|]
                    {
                        StartInfo = new ProcessStartInfo("encode", file) { RedirectStandardOutput = true },
                        EnableRaisingEvents = true,
                    };
                    _tool.OutputDataReceived += OnLine;
                    _tool.Exited += (_, _) => Console.WriteLine(_tool?.ExitCode);
                    _tool.Start();
                    _tool.BeginOutputReadLine();
                }
            }

            public void Dispose()
            {
                _tool?.Kill(true);
                _tool?.Dispose();
            }

            private void OnLine(object sender, DataReceivedEventArgs line) => Console.WriteLine(line.Data);
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using Hardening.Processes;
        sealed class Encoder : IDisposable
        {
            private readonly object _gate = new();
            private SupervisedProcess? _tool;

            public void Start(string file)
            {
                lock (_gate)
                {
                    _tool = SupervisedProcess.Start(new ProcessStartInfo("encode", file) { RedirectStandardOutput = true });
                    _tool.OutputDataReceived += OnLine;
                    _tool.Exited += (_, _) => Console.WriteLine(_tool?.ExitCode);
                    _tool.EnableRaisingEvents = true;
                    _tool.BeginOutputReadLine();
                }
            }

            public void Dispose()
            {
                _tool?.Kill(true);
                _tool?.Dispose();
            }

            private void OnLine(object sender, DataReceivedEventArgs line) => Console.WriteLine(line.Data);
        }
        """,
        setup: Runtime);

    [Test]
    public Task Fix_moves_the_handlers_of_a_field_that_is_filled_first() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        sealed class Encoder : IDisposable
        {
            private Process? _tool;

            public void Start(string file)
            {
                _tool = [|new Process|]();
                _tool.StartInfo.FileName = "encode";
                _tool.StartInfo.Arguments = file;
                _tool.EnableRaisingEvents = true;
                _tool.Exited += (_, _) => _tool.Close(); // its handle
                _tool.Start();
            }

            public void Dispose() => _tool?.Kill(true);
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using Hardening.Processes;
        sealed class Encoder : IDisposable
        {
            private SupervisedProcess? _tool;

            public void Start(string file)
            {
                var startInfo = new ProcessStartInfo();
                startInfo.FileName = "encode";
                startInfo.Arguments = file;
                _tool = SupervisedProcess.Start(startInfo);
                _tool.Exited += (_, _) => _tool.Dispose(); // its handle
                _tool.EnableRaisingEvents = true;
            }

            public void Dispose() => _tool?.Kill(true);
        }
        """,
        setup: Runtime);

    [Test]
    public Task Fix_moves_a_child_that_a_using_statement_starts() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class Service : Microsoft.Extensions.Hosting.BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                using (var tool = [|new Process|] { StartInfo = { FileName = "encode" } })
                {
                    tool.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);
                    tool.Start();
                    tool.BeginOutputReadLine();
                    try
                    {
                        await tool.WaitForExitAsync(stoppingToken);
                    }
                    finally
                    {
                        tool.Kill(entireProcessTree: true);
                    }
                }
            }
        }
        """ + Hosting,
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        using Hardening.Processes;
        class Service : Microsoft.Extensions.Hosting.BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                await using (var tool = SupervisedProcess.Start(new ProcessStartInfo { FileName = "encode" }))
                {
                    tool.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);
                    tool.BeginOutputReadLine();
                    try
                    {
                        await tool.WaitForExitAsync(stoppingToken);
                    }
                    finally
                    {
                        tool.Kill(entireProcessTree: true);
                    }
                }
            }
        }
        """ + Hosting,
        setup: Runtime);

    [Test]
    public Task Fix_moves_the_local_of_a_service() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class Service : Microsoft.Extensions.Hosting.BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                // the tool
                using var tool = [|Process.Start|]("encode")!; // all day
                try
                {
                    await tool.WaitForExitAsync(stoppingToken);
                }
                finally
                {
                    tool.Kill(entireProcessTree: true);
                }
            }
        }
        """ + Hosting,
        """
        using System;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        using Hardening.Processes;
        class Service : Microsoft.Extensions.Hosting.BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                // the tool
                await using var tool = SupervisedProcess.Start(new ProcessStartInfo("encode")); // all day
                try
                {
                    await tool.WaitForExitAsync(stoppingToken);
                }
                finally
                {
                    tool.Kill(entireProcessTree: true);
                }
            }
        }
        """ + Hosting,
        setup: Runtime);

    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\")!; _p.PriorityClass = ProcessPriorityClass.Idle; } void Stop() => _p?.Kill(true); }", TestName = "{m}(a member has no twin)")]
    [TestCase("class C { readonly List<Process> _all = []; void Add() => _all.Add([|Process.Start|](\"x\")!); void End() => _all.ForEach(p => p.Kill(true)); }", TestName = "{m}(a list)")]
    [TestCase("class C { public Process? P { get; private set; } void Start() { P = [|Process.Start|](\"x\"); } }", TestName = "{m}(others see the property)")]
    [TestCase("class C { Process? _p; void Start() { _p = [|Process.Start|](\"x\"); } static void End(Process? p) => p?.Kill(true); void Stop() => End(_p); }", TestName = "{m}(another method takes a Process)")]
    [TestCase("class C { Process? _p; void Start() { if (DateTime.Now.Hour > 9) { _p = [|Process.Start|](\"x\"); } else { _p = Process.GetProcessById(7); } } void Stop() => _p?.Kill(true); }", TestName = "{m}(the field holds no child, too)")]
    public Task Fix_is_not_offered_where(string source) => Verify.OffersNoFixAsync(Usings + source, setup: Runtime);
}
