namespace Hardening.Pool.Jobs;

/// <summary>A job of many that one consumer takes the ends of, as <c>Map</c> does. It waits in the lane behind single jobs.</summary>
/// <param name="sink">Told of its end.</param>
internal class SinkJob(IJobSink sink) : PoolJob
{
    /// <summary>Its place among the jobs of the sink.</summary>
    public long Index { get; set; }

    public override bool IsBulk => true;

    /// <summary>Whether it may be prepared again.</summary>
    public bool IsReusable { get; private set; } = true;

    public override void NoteStray() => IsReusable = false;

    protected override void TellEnd() => sink.Completed(this);

    protected override void GiveBack() => sink.Free(this);
}

/// <summary>Who takes the ends of many jobs.</summary>
internal interface IJobSink
{
    /// <summary>The job has ended. On a thread of the pool, which has other things to do: no wait, no code of users.</summary>
    void Completed(SinkJob job);

    /// <summary>The job was recycled; it may be prepared again where it is reusable.</summary>
    void Free(SinkJob job);
}
