using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Hardening.Pool;
using Hardening.Pool.Channels;
using Hardening.Pool.Protocol;
using Hardening.Pool.Workers;
using Hardening.Runtime.Tests.Pool.Channels;

namespace Hardening.Runtime.Tests.Pool.Workers;

/// <summary>Workers that do what a test says, step by step: each is a process that sleeps, and its end of the rings is in the test.</summary>
internal sealed class HeldWorkers(int ringBytes = 64 << 10) : WorkerCommand, IDisposable
{
    private readonly ConcurrentQueue<RingPair> _lines = new();
    private readonly ConcurrentQueue<Hardening.Processes.Supervision.ChildTree> _trees = new();

    private readonly Channel<HeldWorker> _ready = Channel.CreateBounded<HeldWorker>(64);

    /// <summary>The next one that has said that it is ready.</summary>
    public ValueTask<HeldWorker> NextAsync(CancellationToken timeout) => _ready.Reader.ReadAsync(timeout);

    public override string ToString() => "held";

    /// <summary>Ends all: they do not listen to a pool that asks.</summary>
    public void End()
    {
        foreach (var tree in _trees)
        {
            tree.Kill();
        }
    }

    public void Dispose()
    {
        foreach (var line in _lines)
        {
            line.Dispose();
        }
    }

    internal override WorkerProcess Start(WorkerSetup setup)
    {
        using var pipes = new WorkerPipes(hasMessages: false);
        var line = new RingPair(ringBytes);
        _lines.Enqueue(line);
        var tree = new WorkerProgram("/bin/sleep", ["600"], new Dictionary<string, string>()).Start(setup, "v=1;channel=held", pipes);
        _trees.Enqueue(tree);
        var worker = new HeldWorker(line, tree.ProcessId);
        new Thread(() =>
        {
            if (worker.Take() is not null && line.Worker.Send(new MessageHeader { Kind = MessageKind.Ready }, default, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"name":"held","language":"test","process":{{tree.ProcessId}}}"""))))
            {
                line.Worker.Flush();
                Assert.That(_ready.Writer.TryWrite(worker));
            }
        })
        { IsBackground = true, Name = "held worker" }.Start();
        return pipes.Complete(tree, line.Host, setup);
    }
}

/// <summary>One of them.</summary>
internal sealed class HeldWorker(RingPair line, int processId)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private ulong _last;

    public int ProcessId => processId;

    /// <summary>Begins the next job.</summary>
    /// <returns>Its request; null when none comes in this time.</returns>
    public string? Take(TimeSpan? wait = null)
    {
        if (line.Worker.Receive(wait ?? Limit, out var message) != ReceiveStatus.Message)
        {
            return null;
        }

        _last = message.Header.Id;
        return Encoding.UTF8.GetString(message.Payload);
    }

    /// <summary>The next job that is here already; null when there is none.</summary>
    public string? TakeNow() => Take(TimeSpan.Zero);

    /// <summary>Answers the job that was begun last, or another one.</summary>
    public ulong Answer(ulong? job = null, bool isAnnounced = true)
    {
        Assert.That(line.Worker.Send(new MessageHeader { Kind = MessageKind.Result, Id = job ?? _last }, default, "done"u8), "The pool has closed the line.");
        if (isAnnounced)
        {
            line.Worker.Flush();
        }
        else
        {
            line.Worker.Show();
        }

        return _last;
    }

    /// <summary>Waits until the pool asks it to end.</summary>
    public async Task AskedAsync(CancellationToken timeout) => await line.Input.ReadExactlyAsync(new byte[MessageHeader.Bytes], timeout);

    /// <summary>The job that was begun last.</summary>
    public ulong Job => _last;
}
