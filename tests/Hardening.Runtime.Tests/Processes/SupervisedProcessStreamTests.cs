using System.Diagnostics;
using System.Text;
using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

public sealed class SupervisedProcessStreamTests
{
    private const int Flood = 100_000_000;

    [Test, CancelAfter(120_000)]
    public async Task A_flood_that_nobody_reads_blocks_nobody_and_is_counted_and_logged_once(CancellationToken timeout)
    {
        using var logs = new LogRecorder();
        using var metrics = new MetricRecorder();
        await using var process = Shell.Start(
            $"head -c {Flood} /dev/zero; echo end; head -c {Flood} /dev/zero >&2", new SupervisionOptions { Name = "flood", CaptureBytes = 1 << 16, Logger = logs.CreateLogger("test") });
        await process.WaitForExitAsync(timeout);
        Assert.That((process.OutputCutBytes, process.ErrorCutBytes), Is.EqualTo((Flood + 4L - (1 << 16), Flood - (1L << 16))));
        var kept = await process.StandardOutput.ReadToEndAsync(timeout);
        Assert.That((kept.Length, kept[^5..]), Is.EqualTo((1 << 16, "\0end\n")));
        await Eventually.HoldsAsync(() => Cut("output") == process.OutputCutBytes && Cut("error") == process.ErrorCutBytes, "all of it is counted", timeout);
        Assert.That(logs.Records.Count(record => record.EventId == 3303), Is.EqualTo(2));

        double Cut(string stream) => metrics.Collect()
            .Where(m => m.Name == "hardening.process.output.cut" && "flood".Equals(m.Tags["hardening.process.name"]) && stream.Equals(m.Tags["hardening.process.stream"])).Sum(m => m.Value);
    }

    [Test, CancelAfter(120_000)]
    public async Task A_reader_that_is_slower_than_the_process_gets_all_of_it(CancellationToken timeout)
    {
        const int Lines = 500_000;
        await using var process = Shell.Start($"seq {Lines}", new SupervisionOptions { CaptureBytes = 4096 });
        for (var i = 1; i <= Lines; i++)
        {
            var line = await process.StandardOutput.ReadLineAsync(timeout);
            if (line != i.ToString(System.Globalization.CultureInfo.InvariantCulture))
            {
                Assert.Fail($"line {i} is '{line}'");
            }

            if (i % 10_000 == 0)
            {
                await Task.Delay(1, timeout);
            }
        }

        Assert.That((await process.StandardOutput.ReadToEndAsync(timeout), process.OutputCutBytes), Is.EqualTo(("", 0L)));
    }

