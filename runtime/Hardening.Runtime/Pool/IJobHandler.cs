namespace Hardening.Pool;

/// <summary>What a worker of a <c>ProcessPool</c> does with a job's bytes. One object a worker process, made before its first job; what takes long, such as loading a model, belongs into the constructor.</summary>
/// <remarks>Dispose is called, where it is implemented, when the worker is stopped; not when it is killed.</remarks>
public interface IJobHandler
{
    /// <summary>Does one job, on the worker's main thread, one after the other. An exception fails this job alone: the caller sees its type, message and stack trace, and the worker goes on.</summary>
    /// <param name="job">The job: request, frames, result. Lent for the time of the call; the next job uses the same object.</param>
    void Run(JobContext job);
}
