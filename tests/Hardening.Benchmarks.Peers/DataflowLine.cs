using System.Buffers;
using System.Threading.Tasks.Dataflow;

namespace Hardening.Benchmarks.Peers;

/// <summary>TPL Dataflow: a block that works, in parallel and in order, and a block for the results. What does not fit is dropped as it comes, since a block knows nothing else.</summary>
public sealed class DataflowLine : CameraLine
{
    private readonly TransformBlock<(DriverFrame Frame, byte[] Pixels), (DriverFrame Frame, FrameFindings Found)> _work;
    private readonly ActionBlock<(DriverFrame Frame, FrameFindings Found)> _results;
    private readonly ThreadLocal<FrameWork> _kernel;
    private readonly bool _isPooled;

    /// <param name="workload">What is to be done.</param>
    /// <param name="cameras">Where frames come from.</param>
    /// <param name="book">Where results go.</param>
    /// <param name="isPooled">Whether frames lie in arrays of the shared pool; else each has a new one.</param>
    public DataflowLine(Workload workload, ModelCamera[] cameras, ResultBook book, bool isPooled)
        : base(workload, cameras, book)
    {
        ArgumentNullException.ThrowIfNull(workload);
        _isPooled = isPooled;
        _kernel = new ThreadLocal<FrameWork>(() => new FrameWork(workload));
        _work = new(item => (item.Frame, Work(item.Pixels)), new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = Workload.Workers, BoundedCapacity = workload.Queue * workload.Cameras, EnsureOrdered = true });
        _results = new(item => Book.Add(item.Frame, item.Found), new ExecutionDataflowBlockOptions { BoundedCapacity = workload.Queue * workload.Cameras });
        _work.LinkTo(_results, new DataflowLinkOptions { PropagateCompletion = true });
    }

    protected override void Take(ModelCamera camera, in DriverFrame frame)
    {
        ArgumentNullException.ThrowIfNull(camera);
        var pixels = _isPooled ? ArrayPool<byte>.Shared.Rent(Workload.FrameBytes) : new byte[Workload.FrameBytes];
        camera.Pixels(frame).CopyTo(pixels);
        if (Workload.WhenFull == Overflow.Wait)
        {
            _work.SendAsync((frame, pixels)).Wait(TimeSpan.FromSeconds(10));
        }
        else if (!_work.Post((frame, pixels)))
        {
            Return(pixels);
            Drop();
        }
    }

    protected override void Drain(TimeSpan limit)
    {
        _work.Complete();
        if (!_results.Completion.Wait(limit))
        {
            throw new TimeoutException("Frames are left.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        _kernel.Dispose();
        base.Dispose(disposing);
    }

    private FrameFindings Work(byte[] pixels)
    {
        var found = _kernel.Value!.Run(pixels.AsSpan(0, Workload.FrameBytes));
        Return(pixels);
        return found;
    }

    private void Return(byte[] pixels)
    {
        if (_isPooled)
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }
}
