using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3006PipeNotDrainedAnalyzer, Hardening.Analyzers.Processes.HRD3006PipeNotDrainedCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

public sealed class HRD3006PipeNotDrainedTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Diagnostics; using System.IO; using System.Threading; using System.Threading.Tasks;\n";
    private const string Both = "var info = new ProcessStartInfo(\"x\") { RedirectStandardOutput = true, RedirectStandardError = true };\n";
    private const string Output = "var info = new ProcessStartInfo(\"x\") { RedirectStandardOutput = true };\n";

    private static string InMethod(string settings, string body) => $"{Usings}class C {{ void M() {{ {settings}{body} }} }}";

    private static string InAsyncMethod(string settings, string body) => $"{Usings}class C {{ async Task M(CancellationToken token) {{ {settings}{body} }} }}";

    // The ladder of real bugs: each of these has been shipped as the repair of the one before.
    [TestCase(Output, "using var p = Process.Start(info)!; [|p.WaitForExit()|]; var text = p.StandardOutput.ReadToEnd();", TestName = "{m}(wait, then read)")]
    [TestCase(Output, "using var p = Process.Start(info)!; if ([|p.WaitForExit(1000)|]) { var text = p.StandardOutput.ReadToEnd(); }", TestName = "{m}(wait with a limit, then read)")]
    [TestCase(Output, "using var p = Process.Start(info)!; while (![|p.HasExited|]) { Thread.Yield(); } var text = p.StandardOutput.ReadToEnd();", TestName = "{m}(ask until it has exited, then read)")]
    [TestCase(Both, "using var p = Process.Start(info)!; [|p.WaitForExit()|]; Console.Write(p.StandardOutput.ReadToEnd() + p.StandardError.ReadToEnd());", TestName = "{m}(wait, then read both)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var o = [|p.StandardOutput.ReadToEnd()|]; var e = p.StandardError.ReadToEnd(); p.WaitForExit();", TestName = "{m}(one after the other)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var e = [|p.StandardError.ReadToEnd()|]; p.BeginOutputReadLine(); p.WaitForExit();", TestName = "{m}(begun too late)")]
    [TestCase(Both, "using var p = Process.Start(info)!; string? line; while ((line = [|p.StandardOutput.ReadLine()|]) != null) { Console.WriteLine(line); } var e = p.StandardError.ReadToEnd();", TestName = "{m}(a loop over the lines)")]
    [TestCase(Both, "using var p = Process.Start(info)!; while (![|p.StandardOutput.EndOfStream|]) { p.StandardOutput.ReadLine(); } var e = p.StandardError.ReadToEnd();", TestName = "{m}(a loop to the end of the stream)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var o = p.StandardOutput; var e = p.StandardError; Console.Write([|o.ReadToEnd()|]); Console.Write(e.ReadToEnd());", TestName = "{m}(readers in locals)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var o = p.StandardOutput.ReadToEndAsync(); Console.Write([|o.Result|]); Console.Write(p.StandardError.ReadToEnd());", TestName = "{m}(a task that is waited for too early)")]
    [TestCase("", "using var p = new Process { StartInfo = new() { FileName = \"x\", RedirectStandardOutput = true } }; p.Start(); [|p.WaitForExit()|]; Console.Write(p.StandardOutput.ReadToEnd());", TestName = "{m}(settings in the initializer)")]
    [TestCase("", "using var p = new Process { StartInfo = { FileName = \"x\", RedirectStandardOutput = true } }; p.Start(); [|p.WaitForExit()|]; Console.Write(p.StandardOutput.ReadToEnd());", TestName = "{m}(a nested initializer)")]
    [TestCase("", "using var p = new Process(); p.StartInfo.FileName = \"x\"; p.StartInfo.RedirectStandardOutput = true; p.Start(); [|p.WaitForExit()|]; Console.Write(p.StandardOutput.ReadToEnd());", TestName = "{m}(settings through the property)")]
    [TestCase("", "var info = new ProcessStartInfo(); info.RedirectStandardOutput = true; using var p = new Process(); p.StartInfo = info; p.Start(); [|p.WaitForExit()|]; Console.Write(p.StandardOutput.ReadToEnd());", TestName = "{m}(settings given later)")]
    [TestCase("", "var info = new ProcessStartInfo(\"x\") { [|RedirectStandardError = true|] }; using var p = Process.Start(info)!; p.WaitForExit();", TestName = "{m}(never read)")]
    [TestCase("", "var info = new ProcessStartInfo(\"x\") { [|RedirectStandardOutput = true|], RedirectStandardError = true }; using var p = Process.Start(info)!; p.WaitForExit();", TestName = "{m}(neither is read)")]
    [TestCase("", "var info = new ProcessStartInfo(\"x\") { RedirectStandardOutput = true, [|RedirectStandardError = true|] }; using var p = Process.Start(info)!; var o = p.StandardOutput.ReadToEnd(); p.WaitForExit();", TestName = "{m}(one of two)")]
    [TestCase("", "var info = new ProcessStartInfo(\"x\"); [|info.RedirectStandardOutput = true|]; using var p = Process.Start(info)!; p.OutputDataReceived += (_, e) => Console.WriteLine(e.Data); p.WaitForExit();", TestName = "{m}(events that are never begun)")]
    [TestCase("", "Process.Start(new ProcessStartInfo(\"x\") { [|RedirectStandardOutput = true|] })!.WaitForExit();", TestName = "{m}(a chain)")]
    [TestCase("", "Action run = () => { using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; [|p.WaitForExit()|]; Console.Write(p.StandardOutput.ReadToEnd()); }; run();", TestName = "{m}(a lambda)")]
    [TestCase("", "void Run() { using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true }); p?[|.WaitForExit()|]; Console.Write(p?.StandardOutput.ReadToEnd()); } Run();", TestName = "{m}(a local function, conditionally)")]
    [TestCase(Output, "using var p = Process.Start(info)!; if (DateTime.Now.Year > 1) { [|p.WaitForExit()|]; } else { p.StandardOutput.ReadToEnd(); }", TestName = "{m}(an arm that only waits)")]
    public Task Reports(string settings, string body) => Verify.ReportsAsync(InMethod(settings, body));

    [TestCase(Output, "using var p = Process.Start(info)!; [|await p.WaitForExitAsync(token)|]; Console.Write(await p.StandardOutput.ReadToEndAsync(token));", TestName = "{m}(wait, then read)")]
    [TestCase(Output, "using var p = Process.Start(info)!; var exit = p.WaitForExitAsync(token); [|await exit|]; Console.Write(await p.StandardOutput.ReadToEndAsync(token));", TestName = "{m}(a wait in a local)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var o = [|await p.StandardOutput.ReadToEndAsync(token)|]; var e = await p.StandardError.ReadToEndAsync(token); await p.WaitForExitAsync(token);", TestName = "{m}(one after the other)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var o = [|await p.StandardOutput.ReadToEndAsync(token).ConfigureAwait(false)|]; var e = await p.StandardError.ReadToEndAsync(token).ConfigureAwait(false);", TestName = "{m}(one after the other without the context)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var o = p.StandardOutput.ReadToEndAsync(token); Console.Write([|await o|]); Console.Write(await p.StandardError.ReadToEndAsync(token));", TestName = "{m}(awaited before the second begins)")]
    [TestCase(Both, "using var p = Process.Start(info)!; [|await p.StandardOutput.BaseStream.CopyToAsync(Stream.Null, token)|]; Console.Write(await p.StandardError.ReadToEndAsync(token));", TestName = "{m}(a copy)")]
    [TestCase(Both, "using var p = Process.Start(info)!; while ([|await p.StandardOutput.ReadLineAsync(token)|] is { } line) { Console.WriteLine(line); } Console.Write(await p.StandardError.ReadToEndAsync(token));", TestName = "{m}(a loop over the lines)")]
    public Task Reports_async(string settings, string body) => Verify.ReportsAsync(InAsyncMethod(settings, body));

    private const string OutputInfo = "private static ProcessStartInfo Settings(string file) => new(file) { RedirectStandardOutput = true }; ";
    private const string BothInfo = "private static ProcessStartInfo Settings(string file) { var info = new ProcessStartInfo(file); info.RedirectStandardOutput = true; info.RedirectStandardError = true; return info; } ";

    // Where the settings come from.
    [TestCase(OutputInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; [|p.WaitForExit()|]; p.StandardOutput.ReadToEnd(); }", TestName = "{m}(a helper that makes the settings)")]
    [TestCase(BothInfo + "void M() { using var p = new Process { StartInfo = Settings(\"x\") }; p.Start(); var o = [|p.StandardOutput.ReadToEnd()|]; var e = p.StandardError.ReadToEnd(); }", TestName = "{m}(a helper that fills a local)")]
    [TestCase(BothInfo + "void M() { using var p = [|Process.Start(Settings(\"x\"))|]!; p.StandardOutput.ReadToEnd(); p.WaitForExit(); }", TestName = "{m}(one of two, redirected by a helper)")]
    [TestCase("static void Redirect(ProcessStartInfo info) => info.RedirectStandardOutput = true; void M() { var info = new ProcessStartInfo(\"x\"); Redirect(info); using var p = Process.Start(info)!; [|p.WaitForExit()|]; p.StandardOutput.ReadToEnd(); }", TestName = "{m}(a helper that fills the settings)")]
    [TestCase("static ProcessStartInfo Redirect(ProcessStartInfo info) { info.RedirectStandardOutput = true; return info; } void M() { using var p = Process.Start(Redirect(new(\"x\")))!; [|p.WaitForExit()|]; p.StandardOutput.ReadToEnd(); }", TestName = "{m}(a builder)")]
    [TestCase("readonly ProcessStartInfo _info = new(\"x\") { RedirectStandardOutput = true }; void M() { using var p = Process.Start(_info)!; [|p.WaitForExit()|]; p.StandardOutput.ReadToEnd(); }", TestName = "{m}(a field)")]
    [TestCase("readonly ProcessStartInfo _info; public C() { _info = new(\"x\"); _info.RedirectStandardOutput = true; } void M() { using var p = Process.Start(_info)!; [|p.WaitForExit()|]; p.StandardOutput.ReadToEnd(); }", TestName = "{m}(a field that the constructor fills)")]
    [TestCase("ProcessStartInfo Info => new(\"x\") { RedirectStandardOutput = true }; void M() { using var p = Process.Start(Info)!; [|p.WaitForExit()|]; p.StandardOutput.ReadToEnd(); }", TestName = "{m}(a property)")]
    [TestCase(OutputInfo + "static Process Run() { var p = new Process { StartInfo = Settings(\"x\") }; p.Start(); return p; } void M() { using var p = Run(); [|p.WaitForExit()|]; p.StandardOutput.ReadToEnd(); }", TestName = "{m}(a helper that starts it)")]
    [TestCase("static Process Run() => Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; void M() { using var p = [|Run()|]; p.WaitForExit(); }", TestName = "{m}(a helper that starts it, never read)")]
    // Who reads.
    [TestCase(BothInfo + "static string All(StreamReader reader) => reader.ReadToEnd(); void M() { using var p = Process.Start(Settings(\"x\"))!; var o = [|All(p.StandardOutput)|]; var e = All(p.StandardError); p.WaitForExit(); }", TestName = "{m}(a helper that reads to the end)")]
    [TestCase(BothInfo + "static async Task<string> All(StreamReader reader) { var all = \"\"; while (await reader.ReadLineAsync() is { } line) { all += line; } return all; } async Task M() { using var p = Process.Start(Settings(\"x\"))!; var o = [|await All(p.StandardOutput)|]; var e = await All(p.StandardError); }", TestName = "{m}(an async helper that reads to the end)")]
    [TestCase(BothInfo + "static IEnumerable<string> Lines(StreamReader reader) { while (reader.ReadLine() is { } line) { yield return line; } } void M() { using var p = Process.Start(Settings(\"x\"))!; foreach (var line in [|Lines(p.StandardOutput)|]) { } foreach (var line in Lines(p.StandardError)) { } }", TestName = "{m}(an iterator that reads)")]
    [TestCase(OutputInfo + "static void Wait(Process p) => p.WaitForExit(); void M() { using var p = Process.Start(Settings(\"x\"))!; [|Wait(p)|]; p.StandardOutput.ReadToEnd(); }", TestName = "{m}(a helper that waits)")]
    [TestCase(OutputInfo + "static string Finish(Process p) { p.WaitForExit(); return p.StandardOutput.ReadToEnd(); } string M() { using var p = Process.Start(Settings(\"x\"))!; return [|Finish(p)|]; }", TestName = "{m}(a helper that waits, then reads)")]
    [TestCase(BothInfo + "static async Task<string> Read(Process p) { var o = await p.StandardOutput.ReadToEndAsync(); return o + await p.StandardError.ReadToEndAsync(); } async Task<string> M() { using var p = Process.Start(Settings(\"x\"))!; return await [|Read(p)|]; }", TestName = "{m}(a helper that reads one after the other)")]
    [TestCase(BothInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; var t = Task.Run(() => { Console.Write([|p.StandardOutput.ReadToEnd()|]); Console.Write(p.StandardError.ReadToEnd()); }); p.WaitForExit(); t.Wait(); }", TestName = "{m}(one thread for both)")]
    [TestCase(OutputInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; [|p.WaitForExit()|]; var t = Task.Run(() => p.StandardOutput.ReadToEnd()); t.Wait(); }", TestName = "{m}(a task that begins too late)")]
    [TestCase(BothInfo + "async Task M() { using var p = Process.Start(Settings(\"x\"))!; var o = [|await Task.Run(() => p.StandardOutput.ReadToEnd())|]; var e = await Task.Run(() => p.StandardError.ReadToEnd()); }", TestName = "{m}(tasks one after the other)")]
    // Leaving the loop.
    [TestCase(OutputInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; while (p.StandardOutput.ReadLine() is { } line) { if (line.Contains(\"ready\")) { break; } } [|p.WaitForExit()|]; }", TestName = "{m}(a loop that is left)")]
    [TestCase(OutputInfo + "async Task M(CancellationToken token) { using var p = Process.Start(Settings(\"x\"))!; string? line; while ((line = await p.StandardOutput.ReadLineAsync(token)) != null) { if (line == \"\") { continue; } if (line.Length > 80) break; } [|await p.WaitForExitAsync()|]; }", TestName = "{m}(an async loop that is left)")]
    // A child in a field.
    [TestCase("readonly Process _p = new() { StartInfo = { RedirectStandardOutput = true } }; void M() { _p.Start(); [|_p.WaitForExit()|]; Console.Write(_p.StandardOutput.ReadToEnd()); }", TestName = "{m}(a field, in one method)")]
    [TestCase("Process? _p; void Start() { _p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true, RedirectStandardError = true })!; _p.BeginErrorReadLine(); } void Stop() { [|_p!.WaitForExit()|]; Console.Write(_p.StandardOutput.ReadToEnd()); }", TestName = "{m}(a field, in another method)")]
    [TestCase("Process? _p; void Start() { var p = new Process { StartInfo = { FileName = \"x\", [|RedirectStandardError = true|] } }; p.Start(); _p = p; } void Stop() { _p?.Kill(true); _p?.Dispose(); }", TestName = "{m}(a field, never read)")]
    [TestCase("Process? _p; void Start() { _p = new Process(); _p.StartInfo.FileName = \"x\"; [|_p.StartInfo.RedirectStandardOutput = true|]; _p.OutputDataReceived += OnLine; _p.Exited += OnExit; _p.EnableRaisingEvents = true; _p.Start(); } void OnLine(object s, DataReceivedEventArgs e) { } void OnExit(object? s, EventArgs e) => _p = null;", TestName = "{m}(a field, events that are never begun)")]
    [TestCase("readonly Process _p = new(); C() { _p.StartInfo.RedirectStandardOutput = true; _p.StartInfo.RedirectStandardError = true; } async Task M() { _p.Start(); var o = [|await _p.StandardOutput.ReadToEndAsync()|]; var e = await _p.StandardError.ReadToEndAsync(); }", TestName = "{m}(a field, one after the other)")]
    public Task Reports_across_methods(string members) => Verify.ReportsAsync($"{Usings}class C {{ {members} }}");

    [TestCase(BothInfo + "static async Task<string> All(StreamReader reader) => await reader.ReadToEndAsync(); async Task M() { using var p = Process.Start(Settings(\"x\"))!; var o = All(p.StandardOutput); var e = All(p.StandardError); await p.WaitForExitAsync(); Console.Write(await o + await e); }", TestName = "{m}(helpers that run at once)")]
    [TestCase(BothInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; var t = new Thread(() => p.StandardError.ReadToEnd()); t.Start(); var o = p.StandardOutput.ReadToEnd(); p.WaitForExit(); t.Join(); }", TestName = "{m}(a thread of its own)")]
    [TestCase(BothInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; Drain(p); p.WaitForExit(); } static void Drain(Process p) { p.BeginOutputReadLine(); p.BeginErrorReadLine(); }", TestName = "{m}(a helper that begins both)")]
    [TestCase(BothInfo + "async Task M() { using var p = Process.Start(Settings(\"x\"))!; await Task.WhenAll(Pump(p), p.WaitForExitAsync()); } static Task Pump(Process p) => Task.WhenAll(p.StandardOutput.ReadToEndAsync(), p.StandardError.ReadToEndAsync());", TestName = "{m}(a helper that reads both at once)")]
    [TestCase("Process? _p; void Start() { _p = new Process { StartInfo = { RedirectStandardOutput = true } }; _p.Start(); _p.BeginOutputReadLine(); } void Stop() => _p!.WaitForExit();", TestName = "{m}(a field that is read from the start)")]
    [TestCase("Process? _p; void Start() { _p = new Process { StartInfo = { RedirectStandardOutput = true } }; _p.Start(); Task.Run(Pump); } void Pump() { while (_p!.StandardOutput.ReadLine() is { } line) { } } void Stop() => _p!.WaitForExit();", TestName = "{m}(a field that a loop reads)")]
    [TestCase("Process? _p; void Start() { _p = Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true }); } static Process Start(ProcessStartInfo info) => Process.Start(info)!; void Stop() => _p!.WaitForExit();", TestName = "{m}(settings that a helper starts with)")]
    [TestCase(OutputInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; while (true) { var line = p.StandardOutput.ReadLine(); if (line is null) { break; } } p.WaitForExit(); }", TestName = "{m}(a loop that is left at the end)")]
    [TestCase(OutputInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; while (p.StandardOutput.ReadLine() is { } line) { if (line == \"ready\") { break; } } p.Kill(true); p.WaitForExit(); }", TestName = "{m}(a loop that is left, and a kill)")]
    [TestCase(OutputInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; while (p.StandardOutput.ReadLine() is { } line) { if (line == \"ready\") { break; } } p.StandardOutput.ReadToEnd(); p.WaitForExit(); }", TestName = "{m}(a loop that is left, and the rest)")]
    [TestCase(OutputInfo + "void M() { using var p = Process.Start(Settings(\"x\"))!; while (p.StandardOutput.ReadLine() is { } line) { foreach (var c in line) { if (c == 'x') { break; } } } p.WaitForExit(); }", TestName = "{m}(an inner loop that is left)")]
    public Task Is_silent_across_methods(string members) => Verify.ReportsAsync($"{Usings}class C {{ {members} }}");

    // The fix reads two pipes at once in a method that is not async: HRD2007 knows the shape.
    [Test]
    public Task Fix_in_a_synchronous_method_is_no_sync_over_async() => AllRules.ReportsAsync(
        "using System.Diagnostics; class C { string M() { using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true, RedirectStandardError = true })!; var errorTask = p.StandardError.ReadToEndAsync(); var text = p.StandardOutput.ReadToEnd(); return text + errorTask.GetAwaiter().GetResult(); } }");

    [Test]
    public Task Reports_a_wait_of_ones_own() => Verify.ReportsAsync(
        Usings + "static class X { public static Task WaitForExitAsync(this Process p, TimeSpan limit) => Task.CompletedTask; } class C { async Task<string> M() { using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; [|await p.WaitForExitAsync(TimeSpan.Zero)|]; return await p.StandardOutput.ReadToEndAsync(); } }");

    [Test]
    public Task Reports_in_top_level_statements() => Verify.ReportsAsync(
        Usings + "using var p = Process.Start(new ProcessStartInfo(args[0]) { RedirectStandardOutput = true })!;\n[|p.WaitForExit()|];\nConsole.Write(p.StandardOutput.ReadToEnd());");

    [Test]
    public Task Reports_in_an_iterator_of_a_generic_type() => Verify.ReportsAsync(
        Usings + "partial class C<T>(string tool) { IEnumerable<string> M() { using var p = new Process { StartInfo = new(tool) { RedirectStandardOutput = true, [|RedirectStandardError = true|] } }; p.Start(); while (p.StandardOutput.ReadLine() is { } line) { yield return line; } } }");

    [TestCase(Output, "using var p = Process.Start(info)!; var text = p.StandardOutput.ReadToEnd(); p.WaitForExit();", TestName = "{m}(read, then wait)")]
    [TestCase(Both, "using var p = Process.Start(info)!; p.BeginErrorReadLine(); var text = p.StandardOutput.ReadToEnd(); p.WaitForExit();", TestName = "{m}(one begun, one read)")]
    [TestCase(Both, "using var p = Process.Start(info)!; p.BeginErrorReadLine(); p.BeginOutputReadLine(); p.WaitForExit();", TestName = "{m}(both begun)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var e = p.StandardError.ReadToEndAsync(); var o = p.StandardOutput.ReadToEnd(); p.WaitForExit(); Console.Write(o + e.Result);", TestName = "{m}(one in a task)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var e = Task.Run(() => p.StandardError.ReadToEnd()); var o = p.StandardOutput.ReadToEnd(); p.WaitForExit(); Console.Write(o + e.Result);", TestName = "{m}(one on another thread)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var t = new Thread(Drain); t.Start(); var o = p.StandardOutput.ReadToEnd(); p.WaitForExit(); void Drain() { p.StandardError.ReadToEnd(); }", TestName = "{m}(a local function that drains)")]
    [TestCase(Both, "using var p = Process.Start(info)!; Drain(p.StandardOutput); Drain(p.StandardError); p.WaitForExit(); static void Drain(StreamReader r) => Task.Run(r.ReadToEnd);", TestName = "{m}(readers given away)")]
    [TestCase(Both, "var p = Process.Start(info)!; Own(p); p.WaitForExit(); static void Own(Process p) { p.BeginOutputReadLine(); Task.Run(p.StandardError.ReadToEnd); }", TestName = "{m}(a process given to a helper)")]
    [TestCase("", "var info = new ProcessStartInfo(\"x\") { RedirectStandardOutput = true }; Change(info); using var p = Process.Start(info)!; p.WaitForExit(); static void Change(ProcessStartInfo i) => i.RedirectStandardOutput = false;", TestName = "{m}(settings given away)")]
    [TestCase("", "var info = new ProcessStartInfo(\"x\") { RedirectStandardOutput = DateTime.Now.Year > 1 }; using var p = Process.Start(info)!; p.WaitForExit();", TestName = "{m}(perhaps redirected)")]
    [TestCase("", "var info = new ProcessStartInfo(\"x\") { RedirectStandardOutput = true }; info.RedirectStandardOutput = false; using var p = Process.Start(info)!; p.WaitForExit();", TestName = "{m}(no longer redirected)")]
    [TestCase("", "using var p = Process.Start(\"x\"); p.WaitForExit();", TestName = "{m}(nothing redirected)")]
    [TestCase("", "var info = new ProcessStartInfo(\"x\") { RedirectStandardInput = true }; using var p = Process.Start(info)!; p.StandardInput.Close(); p.WaitForExit();", TestName = "{m}(the input)")]
    [TestCase(Output, "using var p = Process.Start(info)!; while (!p.WaitForExit(100)) { Console.Write(p.StandardOutput.ReadToEnd()); }", TestName = "{m}(a loop that reads between waits)")]
    [TestCase(Output, "using var p = Process.Start(info)!; while (!p.HasExited) { Console.Write(p.StandardOutput.ReadLine()); }", TestName = "{m}(a loop that reads until it has exited)")]
    [TestCase(Output, "using var p = Process.Start(info)!; if (p.HasExited) { Console.Write(1); } Console.Write(p.StandardOutput.ReadToEnd());", TestName = "{m}(a question)")]
    [TestCase(Output, "using var p = Process.Start(info)!; if (!p.WaitForExit(0)) { Console.Write(p.StandardOutput.ReadToEnd()); }", TestName = "{m}(a question, not a wait)")]
    [TestCase(Output, "using var p = Process.Start(info)!; if (DateTime.Now.Year < 1) { p.Kill(true); p.WaitForExit(); return; } Console.Write(p.StandardOutput.ReadToEnd());", TestName = "{m}(a killed child)")]
    public Task Is_silent_on(string settings, string body) => Verify.ReportsAsync(InMethod(settings, body));

    [TestCase(Both, "using var p = Process.Start(info)!; await Task.WhenAll(p.StandardOutput.ReadToEndAsync(token), p.StandardError.ReadToEndAsync(token)); await p.WaitForExitAsync(token);", TestName = "{m}(both at once)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var o = p.StandardOutput.ReadToEndAsync(token); var e = p.StandardError.ReadToEndAsync(token); await p.WaitForExitAsync(token); Console.Write(await o + await e);", TestName = "{m}(two tasks)")]
    [TestCase(Both, "using var p = Process.Start(info)!; var exit = p.WaitForExitAsync(token); await Task.WhenAll(exit, p.StandardOutput.ReadToEndAsync(token), p.StandardError.ReadToEndAsync(token));", TestName = "{m}(with the exit)")]
    [TestCase(Both, "using var p = Process.Start(info)!; async Task Pump(StreamReader r) { while (await r.ReadLineAsync(token) is { } line) { Console.WriteLine(line); } } await Task.WhenAll(Pump(p.StandardOutput), Pump(p.StandardError)); await p.WaitForExitAsync(token);", TestName = "{m}(two pumps)")]
    public Task Is_silent_on_async(string settings, string body) => Verify.ReportsAsync(InAsyncMethod(settings, body));

    [TestCase("class C { static Process Start(ProcessStartInfo info) { info.RedirectStandardOutput = true; return Process.Start(info)!; } }", TestName = "{m}(a process that is returned)")]
    [TestCase("class C { public readonly Process P = new() { StartInfo = { RedirectStandardOutput = true } }; void M() { P.Start(); P.WaitForExit(); } }", TestName = "{m}(a field that others reach)")]
    [TestCase("class C { readonly Process _p = new() { StartInfo = { RedirectStandardOutput = true } }; public StreamReader Lines => _p.StandardOutput; void M() { _p.Start(); _p.WaitForExit(); } }", TestName = "{m}(a reader that others get)")]
    [TestCase("class C { readonly ProcessStartInfo _info; C(ProcessStartInfo info) { _info = info; _info.RedirectStandardOutput = true; } void M() { using var p = Process.Start(_info)!; p.WaitForExit(); } }", TestName = "{m}(settings in a field, of the caller)")]
    [TestCase("class C { static ProcessStartInfo Settings(bool quiet) { if (quiet) { return new(\"x\"); } return new(\"x\") { RedirectStandardOutput = true }; } void M() { using var p = Process.Start(Settings(true))!; p.WaitForExit(); } }", TestName = "{m}(settings that a helper makes in two ways)")]
    [TestCase("class C { void M(ProcessStartInfo info) { info.RedirectStandardOutput = true; using var p = Process.Start(info)!; p.WaitForExit(); } }", TestName = "{m}(settings of the caller)")]
    public Task Is_silent_where_it_cannot_see_all(string source) => Verify.ReportsAsync(Usings + source);

    [TestCase(Output, "using var tool = Process.Start(info)!; [|tool.WaitForExit()|]; tool.StandardOutput.ReadToEnd();", "'M' waits for 'tool' before it reads standard output, so a child that fills the pipe hangs")]
    [TestCase(Both, "using var tool = Process.Start(info)!; [|tool.StandardOutput.ReadToEnd()|]; tool.StandardError.ReadToEnd();", "'M' reads standard output of 'tool' to its end before standard error, so a child that fills the pipe hangs")]
    [TestCase("", "using var tool = Process.Start(new ProcessStartInfo(\"x\") { [|RedirectStandardOutput = true|], RedirectStandardError = true })!;", "'M' redirects standard output and standard error of 'tool' and never reads them, so a child that fills the pipe hangs")]
    public Task Message_says_who_and_what(string settings, string body, string message) => Verify.ReportsAsync(InMethod(settings, body), message: message);

    [Test]
    public Task Fix_reads_one_pipe_before_the_wait() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        class C
        {
            string M()
            {
                using var p = Process.Start(new ProcessStartInfo("x") { RedirectStandardOutput = true })!;
                // wait
                [|p.WaitForExit()|]; // for ever
                // read
                var text = p.StandardOutput.ReadToEnd(); // all
                return text;
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            string M()
            {
                using var p = Process.Start(new ProcessStartInfo("x") { RedirectStandardOutput = true })!;
                // read
                var text = p.StandardOutput.ReadToEnd(); // all
                // wait
                p.WaitForExit(); // for ever
                return text;
            }
        }
        """);

    [Test]
    public Task Fix_starts_both_reads_before_the_wait() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            async Task<string> M(CancellationToken token)
            {
                var info = new ProcessStartInfo("x") { RedirectStandardOutput = true, RedirectStandardError = true };
                using var p = Process.Start(info)!;
                // wait
                [|await p.WaitForExitAsync(token)|]; // for ever
                // read
                var text = await p.StandardOutput.ReadToEndAsync(token); // all
                return p.StandardError.ReadToEnd().Trim() + text;
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        class C
        {
            async Task<string> M(CancellationToken token)
            {
                var info = new ProcessStartInfo("x") { RedirectStandardOutput = true, RedirectStandardError = true };
                using var p = Process.Start(info)!;
                // wait
                var outputTask = p.StandardOutput.ReadToEndAsync(token);
                var errorTask = p.StandardError.ReadToEndAsync();
                await p.WaitForExitAsync(token); // for ever
                // read
                var text = await outputTask; // all
                return (await errorTask).Trim() + text;
            }
        }
        """);

    [Test]
    public Task Fix_reads_a_child_that_a_field_holds() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            readonly Process _tool = new() { StartInfo = Settings("x") };

            static ProcessStartInfo Settings(string file) => new(file) { RedirectStandardOutput = true, RedirectStandardError = true };

            async Task<string> M()
            {
                _tool.Start();
                // first
                var text = [|await _tool.StandardOutput.ReadToEndAsync()|]; // one
                return text + await _tool.StandardError.ReadToEndAsync();
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        class C
        {
            readonly Process _tool = new() { StartInfo = Settings("x") };

            static ProcessStartInfo Settings(string file) => new(file) { RedirectStandardOutput = true, RedirectStandardError = true };

            async Task<string> M()
            {
                _tool.Start();
                // first
                var errorTask = _tool.StandardError.ReadToEndAsync();
                var text = await _tool.StandardOutput.ReadToEndAsync(); // one
                return text + await errorTask;
            }
        }
        """);

    [Test]
    public Task Fix_drains_a_child_that_a_field_holds() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        class C
        {
            Process? _worker;

            void Start()
            {
                // worker
                _worker = Process.Start(new ProcessStartInfo("x") { [|RedirectStandardError = true|] }); // now
            }

            void Stop() => _worker?.Kill(true);
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            Process? _worker;

            void Start()
            {
                // worker
                _worker = Process.Start(new ProcessStartInfo("x") { RedirectStandardError = true }); // now
                _worker?.BeginErrorReadLine();
            }

            void Stop() => _worker?.Kill(true);
        }
        """,
        title: "Read it in the background");

    [TestCase("static string Finish(Process p) { p.WaitForExit(); return p.StandardOutput.ReadToEnd(); } string M() { using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; return [|Finish(p)|]; }", TestName = "{m}(what a helper does)")]
    [TestCase("static ProcessStartInfo Settings(string file) => new(file) { RedirectStandardOutput = true }; void M() { using var p = [|Process.Start(Settings(\"x\"))|]!; p.WaitForExit(1000); }", TestName = "{m}(what a helper redirects)")]
    [TestCase("void M() { using var p = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; while (p.StandardOutput.ReadLine() is { } line) { if (line == \"ready\") { break; } } [|p.WaitForExit()|]; }", TestName = "{m}(a loop that is left)")]
    public Task Fix_is_not_offered_across_methods_for(string members) => Verify.OffersNoFixAsync($"{Usings}class C {{ {members} }}");

    [TestCase("Process? _tool; void Start() { _tool = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true }); } void Stop() { [|_tool!.WaitForExit()|]; _tool.StandardOutput.ReadToEnd(); }", "'Stop' waits for '_tool' before it reads standard output, so a child that fills the pipe hangs")]
    [TestCase("void M() { using var tool = Process.Start(new ProcessStartInfo(\"x\") { RedirectStandardOutput = true })!; while (tool.StandardOutput.ReadLine() is { } line) { if (line == \"ready\") { break; } } [|tool.WaitForExit()|]; }", "'M' waits for 'tool' after it has left the loop that reads standard output, so a child that fills the pipe hangs")]
    public Task Message_says_where(string members, string message) => Verify.ReportsAsync($"{Usings}class C {{ {members} }}", message: message);

    [Test]
    public Task Fix_starts_the_second_read_before_the_first() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        class C
        {
            string M(ProcessStartInfo outer)
            {
                using var p = new Process();
                p.StartInfo.RedirectStandardOutput = true;
                p.StartInfo.RedirectStandardError = true;
                p.Start();
                // first
                var text = [|p.StandardOutput.ReadToEnd()|]; // one
                var error = p.StandardError.ReadToEnd(); // two
                p.WaitForExit();

                using var q = Process.Start(new ProcessStartInfo("x") { RedirectStandardOutput = true, RedirectStandardError = true })!;
                while ([|q.StandardOutput.ReadLine()|] is { } line)
                {
                    text += line;
                }

                return text + error + q.StandardError.ReadToEnd();
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            string M(ProcessStartInfo outer)
            {
                using var p = new Process();
                p.StartInfo.RedirectStandardOutput = true;
                p.StartInfo.RedirectStandardError = true;
                p.Start();
                // first
                var errorTask = p.StandardError.ReadToEndAsync();
                var text = p.StandardOutput.ReadToEnd(); // one
                var error = errorTask.GetAwaiter().GetResult(); // two
                p.WaitForExit();

                using var q = Process.Start(new ProcessStartInfo("x") { RedirectStandardOutput = true, RedirectStandardError = true })!;
                var errorTask2 = q.StandardError.ReadToEndAsync();
                while (q.StandardOutput.ReadLine() is { } line)
                {
                    text += line;
                }

                return text + error + errorTask2.GetAwaiter().GetResult();
            }
        }
        """);

    [Test]
    public Task Fix_keeps_the_awaits_of_a_sequential_async_read() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using var p = Process.Start(new ProcessStartInfo(args[0]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var text = [|await p.StandardOutput.ReadToEndAsync().ConfigureAwait(false)|]; // one
        var error = await p.StandardError.ReadToEndAsync().ConfigureAwait(false); // two
        await p.WaitForExitAsync();
        """,
        """
        using System.Diagnostics;
        using var p = Process.Start(new ProcessStartInfo(args[0]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errorTask = p.StandardError.ReadToEndAsync();
        var text = await p.StandardOutput.ReadToEndAsync().ConfigureAwait(false); // one
        var error = await errorTask.ConfigureAwait(false); // two
        await p.WaitForExitAsync();
        """);

    [Test]
    public Task Fix_reads_in_the_background_what_nobody_reads() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M()
            {
                using var p = new Process
                {
                    StartInfo = { FileName = "x", [|RedirectStandardOutput = true|], RedirectStandardError = true }, // quiet
                };
                // go
                p.Start(); // now
                p.WaitForExit();
                using var q = Process.Start(new ProcessStartInfo("x") { [|RedirectStandardError = true|] });
                q?.WaitForExit();
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M()
            {
                using var p = new Process
                {
                    StartInfo = { FileName = "x", RedirectStandardOutput = true, RedirectStandardError = true }, // quiet
                };
                // go
                p.Start(); // now
                p.BeginOutputReadLine();
                p.BeginErrorReadLine();
                p.WaitForExit();
                using var q = Process.Start(new ProcessStartInfo("x") { RedirectStandardError = true });
                q?.BeginErrorReadLine();
                q?.WaitForExit();
            }
        }
        """,
        title: "Read it in the background");

    [Test]
    public Task Fix_no_longer_redirects_what_nobody_reads() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        class C
        {
            string M()
            {
                var info = new ProcessStartInfo("x")
                {
                    RedirectStandardOutput = true, // the result
                    [|RedirectStandardError = true|],
                    UseShellExecute = false,
                };
                using var p = Process.Start(info)!;
                return p.StandardOutput.ReadToEnd();
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            string M()
            {
                var info = new ProcessStartInfo("x")
                {
                    RedirectStandardOutput = true, // the result
                    UseShellExecute = false,
                };
                using var p = Process.Start(info)!;
                return p.StandardOutput.ReadToEnd();
            }
        }
        """,
        title: "Do not redirect standard error: the child then writes where this process does");

    [Test]
    public Task Fix_removes_the_statements_that_redirect() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        class C
        {
            void M()
            {
                using var p = new Process();
                p.StartInfo.FileName = "x"; // the tool
                [|p.StartInfo.RedirectStandardOutput = true|];
                p.StartInfo.RedirectStandardError = true;
                // go
                p.Start();
                p.WaitForExit();
            }
        }
        """,
        """
        using System.Diagnostics;
        class C
        {
            void M()
            {
                using var p = new Process();
                p.StartInfo.FileName = "x"; // the tool
                // go
                p.Start();
                p.WaitForExit();
            }
        }
        """,
        title: "Do not redirect standard output and standard error: the child then writes where this process does");

    [TestCase(Both, "using var p = Process.Start(info)!; [|p.WaitForExit()|]; p.StandardOutput.BaseStream.CopyTo(Stream.Null); p.StandardError.ReadToEnd();", TestName = "{m}(a copy would have to move)")]
    [TestCase(Both, "using var p = Process.Start(info)!; if (DateTime.Now.Year > 1) [|p.WaitForExit()|]; p.StandardOutput.ReadToEnd(); p.StandardError.ReadToEnd();", TestName = "{m}(the wait is an embedded statement)")]
    [TestCase(Both, "using var p = Process.Start(info)!; { [|p.WaitForExit()|]; } p.StandardOutput.ReadToEnd(); p.StandardError.ReadToEnd();", TestName = "{m}(the reads are in another block)")]
    [TestCase(Both, "using var p = Process.Start(info)!; [|p.WaitForExit()|]; while (p.StandardOutput.ReadLine() is { } line) { } p.StandardError.ReadToEnd();", TestName = "{m}(a loop would have to move)")]
    public Task Fix_is_not_offered_where(string settings, string body) => Verify.OffersNoFixAsync(InMethod(settings, body));

    [Test]
    public Task Fix_leaves_the_redirection_where_an_encoding_needs_it() => Verify.OffersNoFixAsync(
        InMethod("", "Process.Start(new ProcessStartInfo(\"x\") { [|RedirectStandardError = true|], StandardErrorEncoding = System.Text.Encoding.UTF8 })!.WaitForExit();"));

    [Test]
    public Task Each_mistake_has_one_diagnostic() => AllRules.ReportsAsync(
        InMethod("", "var info = new ProcessStartInfo(\"x\") { {|HRD3006:RedirectStandardOutput = true|} }; {|HRD3004:{|HRD3001:Process.Start(info)|}!.WaitForExit|}();") +
        """

        class D
        {
            void Dropped() => {|HRD3001:Process.Start(new ProcessStartInfo("x") { {|HRD3006:RedirectStandardError = true|} })|};

            string Kept()
            {
                var p = {|HRD3001:Process.Start(new ProcessStartInfo("x") { RedirectStandardOutput = true })|}!;
                if (!{|HRD3006:p.WaitForExit(1000)|})
                {
                    {|HRD3003:p.Kill()|};
                }

                return p.StandardOutput.ReadToEnd();
            }
        }
        """);
}
