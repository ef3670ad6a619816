using Hardening.Camera;

namespace Hardening.Pool;

/// <summary>
/// Adds stages whose work is done by the worker processes of a pool. Frames are not copied: workers read them where they lie. What a worker does costs its own frame alone
/// (<see cref="FrameDropReason.WorkerFailed"/>, <see cref="FrameDropReason.WorkersBusy"/>).
/// </summary>
/// <remarks>
/// The pool is its owner's to start before the pipeline and to stop after it; in a host both have that order by themselves. A stage has as many threads as the pool has workers, and lets a frame take
/// as long as its job may, and 30 s more to wait for a worker. One frame of each camera is worked on at once, unless <see cref="FrameStageOptions.ParallelPerCamera"/> is raised.
/// </remarks>
public static class PoolStageFramePipelineBuilderExtensions
{
    private static readonly TimeSpan WaitForWorker = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>Adds a stage that asks a worker about each frame, and keeps the answer for later stages and sinks.</summary>
    /// <typeparam name="TRequest">What a job is asked.</typeparam>
    /// <typeparam name="TResult">What it answers.</typeparam>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="name">The name in metrics, logs and the names of threads; unique within the pipeline.</param>
    /// <param name="pool">Who does the work. Stays the caller's.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="results">Where answers are kept. A picture that the worker returns is dropped.</param>
    /// <param name="configure">Changes how the stage works; read now.</param>
    /// <param name="job">What is different for its jobs.</param>
    public static FramePipelineBuilder PoolStage<TRequest, TResult>(
        this FramePipelineBuilder pipeline, string name, ProcessPool<TRequest, TResult> pool, FrameRequest<TRequest> request, FrameResult<TResult> results,
        Action<FrameStageOptions>? configure = null, JobOptions job = default)
    {
        ArgumentNullException.ThrowIfNull(results);
        return pipeline.PoolStage(name, pool, request, (in frame, in result) => results.Set(frame, result.Value), configure, job);
    }

    /// <summary>Adds a stage that asks a worker about each frame, and hands the answer to a delegate, with the picture that the worker has written where the pool has <see cref="ProcessPoolOptions.ResultSlots"/>.</summary>
    /// <inheritdoc cref="PoolStage{TRequest, TResult}(FramePipelineBuilder, string, ProcessPool{TRequest, TResult}, FrameRequest{TRequest}, FrameResult{TResult}, Action{FrameStageOptions}?, JobOptions)"/>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="name">The name in metrics, logs and the names of threads; unique within the pipeline.</param>
    /// <param name="pool">Who does the work. Stays the caller's.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="answer">Takes the answer.</param>
    /// <param name="configure">Changes how the stage works; read now.</param>
    /// <param name="job">What is different for its jobs.</param>
    public static FramePipelineBuilder PoolStage<TRequest, TResult>(
        this FramePipelineBuilder pipeline, string name, ProcessPool<TRequest, TResult> pool, FrameRequest<TRequest> request, FrameAnswer<TResult> answer,
        Action<FrameStageOptions>? configure = null, JobOptions job = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(answer);
        var contract = pool.Contract;
        return pipeline.PoolStage(
            name, pool.Raw, (in frame, bytes) => contract.WriteRequest(bytes, request(frame)),
            (in frame, in result) => answer(frame, new JobResult<TResult>(result, contract.ReadResult(result.Payload))), configure, job);
    }

    /// <summary>Adds a stage that asks a worker about each frame in bytes, and hands the answer's bytes to a delegate. Allocates nothing for a frame.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="name">The name in metrics, logs and the names of threads; unique within the pipeline.</param>
    /// <param name="pool">Who does the work. Stays the caller's.</param>
    /// <param name="request">Writes what is asked; null: nothing, the frame says it all.</param>
    /// <param name="answer">Takes the answer.</param>
    /// <param name="configure">Changes how the stage works; read now.</param>
    /// <param name="job">What is different for its jobs.</param>
    public static FramePipelineBuilder PoolStage(
        this FramePipelineBuilder pipeline, string name, ProcessPool pool, FrameRequestWriter? request, FrameAnswer answer, Action<FrameStageOptions>? configure = null, JobOptions job = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(answer);
        pool.CheckJob(job);
        var options = Defaults(pool.Options, job);
        configure?.Invoke(options);
        return pipeline.Stage(
            name,
            () =>
            {
                pool.CheckStarted(); // fails the pipeline's start, and not each of its frames
                return new PoolStage(pool, request ?? (static (in _, _) => { }), answer, job);
            },
            options);
    }

    private static FrameStageOptions Defaults(ProcessPoolOptions pool, in JobOptions job)
    {
        var jobs = (job.Timeout ?? pool.JobTimeout) * (job.MaxAttempts ?? pool.MaxAttempts);
        return new FrameStageOptions { Workers = pool.Workers, Timeout = jobs < LongestTimeout - WaitForWorker ? jobs + WaitForWorker : LongestTimeout };
    }
}
