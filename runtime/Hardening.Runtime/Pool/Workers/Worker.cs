using System.Diagnostics.CodeAnalysis;
using Hardening.Pool.Channels;
using Hardening.Pool.Jobs;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Workers;

/// <summary>
/// One worker of a pool, with the jobs that it has: the first is the one it works on. Jobs come from any thread while it is idle, and from the thread that receives its answers while it is not.
/// </summary>
internal sealed partial class Worker
{
    private const int MostAhead = 512;
    private const double AheadTime = 200e-6; // how long the jobs that are sent ahead may take together, in seconds

    private readonly PoolContext _pool;
    private readonly WorkerCrew _crew;
    private readonly Lock _sync = new();
    private readonly Queue<PoolJob> _jobs = new(); // under the lock
    private readonly PoolJob?[] _done = new PoolJob?[64]; // the receiving thread's
    private readonly PoolJob?[] _next = new PoolJob?[MostAhead]; // the same
    private readonly WorkerFrames _frames;
    private readonly int _share;
    private WorkerProcess? _process;
    private WorkerChannel? _channel;
    private ChannelReader _reader = ChannelReader.Channel;
    private long _begunAt; // when the first job became the first
    private long _dueAt = long.MaxValue; // when it has to be answered; read without the lock
    private double _jobTime = 1; // of late, on average, in seconds; the receiving thread's
    private int _jobCount;
    private bool _isClosed;

    public Worker(PoolContext pool, WorkerCrew crew, int number, int? share)
    {
        (_pool, _crew, Number, _share) = (pool, crew, number, share ?? int.MaxValue);
        _frames = new WorkerFrames(pool);
    }

    public int Number { get; }

    /// <summary>0 before it was started.</summary>
    public int ProcessId => _process?.ProcessId ?? 0;

    /// <summary>When the job that it works on has to be answered, or an end that was asked for has to have come; <see cref="long.MaxValue"/> when there is nothing to wait for.</summary>
    public long DueAt => Volatile.Read(ref _dueAt);

    /// <summary>Sends a job to this idle worker; where it has just ended, the job waits again.</summary>
    public void Begin(PoolJob job) => TryBegin(job, ChannelReader.Channel);

    /// <summary>Sends it and receives the answer on the calling thread, if that is possible; else its thread does, in the usual way.</summary>
    public void Call(AwaitedJob job)
    {
        if (_channel is not { CanBeReadByCaller: true } channel)
        {
            Begin(job);
            return;
        }

        if (!TryBegin(job, ChannelReader.Caller))
        {
            return;
        }

        var slice = job.Cancellation.CanBeCanceled ? CancellationSlice : Timeout.InfiniteTimeSpan;
        try
        {
            ReceiveStatus status;
            ReceivedMessage message;
            while ((status = channel.Receive(ChannelReader.Caller, slice, out message)) == ReceiveStatus.Nothing)
            {
                if (job.Phase == JobPhase.Ended)
                {
                    SetReader(ChannelReader.Channel);
                    return;
                }
            }

            if (status == ReceiveStatus.Message)
            {
                PoolJob? done = Take(message);
                Settle(new Span<PoolJob?>(ref done), 1, new PoolJob?[1]); // TODO allocation
                return;
            }
        }
        catch (WorkerProtocolException e)
        {
            Fail(e);
        }

        SetReader(ChannelReader.Channel); // whose thread sees the end, and to the job
    }

    private bool TryBegin(PoolJob job, ChannelReader reader)
    {
        lock (_sync)
        {
            if (!_isClosed && TrySend(job, reader))
            {
                _channel!.Flush();
                return true;
            }
        }

        _pool.Dispatcher.GiveBack([job]);
        return false;
    }
}
