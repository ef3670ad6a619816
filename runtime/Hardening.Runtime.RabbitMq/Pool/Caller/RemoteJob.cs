using System.Diagnostics;
using Hardening.Pool.Wire;

namespace Hardening.Pool.Caller;

/// <summary>How far a job of a caller is. Each counts in exactly one of these.</summary>
internal enum RemoteJobState
{
    /// <summary>In this process: the broker has not said that it has it.</summary>
    Buffered,

    /// <summary>The broker has it, or a host.</summary>
    Pending,

    Succeeded,

    Failed,

    TimedOut,

    Cancelled,

    Rejected,

    DeadLettered,
}

/// <summary>A job of a caller. What may change is changed by <see cref="RemoteJobLedger"/>, under its lock.</summary>
internal sealed class RemoteJob(Guid id, string? key, TimeSpan limit)
{
    private readonly TaskCompletionSource<byte[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _room;

    public Guid Id { get; } = id;

    public string? Key { get; } = key;

    /// <summary>How long it is worth while, from its submission.</summary>
    public TimeSpan Limit { get; } = limit;

    /// <summary>Complete when the job has ended, in whatever way.</summary>
    public Task<byte[]> Completion => _completion.Task;

    /// <summary>What is sent; set before the job comes into the buffer.</summary>
    public JobMessage? Message { get; set; }

    /// <summary>What is sent with it.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>When it was submitted.</summary>
    public long Submitted { get; init; }

    /// <summary>The span from its submission until the broker has it.</summary>
    public Activity? Activity { get; set; }

    /// <summary>Whether it was sent at least once, without the broker's word for it since.</summary>
    public bool WasSent { get; set; }

    public RemoteJobState State { get; set; } = RemoteJobState.Buffered;


    /// <summary>Its place there, while it waits to be sent.</summary>
    public LinkedListNode<RemoteJob>? Place { get; set; }

    public bool IsEnded => State > RemoteJobState.Pending;

    /// <summary>Notes that it has room in the buffer.</summary>
    public void TakeRoom() => Interlocked.Exchange(ref _room, 1); // before its end is looked at

    /// <summary>Whether it had room until now: told once.</summary>
    public bool TryGiveRoom() => Interlocked.Exchange(ref _room, 0) != 0;

    public void Complete(byte[] result) => _completion.TrySetResult(result);

    public void Complete(Exception failure) => _completion.TrySetException(failure);
}
