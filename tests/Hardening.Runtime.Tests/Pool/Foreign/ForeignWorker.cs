using System.Text;
using System.Text.Json;
using Hardening.Interop;
using Hardening.Pool;
using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;
using Hardening.Pool.Workers;
using Hardening.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Runtime.Tests.Pool.Foreign;

/// <summary>A worker that a test is the host of: started as a pool does, and spoken to message by message.</summary>
internal sealed class ForeignWorker : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly WorkerProcess _process;

    public ForeignWorker(WorkerCommand command, params IReadOnlyList<SharedRegion> regions)
    {
        _process = command.Start(Setup(regions));
        _ = TrySend(MessageKind.Hello, 0, """{"protocol":1,"pool":"test","host":1,"maxMessageBytes":8388608}"""u8); // one that cannot work may have ended already
        for (var i = 0; i < regions.Count; i++)
        {
            Send(MessageKind.Map, 0, Encoding.UTF8.GetBytes($$"""{"region":{{regions[i].Id}},"bytes":{{regions[i].Bytes}},"writable":{{(regions[i].IsWritable ? "true" : "false")}},"descriptor":{{i + 3}}}"""));
        }
    }

    public WorkerChannel Channel => _process.Channel;

    public int ProcessId => _process.ProcessId;

    public string LastOutput => _process.LastOutput();

    /// <summary>Waits for Ready.</summary>
    /// <returns>What it says of itself.</returns>
    public JsonElement BeReady() => Receive() is (MessageKind.Ready, 0, var payload) ? JsonDocument.Parse(payload).RootElement : throw new AssertionException($"It is not ready: {LastOutput}");

    public void Send(MessageKind kind, ulong id, ReadOnlySpan<byte> payload, uint softLimit = 0, params ReadOnlySpan<FrameReference> frames) =>
        Assert.That(TrySend(kind, id, payload, softLimit, frames), Is.EqualTo(SendStatus.Sent), $"{kind} {id}");

    public (MessageKind Kind, ulong Id, byte[] Payload) Receive() => Receive(out _);

    public (MessageKind Kind, ulong Id, byte[] Payload) Receive(out FrameReference[] frames)
    {
        var status = Channel.Receive(ChannelReader.Channel, AnswerLimit, out var message);
        frames = status == ReceiveStatus.Message ? message.Frames.ToArray() : [];
        return status == ReceiveStatus.Message ? (message.Header.Kind, message.Header.Id, message.Payload.ToArray()) : throw new AssertionException($"There is no answer ({status}): {LastOutput}");
    }

    /// <summary>The result of a job, as text.</summary>
    public string Do(string request, uint softLimit = 0, params ReadOnlySpan<FrameReference> frames)
    {
        Send(MessageKind.Job, 7, Encoding.UTF8.GetBytes(request), softLimit, frames);
        var (kind, id, payload) = Receive();
        Assert.That((kind, id), Is.EqualTo((MessageKind.Result, 7ul)), Encoding.UTF8.GetString(payload));
        return Encoding.UTF8.GetString(payload);
    }

    /// <summary>The error of a job.</summary>
    public (string Type, string Message, string Trace) Fail(string request, uint softLimit = 0, params ReadOnlySpan<FrameReference> frames)
    {
        Send(MessageKind.Job, 8, Encoding.UTF8.GetBytes(request), softLimit, frames);
        var (kind, id, payload) = Receive();
        Assert.That((kind, id), Is.EqualTo((MessageKind.Error, 8ul)), Encoding.UTF8.GetString(payload));
        var error = JsonDocument.Parse(payload).RootElement;
        return (error.GetProperty("type").GetString()!, error.GetProperty("message").GetString()!, error.GetProperty("trace").GetString()!);
    }

    /// <summary>Its end, once all that it wrote is there.</summary>
    public async Task<ProcessExit> ExitAsync(CancellationToken timeout)
    {
        var exit = await _process.Tree.Exit.WaitAsync(timeout);
        await _process.OutputEnded.WaitAsync(timeout);
        return exit;
    }

    public void Dispose()
    {
        Channel.Abort();
        _process.Tree.Kill();
        _process.Dispose();
    }

    public static WorkerSetup Setup(params IReadOnlyList<SharedRegion> regions) => new()
    {
        Pool = "test", ChannelBytes = 1 << 16, MaxMessageBytes = 8 << 20, StopGracePeriod = TimeSpan.Zero, Regions = regions, Logger = NullLogger.Instance, Time = TimeProvider.System,
    };

    /// <summary>Shared memory with these bytes.</summary>
    public static SharedRegion Share(uint id, byte[] bytes, bool isWritable = false)
    {
        SafeFileHandle file = Libc.CreateMemoryFile("test");
        RandomAccess.Write(file, bytes, 0);
        return new SharedRegion(id, file, bytes.Length, isWritable);
    }

    private SendStatus TrySend(MessageKind kind, ulong id, ReadOnlySpan<byte> payload, uint softLimit = 0, params ReadOnlySpan<FrameReference> frames) =>
        Channel.Send(new MessageHeader { Kind = kind, Id = id, SoftLimit = softLimit }, frames, payload, mayWait: true, out _);
}
