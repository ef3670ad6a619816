namespace Hardening.Pool;

/// <summary>What a worker of a <c>ProcessPool&lt;TRequest, TResult&gt;</c> does with a request. One object a worker process, made before its first job.</summary>
/// <typeparam name="TRequest">What a job is asked.</typeparam>
/// <typeparam name="TResult">What it answers.</typeparam>
/// <param name="contract">How both are written; the pool must have the same.</param>
public abstract class JobHandler<TRequest, TResult>(JobContract<TRequest, TResult> contract) : IJobHandler
{
    private readonly JobContract<TRequest, TResult> _contract = contract ?? throw new ArgumentNullException(nameof(contract));

    /// <summary>Does one job, on the worker's main thread, one after the other. An exception fails this job alone: the caller sees its type, message and stack trace, and the worker goes on.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="job">Frames, the output, the time that is left. Lent for the time of the call; the next job uses the same object.</param>
    public abstract TResult Run(TRequest request, JobContext job);

    void IJobHandler.Run(JobContext job) => _contract.WriteResult(job.Result, Run(_contract.ReadRequest(job.Request), job));
}
