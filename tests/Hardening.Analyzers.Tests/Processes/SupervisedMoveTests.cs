using Verify = Hardening.Analyzers.Tests.Verification.RuleVerifier<
    Hardening.Analyzers.Processes.HRD3001ProcessNeverDisposedAnalyzer, Hardening.Analyzers.Processes.HRD3001ProcessNeverDisposedCodeFix>;

namespace Hardening.Analyzers.Tests.Processes;

/// <summary>The move of a local, through the rule that finds most of them; those of fields are with HRD3002 and HRD3013.</summary>
public sealed class SupervisedMoveTests
{
    private const string Title = "Move to SupervisedProcess, which ends the child with its descendants when it is disposed";

    private static readonly Setup Runtime = SupervisedDeclarations.Setup;

    private static string InClass(string members) => "using System; using System.Collections.Generic; using System.Diagnostics; using System.Threading; using System.Threading.Tasks;\n" + members;

    [Test]
    public Task Local_of_an_async_method_is_disposed_asynchronously() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;

        class C
        {
            async Task<int> M(CancellationToken token)
            {
                // the converter
                var p = [|Process.Start("convert", "a b")|]!; // two files
                await p.WaitForExitAsync(token);
                return p.ExitCode;
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;
        using Hardening.Processes;

        class C
        {
            async Task<int> M(CancellationToken token)
            {
                // the converter
                await using var p = SupervisedProcess.Start(new ProcessStartInfo("convert", "a b")); // two files
                await p.WaitForExitAsync(token);
                return p.ExitCode;
            }
        }
        """,
        Title,
        Runtime);

    [Test]
    public Task Local_of_a_plain_method_with_its_type_and_its_limit() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using Hardening.Processes;

        class C
        {
            int M(ProcessStartInfo info)
            {
                // the converter
                Process? p = [|Process.Start(info)|]; // started
                if (p is null || !p.WaitForExit(5000))
                {
                    p?.Kill(entireProcessTree: true);
                    return -1;
                }

                return p.ExitCode;
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using Hardening.Processes;

        class C
        {
            int M(ProcessStartInfo info)
            {
                // the converter
                using SupervisedProcess? p = SupervisedProcess.Start(info); // started
                if (p is null || !p.WaitForExit(5000))
                {
                    p?.Kill(entireProcessTree: true);
                    return -1;
                }

                return p.ExitCode;
            }
        }
        """,
        Title,
        Runtime);

    [Test]
    public Task Object_that_is_started_next_is_started_at_once() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.Threading.Tasks;

        class C
        {
            async Task M(ProcessStartInfo info)
            {
                // the first
                var p = [|new Process { StartInfo = info }|]; // made
                p.Start();
                await p.WaitForExitAsync();

                Process q = [|new() { StartInfo = { FileName = "x" } }|];
                // and off
                q.Start();
                await q.WaitForExitAsync();
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;

        class C
        {
            async Task M(ProcessStartInfo info)
            {
                // the first
                await using var p = SupervisedProcess.Start(info); // made
                await p.WaitForExitAsync();

                Process q = [|new() { StartInfo = { FileName = "x" } }|];
                // and off
                q.Start();
                await q.WaitForExitAsync();
            }
        }
        """,
        Title,
        Runtime);

    [Test]
    public Task Object_that_is_filled_first_starts_where_it_started() => Verify.FixesAsync(
        """
        using System.Diagnostics;
        using System.Threading.Tasks;

        class C
        {
            async Task M(string file)
            {
                // the converter
                var p = [|new Process()|]; // empty
                p.StartInfo.FileName = "convert";
                p.StartInfo.ArgumentList.Add(file);
                // now
                p.Start(); // go
                await p.WaitForExitAsync();
            }
        }
        """,
        """
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;

        class C
        {
            async Task M(string file)
            {
                // the converter
                var startInfo = new ProcessStartInfo(); // empty
                startInfo.FileName = "convert";
                startInfo.ArgumentList.Add(file);
                // now
                await using var p = SupervisedProcess.Start(startInfo); // go
                await p.WaitForExitAsync();
            }
        }
        """,
        Title,
        Runtime);

    [Test]
    public Task What_a_process_and_a_supervised_process_have_in_common_stays() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;

        class C
        {
            async Task M(ProcessStartInfo info)
            {
                var p = [|Process.Start(info)|];
                p.EnableRaisingEvents = true;
                p.Exited += (_, _) => Console.WriteLine("over");
                p.OutputDataReceived += Say;
                p.BeginOutputReadLine();
                p.BeginErrorReadLine();
                if (!p.WaitForExit(5000))
                {
                    p.CancelOutputRead();
                    p.CancelErrorRead();
                    p.Kill();
                }

                await p.WaitForExitAsync();
                Console.WriteLine(p.ExitTime - p.StartTime);
                Console.WriteLine(p.TotalProcessorTime - p.UserProcessorTime - p.PrivilegedProcessorTime);
            }

            static void Say(object sender, DataReceivedEventArgs line) => Console.WriteLine(line.Data);
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;

        class C
        {
            async Task M(ProcessStartInfo info)
            {
                await using var p = SupervisedProcess.Start(info);
                p.EnableRaisingEvents = true;
                p.Exited += (_, _) => Console.WriteLine("over");
                p.OutputDataReceived += Say;
                p.BeginOutputReadLine();
                p.BeginErrorReadLine();
                if (!p.WaitForExit(5000))
                {
                    p.CancelOutputRead();
                    p.CancelErrorRead();
                    p.Kill();
                }

                await p.WaitForExitAsync();
                Console.WriteLine(p.ExitTime - p.StartTime);
                Console.WriteLine(p.TotalProcessorTime - p.UserProcessorTime - p.PrivilegedProcessorTime);
            }

            static void Say(object sender, DataReceivedEventArgs line) => Console.WriteLine(line.Data);
        }
        """,
        Title,
        Runtime);

