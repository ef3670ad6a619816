using Hardening.Camera;
using Hardening.Pool.Jobs;
using Hardening.Pool.Mapping;
using Hardening.Pool.Protocol;

namespace Hardening.Pool;

/// <content>How jobs come in.</content>
public sealed partial class ProcessPool : IBulkPool
{
    private static readonly TimeSpan WaitSlice = TimeSpan.FromMinutes(1); // a wait that ends is looked at again

    /// <summary>Has a worker do a job.</summary>
    /// <param name="request">What the worker gets. Not to be changed before the task is complete: it is read when a worker is free, and even then where it was cancelled at that very moment.</param>
    /// <param name="options">What is different for this job.</param>
    /// <param name="cancellationToken">Ends the job: at once where it waits; where it runs, its worker is told, and ended after <see cref="ProcessPoolOptions.CancelGracePeriod"/>.</param>
    /// <returns>The worker's answer, to be disposed. The task may be awaited once.</returns>
    /// <exception cref="JobFailedException">The worker threw.</exception>
    /// <exception cref="JobTimedOutException">It ran for longer than it may.</exception>
    /// <exception cref="WorkerExitedException">Its worker ended. Also <see cref="WorkerProtocolException"/> and <see cref="WorkerMemoryException"/>, for other ways of ending.</exception>
    /// <exception cref="PoisonJobException">Workers ended under it again and again.</exception>
    /// <exception cref="PoolFullException">There was no room in the queue.</exception>
    /// <exception cref="PoolUnavailableException">The pool is stopped, or its workers cannot be started.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ValueTask<JobResult> RunAsync(ReadOnlyMemory<byte> request, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(request, default(ReadOnlySpan<FrameLease>), options, cancellationToken);

    /// <inheritdoc cref="RunAsync(ReadOnlyMemory{byte}, JobOptions, CancellationToken)"/>
    /// <param name="request">What the worker gets. Not to be changed before the task is complete: it is read when a worker is free.</param>
    /// <param name="frame">A frame that the worker reads where it lies. The pool takes a lease of its own; the caller's stays the caller's.</param>
    /// <param name="options">What is different for this job.</param>
    /// <param name="cancellationToken">Ends the job: at once where it waits; where it runs, its worker is told, and ended after <see cref="ProcessPoolOptions.CancelGracePeriod"/>.</param>
    public ValueTask<JobResult> RunAsync(ReadOnlyMemory<byte> request, FrameLease frame, JobOptions options = default, CancellationToken cancellationToken = default) =>
        RunAsync(request, new ReadOnlySpan<FrameLease>(in frame), options, cancellationToken);

    /// <inheritdoc cref="RunAsync(ReadOnlyMemory{byte}, JobOptions, CancellationToken)"/>
    /// <param name="request">What the worker gets. Not to be changed before the task is complete: it is read when a worker is free.</param>
    /// <param name="frames">At most seven. The pool takes leases of its own.</param>
    /// <param name="options">What is different for this job.</param>
    /// <param name="cancellationToken">Ends the job: at once where it waits; where it runs, its worker is told, and ended after <see cref="ProcessPoolOptions.CancelGracePeriod"/>.</param>
    public ValueTask<JobResult> RunAsync(ReadOnlyMemory<byte> request, ReadOnlySpan<FrameLease> frames, JobOptions options = default, CancellationToken cancellationToken = default)
    {
        var job = Prepare(request, frames, options, isWaitedFor: false, cancellationToken);
        var task = job.Task;
        var worker = _pool.Dispatcher.Submit(job);
        job.RegisterCancellation(_cancel);
        worker?.Begin(job);
        return task;
    }

    /// <summary>Has a worker do a job, and waits for it on the calling thread: for stages, and other threads of their own. A round trip costs two wake-ups less than a task.</summary>
    /// <inheritdoc cref="RunAsync(ReadOnlyMemory{byte}, JobOptions, CancellationToken)"/>
    public JobResult Run(ReadOnlyMemory<byte> request, JobOptions options = default, CancellationToken cancellationToken = default) =>
        Run(request, default(ReadOnlySpan<FrameLease>), options, cancellationToken);

    /// <summary>Has a worker do a job, and waits for it on the calling thread.</summary>
    /// <inheritdoc cref="RunAsync(ReadOnlyMemory{byte}, FrameLease, JobOptions, CancellationToken)"/>
    public JobResult Run(ReadOnlyMemory<byte> request, FrameLease frame, JobOptions options = default, CancellationToken cancellationToken = default) =>
        Run(request, new ReadOnlySpan<FrameLease>(in frame), options, cancellationToken);

