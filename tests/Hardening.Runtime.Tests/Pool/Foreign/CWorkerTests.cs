using System.Diagnostics;
using Hardening.Pool;
using Hardening.Pool.Protocol;
using Hardening.Pool.Workers;
using Hardening.Processes;
using Hardening.Runtime.Tests.Processes;

namespace Hardening.Runtime.Tests.Pool.Foreign;

/// <summary>A worker in another language, written from docs/worker-protocol.md alone: what it can do, the page is enough for.</summary>
[Platform("Linux")]
public sealed class CWorkerTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private string _program = "";

    [OneTimeSetUp]
    public async Task Compile()
    {
        _program = Path.Combine(_scratch.Path, "echo_worker");
        try
        {
            var result = await SupervisedProcess.RunAsync(new ProcessStartInfo("cc", ["-O1", "-Wall", "-Wextra", "-Werror", "-o", _program, Path.Combine(Baseline.RepositoryRoot, "tests", "Hardening.Runtime.Tests", "Pool", "Foreign", "echo_worker.c")]));
            Assert.That(result.Exit.ExitCode, Is.Zero, result.StandardError);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("There is no C compiler ('cc') on this machine.");
        }
    }

    public void Dispose() => _scratch.Dispose();

    [Test, CancelAfter(60_000)]
    public async Task Does_jobs_of_all_sizes_fails_some_and_stops(CancellationToken timeout)
    {
        using var worker = new ForeignWorker(WorkerCommand.Command(_program));
        Assert.That(worker.BeReady().GetProperty("language").GetString(), Is.EqualTo("C"));
        Assert.That(worker.Do("hello"), Is.EqualTo("hello"));
        Assert.That(worker.Do(""), Is.Empty);
        var large = new string('x', 3_000_000);
        Assert.That(worker.Do(large), Is.EqualTo(large));
        Assert.That(worker.Fail("fail"), Is.EqualTo(("EchoFailure", "as asked", "")));
        worker.Send((MessageKind)99, 3, "of a later version"u8);
        Assert.That(worker.Do("still here"), Is.EqualTo("still here"));
        worker.Send(MessageKind.Stop, 0, default);
        Assert.That((await worker.ExitAsync(timeout)).ExitCode, Is.Zero);
        Assert.That(worker.LastOutput, Is.EqualTo("this goes to the log"));
    }

    [Test, CancelAfter(60_000)]
    public void Maps_frames_reads_them_and_writes_an_output()
    {
        using var inherited = ForeignWorker.Share(1, [.. Enumerable.Repeat((byte)2, 4096)]).File;
        using var results = ForeignWorker.Share(2, new byte[4096], isWritable: true).File;
        using var later = ForeignWorker.Share(3, [.. Enumerable.Repeat((byte)5, 8192)]).File;
        using var worker = new ForeignWorker(WorkerCommand.Command(_program), new SharedRegion(1, inherited, 4096, IsWritable: false), new SharedRegion(2, results, 4096, IsWritable: true));
        _ = worker.BeReady();
        var first = new FrameReference { Region = 1, Offset = 96, Length = 100, Width = 10, Height = 10, Stride = 10, PixelFormat = 0x01080001, Sequence = 8 };
        var second = new FrameReference { Region = 3, Offset = 8000, Length = 192 };
        Assert.That(worker.Fail("sum", 0, first, second).Message, Is.EqualTo("a frame is not in mapped memory"));
        worker.Send(MessageKind.Map, 0, System.Text.Encoding.UTF8.GetBytes($$"""{"region":3,"bytes":8192,"writable":false,"path":"/proc/{{Environment.ProcessId}}/fd/{{later.DangerousGetHandle()}}"}"""));
        Assert.That(worker.Do("sum", 0, first, second), Is.EqualTo("1160"));
        worker.Send(MessageKind.Job, 1, "invert"u8, 0, first, new FrameReference { Region = 2, Offset = 1024, Length = 1024, Flags = FrameReferenceFlags.Output });
        Assert.That(worker.Receive(out var frames), Is.EqualTo((MessageKind.Result, 1ul, Array.Empty<byte>())));
        Assert.That(frames, Has.Length.EqualTo(1));
        Assert.That((frames[0].Region, frames[0].Offset, frames[0].Length, frames[0].Width, frames[0].PixelFormat), Is.EqualTo((2u, 1024ul, 100u, 10u, 0x01080001u)));
        var written = new byte[102];
        _ = RandomAccess.Read(results, written, 1023);
        Assert.That(written, Is.EqualTo((byte[])[0, .. Enumerable.Repeat((byte)0xFD, 100), 0]));
        worker.Send(MessageKind.Unmap, 3, default);
        Assert.That(worker.Fail("sum", 0, first, second).Message, Is.EqualTo("a frame is not in mapped memory"));
    }

    [Test, CancelAfter(60_000)]
    public void Sees_a_cancellation_and_the_end_of_its_host()
    {
        using var worker = new ForeignWorker(WorkerCommand.Command(_program));
        _ = worker.BeReady();
        worker.Send(MessageKind.Job, 4, "wait"u8);
        Assert.That(worker.Channel.TrySendAside(MessageKind.Cancel, 4));
        Assert.That(worker.Receive(), Is.EqualTo((MessageKind.Result, 4ul, "cancelled"u8.ToArray())));
        worker.Send(MessageKind.Cancel, 4, default);
        Assert.That(worker.Do("next"), Is.EqualTo("next"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Exits_at_the_end_of_its_channel(CancellationToken timeout)
    {
        using var worker = new ForeignWorker(WorkerCommand.Command(_program));
        _ = worker.BeReady();
        worker.Channel.Dispose();
        Assert.That((await worker.ExitAsync(timeout)).ExitCode, Is.Zero);
    }
}