    [Test]
    public Task Handlers_that_were_added_before_the_start_come_after_it() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;

        class C
        {
            async Task M(ProcessStartInfo info, DataReceivedEventHandler log)
            {
                var p = [|new Process()|];
                p.StartInfo = info;
                // its lines
                p.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);
                p.ErrorDataReceived += log;

                p.Start(); // go
                p.BeginOutputReadLine();
                p.BeginErrorReadLine();
                await p.WaitForExitAsync();
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;

        class C
        {
            async Task M(ProcessStartInfo info, DataReceivedEventHandler log)
            {
                await using var p = SupervisedProcess.Start(info);
                // its lines
                p.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);
                p.ErrorDataReceived += log;

                // go
                p.BeginOutputReadLine();
                p.BeginErrorReadLine();
                await p.WaitForExitAsync();
            }
        }
        """,
        Title,
        Runtime);

    [Test]
    public Task The_exit_is_raised_when_its_handlers_are_there() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;

        class C
        {
            async Task M(ProcessStartInfo info)
            {
                var p = [|new Process { StartInfo = info, EnableRaisingEvents = true }|];
                p.Exited += (_, _) => Console.WriteLine("over");
                // now
                p.Start();
                await p.WaitForExitAsync();
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;

        class C
        {
            async Task M(ProcessStartInfo info)
            {
                await using var p = SupervisedProcess.Start(info);
                p.Exited += (_, _) => Console.WriteLine("over");
                // now
                p.EnableRaisingEvents = true;
                await p.WaitForExitAsync();
            }
        }
        """,
        Title,
        Runtime);

    [Test]
    public Task What_was_said_last_before_the_start_stays() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;

        class C
        {
            async Task M(ProcessStartInfo info)
            {
                var p = [|new Process { StartInfo = info }|];
                p.Exited += (_, _) => Console.WriteLine("over");
                p.EnableRaisingEvents = true;
                p.Start();
                await p.WaitForExitAsync();
            }
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;

        class C
        {
            async Task M(ProcessStartInfo info)
            {
                await using var p = SupervisedProcess.Start(info);
                p.Exited += (_, _) => Console.WriteLine("over");
                p.EnableRaisingEvents = true;
                await p.WaitForExitAsync();
            }
        }
        """,
        Title,
        Runtime);

    [Test]
    public Task Handlers_between_settings_go_behind_the_start() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;

        class C
        {
            async Task M(string file)
            {
                var p = [|new Process()|];
                p.EnableRaisingEvents = true;
                p.StartInfo.FileName = "convert";
                // its lines
                p.OutputDataReceived += Say; // all
                p.Exited += (_, _) => Console.WriteLine(file);
                var name = file.Trim();
                p.StartInfo.ArgumentList.Add(name);
                p.StartInfo.RedirectStandardOutput = true;
                p.Start();
                p.BeginOutputReadLine();
                await p.WaitForExitAsync();
            }

            static void Say(object sender, DataReceivedEventArgs line) => Console.WriteLine(line.Data);
        }
        """,
        """
        using System;
        using System.Diagnostics;
        using System.Threading.Tasks;
        using Hardening.Processes;

        class C
        {
            async Task M(string file)
            {
                var startInfo = new ProcessStartInfo();
                startInfo.FileName = "convert";
                var name = file.Trim();
                startInfo.ArgumentList.Add(name);
                startInfo.RedirectStandardOutput = true;
                await using var p = SupervisedProcess.Start(startInfo);
                // its lines
                p.OutputDataReceived += Say; // all
                p.Exited += (_, _) => Console.WriteLine(file);
                p.EnableRaisingEvents = true;
                p.BeginOutputReadLine();
                await p.WaitForExitAsync();
            }

            static void Say(object sender, DataReceivedEventArgs line) => Console.WriteLine(line.Data);
        }
        """,
        Title,
        Runtime);

