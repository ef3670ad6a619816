namespace Hardening.Benchmarks.Peers;

/// <summary>The floor: each camera's thread copies and works itself. Nothing is handed over, and a frame that is late waits in the driver.</summary>
public sealed class DirectLine : CameraLine
{
    private readonly byte[][] _frames;
    private readonly FrameWork[] _work;

    public DirectLine(Workload workload, ModelCamera[] cameras, ResultBook book)
        : base(workload, cameras, book)
    {
        _frames = [.. cameras.Select(_ => GC.AllocateArray<byte>(workload.FrameBytes, pinned: true))];
        _work = [.. cameras.Select(_ => new FrameWork(workload))];
    }

    protected override void Take(ModelCamera camera, in DriverFrame frame)
    {
        ArgumentNullException.ThrowIfNull(camera);
        camera.Pixels(frame).CopyTo(_frames[frame.Camera]);
        Book.Add(frame, _work[frame.Camera].Run(_frames[frame.Camera]));
    }

    protected override void Drain(TimeSpan limit)
    {
    }
}
