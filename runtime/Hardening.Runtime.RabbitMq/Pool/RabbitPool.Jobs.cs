using System.Diagnostics;
using Hardening.Camera;
using Hardening.Messaging;
using Hardening.Pool.Caller;
using Hardening.Pool.Wire;

namespace Hardening.Pool;

/// <content>How jobs come in.</content>
public sealed partial class RabbitPool
{
    private const int MaxBodyBytes = 128 << 20; // what a broker takes by default

    /// <summary>Has a worker of some host do a job. It is done at least once: twice where a host or a connection ends between its result and the broker's word for it.</summary>
    /// <param name="request">What the worker gets. Not to be changed before the task is complete.</param>
    /// <param name="options">
    /// What is different for this job. <see cref="JobOptions.Timeout"/> is how long it is worth while, from now on, waiting included (default <see cref="RabbitPoolOptions.Deadline"/>); how long it may
    /// run, the host's pool says. <see cref="JobOptions.MaxAttempts"/> is how often it may be given to a host, up to <see cref="RabbitPoolOptions.MaxDeliveries"/>: with 1 it is never begun twice.
    /// <see cref="JobOptions.Key"/>, at most 200 characters, is its message id.
    /// </param>
    /// <param name="cancellationToken">Ends the job here, at once. What the broker has of it may be done all the same, and its answer is dropped.</param>
    /// <returns>The worker's answer.</returns>
    /// <exception cref="JobFailedException">The worker threw.</exception>
    /// <exception cref="JobExpiredException">There was no answer in time.</exception>
    /// <exception cref="JobTimedOutException">It ran on a worker for longer than the host's pool allows.</exception>
    /// <exception cref="PoisonJobException">Workers or hosts ended under it as often as it may be begun: it is a dead letter.</exception>
    /// <exception cref="JobDeadLetteredException">It is a dead letter for another reason.</exception>
    /// <exception cref="PoolFullException">The broker's queue had no room, and <see cref="RabbitPoolOptions.WhenFull"/> is <see cref="PoolFullMode.Reject"/>.</exception>
    /// <exception cref="BrokerUnavailableException">The connection is lost and the buffer full, or, with <see cref="RabbitResults.Direct"/>, the answer lost with it.</exception>
    /// <exception cref="PoolUnavailableException">The pool is stopped.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ValueTask<byte[]> RunAsync(ReadOnlyMemory<byte> request, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(request, default(ReadOnlySpan<FrameLease>), options, cancellationToken);

    /// <inheritdoc cref="RunAsync(ReadOnlyMemory{byte}, JobOptions, CancellationToken)"/>
    /// <param name="request">What the worker gets. Not to be changed before the task is complete.</param>
    /// <param name="frame">A frame whose pixels go with the job, all of them, over the network twice. The pool takes a lease of its own until they are copied; the caller's stays the caller's.</param>
    /// <param name="options">What is different for this job.</param>
    /// <param name="cancellationToken">Ends the job here, at once.</param>
    public ValueTask<byte[]> RunAsync(ReadOnlyMemory<byte> request, FrameLease frame, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(request, new ReadOnlySpan<FrameLease>(in frame), options, cancellationToken);

    /// <inheritdoc cref="RunAsync(ReadOnlyMemory{byte}, JobOptions, CancellationToken)"/>
    /// <param name="request">What the worker gets. Not to be changed before the task is complete.</param>
    /// <param name="frames">At most seven, and 128 MiB together. The pool takes leases of its own until they are copied.</param>
    /// <param name="options">What is different for this job.</param>
    /// <param name="cancellationToken">Ends the job here, at once.</param>
    public ValueTask<byte[]> RunAsync(ReadOnlyMemory<byte> request, ReadOnlySpan<FrameLease> frames, JobOptions options = default, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_life.HasBegun)
        {
            throw new InvalidOperationException($"The pool '{Name}' has not been started: call StartAsync first, or add it to a host, which does.");
        }

        CheckSizes(request, frames);
        var limit = CheckLimit(options);
        var leases = frames.Length == 0 ? [] : new FrameLease[frames.Length];
        for (var index = 0; index < leases.Length; index++)
        {
            leases[index] = frames[index].AddLease(Name);
        }

        return new ValueTask<byte[]>(RunAsync(request, leases, limit, options, cancellationToken));
    }

