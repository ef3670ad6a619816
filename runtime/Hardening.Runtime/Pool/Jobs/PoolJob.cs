using System.Diagnostics;
using Hardening.Camera;
using Hardening.Pool.Workers;

namespace Hardening.Pool.Jobs;

/// <summary>One job on its way. Used again and again: what is in it belongs to the pool until it is complete, and then to whoever it was made for.</summary>
internal abstract class PoolJob
{
    private const int LargestKeptBuffer = 1 << 20; // a rare large answer is not kept for ever

    private readonly FrameLease[] _frames = new FrameLease[Protocol.MessageHeader.MaxFrames];
    private byte[] _answer = [];
    private int _answerBytes;
    private JobEnd _verdict;
    private Exception? _verdictFailure;

    public ulong Id { get; set; }

    /// <summary>What the worker gets; the caller's memory.</summary>
    public ReadOnlyMemory<byte> Request { get; private set; }

    public JobLimits Limits { get; private set; }

    public int FrameCount { get; private set; }

    /// <summary>The pool's own leases.</summary>
    public ReadOnlySpan<FrameLease> Frames => _frames.AsSpan(0, FrameCount);

    /// <summary>Where it is; changed by the dispatcher alone, under its lock.</summary>
    public JobPhase Phase { get; set; }

    /// <summary>When it was given to the pool.</summary>
    public long SubmittedAt { get; set; }

    /// <summary>How often it has been begun and not answered.</summary>
    public int Attempts { get; set; }

    /// <summary>How often a worker that had it has ended before it began.</summary>
    public int Returns { get; set; }

    /// <summary>Whether a worker has, or had it: its wait is over once.</summary>
    public bool WasSent { get; set; }

    /// <summary>Which worker has it, or had it last.</summary>
    public Worker? Worker { get; set; }

    /// <summary>Where it is in its worker's channel.</summary>
    public long Position { get; set; }

    /// <summary>Output memory that its worker was lent for it.</summary>
    public FrameBuffer Output { get; set; }

    public JobEnd End { get; set; }

    /// <summary>Its span, until it ends; null where nobody wants one.</summary>
    public Activity? Span { get; set; }

    /// <summary>Whose span that is.</summary>
    public JobTracing? Tracing { get; set; }

    /// <summary>What its worker is told of the trace that it belongs to; the default value: nothing.</summary>
    public ActivityContext Context { get; set; }

    public Exception? Failure { get; set; }

    public FrameLease AnswerFrame { get; set; }

    public ReadOnlyMemory<byte> Answer => _answer.AsMemory(0, _answerBytes);

    /// <summary>How often this object has been used: a result of an earlier use does not fit.</summary>
    public int Use { get; private set; }

    /// <summary>Whether it waits in the lane of <c>Map</c>, behind the others.</summary>
    public virtual bool IsBulk => false;

    public void Prepare(ReadOnlyMemory<byte> request, in JobLimits limits)
    {
        (Request, Limits) = (request, limits);
        (Phase, Attempts, Returns, WasSent, End, Failure) = (JobPhase.New, 0, 0, false, JobEnd.Succeeded, null);
        (Span, Context) = (null, default);
    }

    /// <summary>What its worker has answered; it counts unless the job has ended before.</summary>
    public void SetVerdict(JobEnd end, Exception? failure) => (_verdict, _verdictFailure) = (end, failure);

    /// <summary>By the dispatcher.</summary>
    public void AcceptVerdict() => (Phase, End, Failure) = (JobPhase.Ended, _verdict, _verdictFailure);

    /// <summary>It has ended before its worker answered.</summary>
    public void DropAnswer()
    {
        AnswerFrame.Dispose();
        AnswerFrame = default;
    }

    public void AddFrame(FrameLease lease) => _frames[FrameCount++] = lease;

    public void SetAnswer(ReadOnlySpan<byte> payload)
    {
        if (_answer.Length < payload.Length)
        {
            _answer = GC.AllocateUninitializedArray<byte>(Math.Max(256, payload.Length));
        }

        payload.CopyTo(_answer);
        _answerBytes = payload.Length;
    }

    /// <summary>The worker does not read them any more.</summary>
    public void ReleaseFrames()
    {
        for (; FrameCount > 0; FrameCount--)
        {
            _frames[FrameCount - 1].Dispose();
            _frames[FrameCount - 1] = default;
        }
    }

    /// <summary>Something may still refer to this object after its end, a worker that goes on or a place in a lane: it is not used again.</summary>
    public abstract void NoteStray();

    /// <summary>Its end is set: whoever waits for it is told. Runs no code of users on the calling thread, but for listeners to its span.</summary>
    public void Complete()
    {
        if (Span is { } span)
        {
            Span = null;
            Tracing!.End(this, span);
        }

        TellEnd();
    }

    /// <summary>From here on the object may be in use again.</summary>
    protected abstract void TellEnd();

    /// <summary>Nobody looks at it any more, and the pool is done with it: it may serve again.</summary>
    public void Recycle()
    {
        AnswerFrame.Dispose();
        AnswerFrame = default;
        Request = default;
        Worker = null;
        Failure = null;
        Use++;
        if (_answer.Length > LargestKeptBuffer)
        {
            _answer = [];
        }

        _answerBytes = 0;
        GiveBack();
    }

    protected abstract void GiveBack();
}

internal enum JobPhase
{
    New,

    /// <summary>The queue is full, and it waits for a place.</summary>
    Waiting,
    Queued,

    /// <summary>A worker has it.</summary>
    Running,
    Ended,
}


/// <summary>What holds for a job, with the pool's options where it has none of its own.</summary>
/// <param name="Timeout">In ticks of the pool's clock.</param>
/// <param name="SoftMilliseconds">0: none.</param>
/// <param name="MaxAttempts">1 or more.</param>
/// <param name="Key">For the quarantine.</param>
internal readonly record struct JobLimits(long Timeout, uint SoftMilliseconds, int MaxAttempts, string? Key);