    /// <summary>Has a worker do a job, and waits for it on the calling thread.</summary>
    /// <inheritdoc cref="RunAsync(ReadOnlyMemory{byte}, ReadOnlySpan{FrameLease}, JobOptions, CancellationToken)"/>
    public JobResult Run(ReadOnlyMemory<byte> request, ReadOnlySpan<FrameLease> frames, JobOptions options = default, CancellationToken cancellationToken = default)
    {
        var job = Prepare(request, frames, options, isWaitedFor: true, cancellationToken);
        var worker = _pool.Dispatcher.Submit(job);
        job.RegisterCancellation(_cancel);
        worker?.Call(job);
        while (!job.Wait(WaitSlice))
        {
            // The job's limit, or the pool's end, ends it.
        }

        return job.Finish();
    }

    /// <summary>Throws where a job could not have these options.</summary>
    internal void CheckJob(in JobOptions options) => _ = LimitsOf(options);

    internal void CheckStarted()
    {
        if (!_life.HasBegun)
        {
            throw new InvalidOperationException($"The pool '{Name}' has not been started: call StartAsync first, or add it to a host, which does.");
        }
    }

    TimeProvider IBulkPool.Time => _pool.Time;

    int IBulkPool.Workers => _pool.Options.Workers;

    int IBulkPool.LookAhead => _pool.Options.Workers + _pool.Options.QueueCapacity;

    JobLimits IBulkPool.LimitsOf(in JobOptions options)
    {
        CheckStarted();
        return LimitsOf(options);
    }

    Exception? IBulkPool.Refuse(ReadOnlySpan<byte> request, string? key) => request.Length > _pool.Options.MaxMessageBytes
        ? TooLong(request)
        : !_pool.Poison.IsEmpty && _pool.Poison.IsPoison(JobFingerprint.Of(key, request, default), out var ends, out var last) ? new PoisonJobException(Name, key, ends, last) : null;

    void IBulkPool.Submit(ReadOnlySpan<SinkJob> jobs)
    {
        CheckStarted();
        foreach (var job in jobs)
        {
            _pool.Tracing.Begin(job);
        }

        _pool.Dispatcher.SubmitBulk(jobs);
    }

    void IBulkPool.Cancel(SinkJob job) => Cancel(job, new OperationCanceledException($"The job of pool '{Name}' was cancelled."));

    /// <summary>What holds for a job with these options.</summary>
    private JobLimits LimitsOf(in JobOptions options)
    {
        if (options == default)
        {
            return _usual;
        }

        var timeout = options.Timeout ?? _pool.Options.JobTimeout;
        var soft = options.SoftTimeout ?? (_pool.Options.SoftTimeout is { } usual && usual < timeout ? usual : null);
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.FromMilliseconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, TimeSpan.FromHours(24), nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(soft ?? timeout, TimeSpan.FromMilliseconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(soft ?? timeout, timeout, nameof(options));
        var attempts = options.MaxAttempts ?? _pool.Options.MaxAttempts;
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(attempts, 10, nameof(options));
        return new JobLimits(_pool.Ticks(timeout), Milliseconds(soft), attempts, options.Key);
    }

    private AwaitedJob Prepare(ReadOnlyMemory<byte> request, ReadOnlySpan<FrameLease> frames, in JobOptions options, bool isWaitedFor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckStarted();
        if (request.Length > _pool.Options.MaxMessageBytes)
        {
            throw TooLong(request.Span);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames.Length, MessageHeader.MaxFrames - 1, nameof(frames));
        var limits = LimitsOf(options);
        var job = _jobs.Rent();
        job.Prepare(request, limits);
        job.Prepare(isWaitedFor, cancellationToken);
        try
        {
            foreach (var frame in frames)
            {
                _ = _pool.Regions.Of(frame.Pool);
                job.AddFrame(frame.AddLease(Name));
            }
        }
        catch
        {
            job.ReleaseFrames();
            throw;
        }

        if (!_pool.Poison.IsEmpty && _pool.Poison.IsPoison(JobFingerprint.Of(limits.Key, request.Span, frames), out var ends, out var last))
        {
            job.Failure = new PoisonJobException(Name, limits.Key, ends, last);
        }

        _pool.Tracing.Begin(job);
        return job;
    }

    private ArgumentException TooLong(ReadOnlySpan<byte> request) =>
        new($"The request has {request.Length:N0} bytes, and the pool '{Name}' takes {_pool.Options.MaxMessageBytes:N0} (MaxMessageBytes): put large data into a frame, or raise the limit.", nameof(request));

    private void Cancel(object? job)
    {
        var awaited = (AwaitedJob)job!;
        Cancel(awaited, new OperationCanceledException($"The job of pool '{Name}' was cancelled.", awaited.Cancellation));
    }

    private void Cancel(PoolJob job, Exception why)
    {
        if (_pool.Dispatcher.TryEnd(job, JobEnd.Cancelled, why, out var wasRunning))
        {
            _pool.NoteEnd(job);
            if (wasRunning)
            {
                job.Worker?.Cancel(job);
            }
        }
    }
}