    /// <summary>Does a job for each request, and gives the outcomes in the order of the requests. Each enumeration does them anew; ending it early cancels what is under way.</summary>
    /// <remarks>
    /// <para>Requests are read ahead of the outcomes, as many as <see cref="RabbitPoolOptions.BufferCapacity"/>. What the source throws is thrown after the outcomes of what it gave before.</para>
    /// </remarks>
    /// <param name="requests">The requests, whose memory must stay as it is until the outcome is there.</param>
    /// <param name="options">Of each job.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>, and what is under way.</param>
    public IAsyncEnumerable<JobOutcome<byte[]>> MapAsync(IEnumerable<ReadOnlyMemory<byte>> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RemoteMap.Of(requests, (request, token) => RunAsync(request, options, token), MapWindow, isOrdered: true, cancellationToken);

    /// <inheritdoc cref="MapAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<byte[]>> MapAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RemoteMap.Of(requests, (request, token) => RunAsync(request, options, token), MapWindow, isOrdered: true, cancellationToken);

    /// <summary>Does a job for each request, and gives the outcomes as the jobs end; <see cref="JobOutcome{TResult}.Index"/> says of which request one is. Each enumeration does them anew; ending it early cancels what is under way.</summary>
    /// <inheritdoc cref="MapAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<byte[]>> MapUnorderedAsync(IEnumerable<ReadOnlyMemory<byte>> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RemoteMap.Of(requests, (request, token) => RunAsync(request, options, token), MapWindow, isOrdered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync(IEnumerable{ReadOnlyMemory{byte}}, JobOptions, CancellationToken)"/>
    public IAsyncEnumerable<JobOutcome<byte[]>> MapUnorderedAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> requests, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RemoteMap.Of(requests, (request, token) => RunAsync(request, options, token), MapWindow, isOrdered: false, cancellationToken);

    private async Task<byte[]> RunAsync(ReadOnlyMemory<byte> request, FrameLease[] frames, TimeSpan limit, JobOptions options, CancellationToken cancellationToken)
    {
        var job = new RemoteJob(Guid.CreateVersion7(_time.GetUtcNow()), options.Key, limit) { Submitted = _time.GetTimestamp() };
        if (!_ledger.TrySubmit(job))
        {
            Release(frames);
            throw new PoolUnavailableException(Name);
        }

        using var deadline = new CancellationTokenSource(limit, _time);
        await using var expiry = deadline.Token.UnsafeRegister(_ => Expire(job), null).ConfigureAwait(false);
        await using var cancellation = cancellationToken.UnsafeRegister(_ => Cancel(job, cancellationToken), null).ConfigureAwait(false);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            await _room.TakeAsync(job, either.Token).ConfigureAwait(false);
            Write(job, request, frames, options);
            _ledger.Enqueue(job);
        }
        catch (OperationCanceledException)
        {
            // It has ended: its task says how.
        }
        catch (Exception failure)
        {
            _ledger.TryEnd(job, failure is BrokerUnavailableException ? RemoteJobState.Rejected : RemoteJobState.Failed, failure);
        }
        finally
        {
            Release(frames);
        }

        return await job.Completion.ConfigureAwait(false);
    }

    private void Write(RemoteJob job, ReadOnlyMemory<byte> request, FrameLease[] frames, in JobOptions options)
    {
        job.Activity = JobTrace.Send(_queues.Jobs, job);
        var trace = job.Activity ?? Activity.Current;
        var now = _time.GetUtcNow();
        var remaining = job.Limit - _time.GetElapsedTime(job.Submitted);
        job.Body = JobBody.Write(request.Span, frames, _time);
        job.Message = new JobMessage
        {
            Id = job.Id,
            Key = job.Key,
            Deadline = now + remaining,
            Remaining = remaining,
            SoftTimeout = options.SoftTimeout,
            MaxAttempts = options.MaxAttempts,
            Frames = frames.Length,
            TraceParent = trace is { IdFormat: ActivityIdFormat.W3C } ? trace.Id : null,
            TraceState = trace is { IdFormat: ActivityIdFormat.W3C } ? trace.TraceStateString : null,
        };
    }

    private void CheckSizes(ReadOnlyMemory<byte> request, ReadOnlySpan<FrameLease> frames)
    {
        if (request.Length > _options.MaxMessageBytes)
        {
            throw new ArgumentException($"The request has {request.Length:N0} bytes, and the pool '{Name}' takes {_options.MaxMessageBytes:N0} (MaxMessageBytes).", nameof(request));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames.Length, JobBody.MaxFrames, nameof(frames));
        long total = request.Length;
        foreach (ref readonly var frame in frames)
        {
            var length = frame.Pixels.Length;
            total += length + WireFrame.HeaderBytes + WireFrame.MaxNameBytes;
            if (length > _options.MaxFrameBytes)
            {
                throw new ArgumentException($"The frame has {length:N0} bytes, and the pool '{Name}' sends at most {_options.MaxFrameBytes:N0} (MaxFrameBytes): raise the limit on both sides, or have the job done where the frame is.", nameof(frames));
            }
        }

        if (total > MaxBodyBytes)
        {
            throw new ArgumentException($"The job has {total:N0} bytes with its frames, and brokers take {MaxBodyBytes:N0}: send fewer frames with a job.", nameof(frames));
        }
    }

    private TimeSpan CheckLimit(in JobOptions options)
    {
        var limit = options.Timeout ?? _options.Deadline;
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.FromMilliseconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeSpan.FromHours(24), nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SoftTimeout ?? limit, TimeSpan.FromMilliseconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.SoftTimeout ?? limit, limit, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAttempts ?? 1, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxAttempts ?? 1, 10, nameof(options));
        return JobMessage.CheckKey(options.Key) is { } wrong ? throw new ArgumentException($"The key of a job {wrong}.", nameof(options)) : limit;
    }

    private void Expire(RemoteJob job)
    {
        var now = _connection.Statistics;
        var where = job.State == RemoteJobState.Pending ? "the broker or a host has it"
            : !now.IsConnected ? "it waited for the connection to the broker"
            : now.IsBlocked ? "the broker takes no messages, since its memory or its disk runs short"
            : "it waited for room in the broker's queue";
        _ledger.TryEnd(job, RemoteJobState.TimedOut, new JobExpiredException(Name, job.Limit, where));
    }

    private void Cancel(RemoteJob job, CancellationToken cancellationToken) =>
        _ledger.TryEnd(job, RemoteJobState.Cancelled, new OperationCanceledException($"The job of pool '{Name}' was cancelled.", cancellationToken));

    private static void Release(FrameLease[] frames)
    {
        foreach (var frame in frames)
        {
            frame.Dispose();
        }
    }
}