    [Test]
    public Task Handlers_at_the_top_level_too() => Verify.FixesAsync(
        """
        using System;
        using System.Diagnostics;
        var p = [|new Process()|];
        p.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);
        p.StartInfo.FileName = "convert";
        p.StartInfo.RedirectStandardOutput = true;
        p.Start();
        p.BeginOutputReadLine();
        await p.WaitForExitAsync();
        """,
        """
        using System;
        using System.Diagnostics;
        using Hardening.Processes;
        var startInfo = new ProcessStartInfo();
        startInfo.FileName = "convert";
        startInfo.RedirectStandardOutput = true;
        await using var p = SupervisedProcess.Start(startInfo);
        p.OutputDataReceived += (_, e) => Console.WriteLine(e.Data);
        p.BeginOutputReadLine();
        await p.WaitForExitAsync();
        """,
        Title,
        Runtime);

    [Test]
    public Task Fix_All_moves_every_one() => Verify.FixesAllAsync(
        """
        using System.Diagnostics;
        // both
        var p = [|Process.Start("a")|]!;
        await p.WaitForExitAsync(); // the first
        Process q = [|Process.Start("b", ["c"])|];
        await q.WaitForExitAsync();
        """,
        """
        using System.Diagnostics;
        using Hardening.Processes;
        // both
        await using var p = SupervisedProcess.Start(new ProcessStartInfo("a"));
        await p.WaitForExitAsync(); // the first
        await using SupervisedProcess q = SupervisedProcess.Start(new ProcessStartInfo("b", ["c"]));
        await q.WaitForExitAsync();
        """,
        Title,
        Runtime);

    [TestCase("class C { void M() { var p = [|Process.Start(\"x\")|]!; p.WaitForExit(); } }", TestName = "{m}(a member has no twin)")]
    [TestCase("class C { void M() { [|Process.Start(\"x\")|]; } }", TestName = "{m}(it is forgotten: supervised, it would end at once)")]
    [TestCase("class C { void M() { var p = [|Process.Start(\"x\")|]!; Console.WriteLine(p.Id); } }", TestName = "{m}(it is not waited for)")]
    [TestCase("class C { async Task M(string url) { var p = [|Process.Start(new ProcessStartInfo(url) { UseShellExecute = true })|]!; await p.WaitForExitAsync(); } }", TestName = "{m}(the desktop opens it)")]
    [TestCase("class C { async Task M() { foreach (var p in [|Process.GetProcesses()|]) { await p.WaitForExitAsync(); } } }", TestName = "{m}(it is no child)")]
    [TestCase("class C { async Task M() { var p = [|new Process { StartInfo = { FileName = \"x\" }, PriorityClass = ProcessPriorityClass.Idle }|]; p.Start(); await p.WaitForExitAsync(); } }", TestName = "{m}(a setting has no twin)")]
    [TestCase("class C { async Task M() { var p = [|new Process { StartInfo = { FileName = \"x\" } }|]; if (!p.Start()) return; await p.WaitForExitAsync(); } }", TestName = "{m}(whether it starts is asked)")]
    [TestCase("class C { async Task M() { var p = [|new Process { StartInfo = { FileName = \"x\" } }|]; p.OutputDataReceived += Make(); p.Start(); p.BeginOutputReadLine(); await p.WaitForExitAsync(); } DataReceivedEventHandler Make() => throw new NotSupportedException(); }", TestName = "{m}(a handler is made before it starts)")]
    [TestCase("class C { async Task M() { var p = [|new Process { StartInfo = { FileName = \"x\" } }|]; p.EnableRaisingEvents = false; p.Start(); await p.WaitForExitAsync(); } }", TestName = "{m}(the exit is not to be raised)")]
    [TestCase("class C { async Task M(bool b) { var p = [|new Process { StartInfo = { FileName = \"x\" } }|]; if (b) { p.OutputDataReceived += (_, e) => Console.WriteLine(e.Data); } p.Start(); p.BeginOutputReadLine(); await p.WaitForExitAsync(); } }", TestName = "{m}(a handler is added now and then)")]
    [TestCase("class C { async Task M() { var p = [|new Process { StartInfo = { FileName = \"x\" } }|]; p.Exited += (sender, _) => Console.WriteLine(((Process)sender!).Id); p.EnableRaisingEvents = true; p.Start(); await p.WaitForExitAsync(); } }", TestName = "{m}(a handler casts its sender)")]
    public Task Is_not_offered_where(string source) => Verify.OffersNoFixAsync(InClass(source), Title, Runtime);

    [Test]
    public Task Is_not_offered_without_the_runtime() =>
        Verify.OffersNoFixAsync(InClass("class C { async Task M() { var p = [|Process.Start(\"x\")|]!; await p.WaitForExitAsync(); } }"), Title);
}
