using System.Buffers;
using System.Buffers.Binary;
using Hardening.Camera;

namespace Hardening.Dashboard.Pictures;

/// <summary>The small picture of one camera: taken from a frame that it holds meanwhile, on a thread of the pool, so that the pipeline's own does no more than lend it.</summary>
internal sealed class PictureSlot : IThreadPoolWorkItem
{
    /// <summary>What is before the pixels in an answer.</summary>
    public const int HeaderBytes = 28;

    private const string Holder = "dashboard";

    private static readonly TimeSpan WorkLimit = TimeSpan.FromSeconds(1);

    private readonly PictureSink _owner;
    private readonly object _gate = new(); // an object rather than a Lock: see FrameLedger of the runtime
    private int _stage; // a Stage
    private int _served;
    private FrameLease _lease;
    private byte[] _next = [];
    private byte[] _latest = [];
    private Picture _picture; // of _latest

    public PictureSlot(PictureSink owner) => _owner = owner;

    private enum Stage
    {
        Idle,
        Waiting, // for a thread, with a lease
        Working,
        Closed,
    }

    /// <summary>The bytes that the picture takes in an answer; 0 when there is none. It may change before the answer is written, and never becomes 0.</summary>
    public int AnswerBytes
    {
        get
        {
            lock (_gate)
            {
                return _picture.Size.Bytes == 0 ? 0 : HeaderBytes + Align(_picture.Size.Bytes);
            }
        }
    }

    /// <summary>Takes the frame if a picture is wanted that was not made yet, and none is being made.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="wanted">How many were wanted so far.</param>
    public void Offer(in Frame frame, int wanted)
    {
        if (_served == wanted || Interlocked.CompareExchange(ref _stage, (int)Stage.Waiting, (int)Stage.Idle) != (int)Stage.Idle)
        {
            return;
        }

        _served = wanted; // the frames of a camera come one after another
        _lease = frame.Lease(Holder);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        if (Interlocked.CompareExchange(ref _stage, (int)Stage.Working, (int)Stage.Waiting) != (int)Stage.Waiting)
        {
            return; // closed meanwhile
        }

        var camera = "";
        try
        {
            camera = _lease.Info.Camera;
            Make();
        }
        catch (Exception e)
        {
            _owner.Failed(camera, e);
        }
        finally
        {
            _lease.Dispose();
            _lease = default;
            Volatile.Write(ref _stage, (int)Stage.Idle);
        }
    }

    /// <summary>Writes the picture into an answer.</summary>
    /// <param name="answer">Where to; room for more than the picture may have is needed.</param>
    /// <param name="index">The camera's number.</param>
    /// <returns>How many bytes that were; 0 when there was not room enough.</returns>
    public int Write(Span<byte> answer, int index)
    {
        lock (_gate)
        {
            var bytes = _picture.Size.Bytes;
            if (bytes == 0 || answer.Length < HeaderBytes + Align(bytes))
            {
                return 0;
            }

            BinaryPrimitives.WriteInt32LittleEndian(answer, index);
            BinaryPrimitives.WriteUInt16LittleEndian(answer[4..], (ushort)_picture.Size.Width);
            BinaryPrimitives.WriteUInt16LittleEndian(answer[6..], (ushort)_picture.Size.Height);
            answer[8] = (byte)_picture.Size.Channels;
            answer[9] = (byte)(_picture.IsDamaged ? 1 : 0);
            BinaryPrimitives.WriteUInt16LittleEndian(answer[10..], 0);
            BinaryPrimitives.WriteUInt32LittleEndian(answer[12..], (uint)Math.Clamp(_owner.Time.GetElapsedTime(_picture.Timestamp).TotalMilliseconds, 0, uint.MaxValue));
            BinaryPrimitives.WriteInt64LittleEndian(answer[16..], _picture.Sequence);
            BinaryPrimitives.WriteInt32LittleEndian(answer[24..], bytes);
            _latest.AsSpan(0, bytes).CopyTo(answer[HeaderBytes..]);
            answer[(HeaderBytes + bytes)..(HeaderBytes + Align(bytes))].Clear();
            return HeaderBytes + Align(bytes);
        }
    }

    /// <summary>Gives a frame back that it has, and takes no more.</summary>
    public void Close()
    {
        SpinWait.SpinUntil(() => Interlocked.CompareExchange(ref _stage, (int)Stage.Closed, (int)Stage.Idle) is (int)Stage.Idle or (int)Stage.Closed || TryTakeBack(), WorkLimit);
    }

    private static int Align(int bytes) => (bytes + 3) & ~3;

    private bool TryTakeBack()
    {
        if (Interlocked.CompareExchange(ref _stage, (int)Stage.Closed, (int)Stage.Waiting) != (int)Stage.Waiting)
        {
            return false;
        }

        _lease.Dispose();
        _lease = default;
        return true;
    }

    private void Make()
    {
        ref readonly var info = ref _lease.Info;
        var pixels = _lease.Pixels;
        var size = PictureSize.Of(info, pixels.Length);
        if (size.Bytes == 0)
        {
            return;
        }

        if (_next.Length < size.Bytes)
        {
            _next = new byte[size.Bytes];
        }

        var needed = PictureMaker.SumsOf(info);
        var sums = ArrayPool<ushort>.Shared.Rent(needed);
        PictureMaker.Make(info, pixels, size, _next, sums.AsSpan(0, needed));
        ArrayPool<ushort>.Shared.Return(sums);
        lock (_gate)
        {
            (_latest, _next) = (_next, _latest);
            _picture = new Picture(size, info.Sequence, info.HostTimestamp, info.Status != FrameStatus.Complete);
        }

        _owner.Made();
    }

    private readonly record struct Picture(PictureSize Size, long Sequence, long Timestamp, bool IsDamaged);
}
