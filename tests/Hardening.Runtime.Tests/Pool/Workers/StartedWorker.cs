using System.Text;
using Hardening.Pool;
using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;
using Hardening.Pool.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Runtime.Tests.Pool.Workers;

/// <summary>A worker without a pool: a test says each word to it, and waits for each answer.</summary>
internal sealed class StartedWorker : IDisposable
{
    public const int MaxMessageBytes = 1 << 20;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private ulong _lastJob;

    private StartedWorker(WorkerProcess process) => Process = process;

    public WorkerProcess Process { get; }

    /// <summary>What the worker said when it was ready.</summary>
    public string Ready { get; private set; } = "";

    public static WorkerSetup Setup(ILogger? logger = null) => new()
    {
        Pool = "test",
        ChannelBytes = 64 << 10,
        MaxMessageBytes = MaxMessageBytes,
        StopGracePeriod = TimeSpan.FromSeconds(2),
        Logger = logger ?? NullLogger.Instance,
        Time = TimeProvider.System,
    };

    /// <summary>Starts it and waits until it is ready.</summary>
    public static StartedWorker Start(WorkerCommand command, WorkerSetup? setup = null)
    {
        var worker = new StartedWorker(command.Start(setup ?? Setup()));
        _ = worker.Process.Tree.Exit.ContinueWith(_ => worker.Process.Channel.Abort(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default); // as a pool's monitor does
        try
        {
            worker.Send(MessageKind.Hello, 0, Encoding.UTF8.GetBytes($$"""{"protocol":1,"pool":"test","host":{{Environment.ProcessId}},"maxMessageBytes":{{MaxMessageBytes}}}"""));
            var (kind, payload) = worker.Receive();
            Assert.That(kind, Is.EqualTo(MessageKind.Ready), payload);
            worker.Ready = payload;
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Does one job.</summary>
    public (MessageKind Kind, string Text) Run(string request, uint softLimit = 0)
    {
        Begin(request, softLimit);
        return Receive();
    }

    /// <summary>Sends a job, and does not wait.</summary>
    /// <returns>Its id.</returns>
    public ulong Begin(string request, uint softLimit = 0, params ReadOnlySpan<FrameReference> frames)
    {
        Send(MessageKind.Job, ++_lastJob, Encoding.UTF8.GetBytes(request), softLimit, frames);
        return _lastJob;
    }

    public void Send(MessageKind kind, ulong id, ReadOnlySpan<byte> payload, uint softLimit = 0, params ReadOnlySpan<FrameReference> frames)
    {
        Assert.That(Process.Channel.Send(new MessageHeader { Kind = kind, Id = id, SoftLimit = softLimit }, frames, payload, mayWait: true, out _), Is.EqualTo(SendStatus.Sent));
        Process.Channel.Flush();
    }

    /// <summary>The next message; fails where none comes, with what the worker wrote.</summary>
    public (MessageKind Kind, string Text) Receive() => Receive(out _);

    public (MessageKind Kind, string Text) Receive(out FrameReference[] frames)
    {
        var status = Process.Channel.Receive(ChannelReader.Channel, AnswerLimit, out var message);
        Assert.That(status, Is.EqualTo(ReceiveStatus.Message), $"The worker wrote: {Process.LastOutput()}");
        frames = message.Frames.ToArray();
        return (message.Header.Kind, Encoding.UTF8.GetString(message.Payload));
    }

    /// <summary>Waits until it has ended.</summary>
    public async Task<Hardening.Processes.ProcessExit> ExitAsync(CancellationToken timeout)
    {
        await Process.Tree.Ended.WaitAsync(timeout);
        return await Process.Tree.Exit;
    }

    public void Dispose()
    {
        Process.Tree.Kill();
        Assert.That(Process.Tree.Ended.Wait(AnswerLimit), "The worker cannot be ended.");
        Process.Dispose();
    }
}
