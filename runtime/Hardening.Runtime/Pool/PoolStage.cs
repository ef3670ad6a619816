using System.Buffers;
using Hardening.Camera;

namespace Hardening.Pool;

/// <summary>
/// One thread of a stage whose work a pool does: it writes the request, hands the job over, and waits. The frame stays where it is: the worker maps the memory of the pipeline's
/// frame pool, and the job says where in it the frame lies.
/// </summary>
internal sealed class PoolStage(ProcessPool pool, FrameRequestWriter write, FrameAnswer take, JobOptions job) : IFrameStage
{
    private ArrayBufferWriter<byte> _request = new(256);

    public void Process(in Frame frame, CancellationToken stop)
    {
        _request.ResetWrittenCount();
        write(frame, _request);
        using var result = Run(frame, stop);
        take(frame, result);
    }

    private JobResult Run(in Frame frame, CancellationToken stop)
    {
        using var lease = frame.Lease(pool.Name);
        try
        {
            return pool.Run(_request.WrittenMemory, lease, job, stop);
        }
        catch (Exception e)
        {
            _request = new ArrayBufferWriter<byte>(256); // where the job was cancelled, something may be reading it still
            if (ReasonOf(e) is { } reason)
            {
                throw new FrameDropException(reason, e.Message, e);
            }

            throw;
        }
    }

    private static FrameDropReason? ReasonOf(Exception e) => e switch
    {
        JobFailedException or JobTimedOutException or PoisonJobException => FrameDropReason.WorkerFailed,
        WorkerExitedException or WorkerMemoryException or WorkerProtocolException => FrameDropReason.WorkerFailed,
        PoolFullException or PoolUnavailableException => FrameDropReason.WorkersBusy,
        _ => null,
    };
}