    [Test, CancelAfter(120_000)]
    public async Task A_hundred_megabytes_are_read_without_loss(CancellationToken timeout)
    {
        await using var process = Shell.Start($"head -c {Flood} /dev/zero");
        var buffer = new byte[8192];
        long total = 0;
        while (await process.StandardOutput.BaseStream.ReadAsync(buffer, timeout) is var read and > 0)
        {
            total += read;
        }

        Assert.That((total, process.OutputCutBytes), Is.EqualTo(((long)Flood, 0L)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Output_can_be_read_after_the_wait_and_by_a_thread_that_blocks(CancellationToken timeout)
    {
        await using var process = Shell.Start("echo out; echo err >&2");
        Assert.That(process.WaitForExit(TimeSpan.FromSeconds(50)));
        Assert.That((process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd()), Is.EqualTo(("out\n", "err\n")));
        await using var slow = Shell.Start("read x; echo $x", input: true);
        var read = Task.Factory.StartNew(slow.StandardOutput.ReadToEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await slow.StandardInput.WriteLineAsync("late".AsMemory(), timeout);
        Assert.That(await read, Is.EqualTo("late\n"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_reader_that_stops_after_the_first_line_does_not_block_the_process(CancellationToken timeout)
    {
        var options = new SupervisionOptions { CaptureBytes = 4096, ReaderTimeout = TimeSpan.FromSeconds(2) };
        await using var process = Shell.Start("echo ready; head -c 1000000 /dev/zero", options);
        Assert.That(await process.StandardOutput.ReadLineAsync(timeout), Is.EqualTo("ready"));
        await process.WaitForExitAsync(timeout);
        Assert.That(process.OutputCutBytes, Is.GreaterThan(900_000));
        await using var closed = Shell.Start("echo ready; head -c 1000000 /dev/zero", new SupervisionOptions { CaptureBytes = 4096, ReaderTimeout = TimeSpan.FromHours(1) });
        Assert.That(await closed.StandardOutput.ReadLineAsync(timeout), Is.EqualTo("ready"));
        closed.StandardOutput.Close();
        await closed.WaitForExitAsync(timeout);
    }

    [TestCase("printf 'a\\nb\\r\\nc'")]
    [TestCase("true")]
    [TestCase("printf '\\n\\nä€\\n'; printf 'e' >&2")]
    [CancelAfter(60_000)]
    public async Task Lines_come_as_from_Process(string script, CancellationToken timeout)
    {
        var (expected, actual) = (new List<string>(), new List<string>());
        using (var process = new Process { StartInfo = Shell.Script(script) })
        {
            process.OutputDataReceived += (_, e) => Add(expected, e);
            process.ErrorDataReceived += (_, e) => Add(expected, e, "err ");
            process.Start();
            try
            {
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
                await process.WaitForExitAsync(timeout);
            }
            finally
            {
                process.Kill(entireProcessTree: true);
            }
        }

        await using (var process = Shell.Start(script))
        {
            process.OutputDataReceived += (_, e) => Add(actual, e);
            process.ErrorDataReceived += (_, e) => Add(actual, e, "err ");
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await process.WaitForExitAsync(timeout);
        }

        Assert.That(actual.Order(StringComparer.Ordinal), Is.EqualTo(expected.Order(StringComparer.Ordinal)));

        static void Add(List<string> lines, DataReceivedEventArgs e, string prefix = "")
        {
            lock (lines)
            {
                lines.Add(prefix + (e.Data ?? "(end)"));
            }
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task One_output_is_read_in_one_way(CancellationToken timeout)
    {
        await using var lines = Shell.Start("echo a");
        Assert.Throws<InvalidOperationException>(lines.CancelOutputRead);
        lines.BeginOutputReadLine();
        Assert.Throws<InvalidOperationException>(() => _ = lines.StandardOutput);
        Assert.Throws<InvalidOperationException>(lines.BeginOutputReadLine);
        lines.CancelOutputRead();
        lines.BeginOutputReadLine();
        Assert.That(await lines.StandardError.ReadToEndAsync(timeout), Is.Empty);
        await using var reader = Shell.Start("echo a");
        Assert.That(reader.StandardOutput, Is.SameAs(reader.StandardOutput));
        Assert.Throws<InvalidOperationException>(reader.BeginOutputReadLine);
        await using var none = SupervisedProcess.Start(new ProcessStartInfo("/bin/true"));
        Assert.Throws<InvalidOperationException>(() => _ = none.StandardOutput);
        Assert.Throws<InvalidOperationException>(() => _ = none.StandardError);
        Assert.Throws<InvalidOperationException>(() => _ = none.StandardInput);
        Assert.Throws<InvalidOperationException>(none.BeginOutputReadLine);
        Assert.Throws<InvalidOperationException>(none.BeginErrorReadLine);
        Assert.Throws<InvalidOperationException>(none.CancelErrorRead);
        Assert.That((none.OutputCutBytes, none.ErrorCutBytes), Is.EqualTo((0L, 0L)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Encodings_are_those_of_the_start_information(CancellationToken timeout)
    {
        var startInfo = new ProcessStartInfo("/bin/cat") { RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = Encoding.Unicode, StandardOutputEncoding = Encoding.Latin1 };
        await using var process = SupervisedProcess.Start(startInfo);
        await process.StandardInput.WriteAsync("ä".AsMemory(), timeout);
        process.StandardInput.Close();
        using var expected = Process.Start(startInfo)!;
        await expected.StandardInput.WriteAsync("ä".AsMemory(), timeout);
        expected.StandardInput.Close();
        Assert.That(await process.StandardOutput.ReadToEndAsync(timeout), Is.EqualTo(await expected.StandardOutput.ReadToEndAsync(timeout)).And.Not.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_write_to_a_process_that_does_not_read_can_be_cancelled_and_ends_with_it(CancellationToken timeout)
    {
        await using var process = Shell.Start("exec sleep 1000", input: true);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var text = new string('a', 1_000_000).AsMemory();
        var cancelled = process.StandardInput.WriteAsync(text, cancel.Token);
        Assert.That(cancelled.IsCompleted, Is.False);
        await cancel.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => cancelled);
        await using var other = Shell.Start("exec sleep 1000", input: true);
        var broken = other.StandardInput.WriteAsync(text, timeout);
        var blocked = Task.Factory.StartNew(() => WriteBlocking(process, text), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        other.Kill();
        process.Kill();
        await Assert.CatchAsync<IOException>(() => broken);
        await Assert.CatchAsync<IOException>(() => blocked);

        static void WriteBlocking(SupervisedProcess process, ReadOnlyMemory<char> text) => process.StandardInput.Write(text.Span);
    }

    [Test, CancelAfter(60_000)]
    public void Dispose_does_not_wait_for_a_process_that_does_not_read(CancellationToken timeout)
    {
        var process = Shell.Start("trap '' TERM; while :; do sleep 1; done", new SupervisionOptions { StopGracePeriod = TimeSpan.FromMilliseconds(200) }, input: true);
        process.StandardInput.AutoFlush = false;
        process.StandardInput.Write("never flushed");
        var write = process.StandardInput.BaseStream.WriteAsync(new byte[1_000_000], timeout).AsTask();
        Assert.That(write.IsCompleted, Is.False);
        process.Dispose();
        Assert.CatchAsync(() => write);
        Assert.That(process.WaitForExit(TimeSpan.FromSeconds(50)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_reader_taken_before_Dispose_comes_to_the_end(CancellationToken timeout)
    {
        var process = Shell.Start("trap 'echo bye; exit' TERM; echo ready; while :; do sleep 0.05; done");
        var reader = process.StandardOutput;
        await reader.ReadLineAsync(timeout);
        process.Dispose();
        process.Dispose();
        Assert.That(await reader.ReadToEndAsync(timeout), Is.EqualTo("bye\n"));
    }
}
