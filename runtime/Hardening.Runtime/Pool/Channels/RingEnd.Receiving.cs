using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Hardening.Interop;

namespace Hardening.Pool.Channels;

internal sealed unsafe partial class RingEnd
{
    private const int Taking = 2; // beside the reader's number

    // Nobody is ever left asleep by an end that does not wake it: this long at most.
    private const long LongestSleep = 30_000_000_000;
    private const int LooksPerTime = 8;

    private readonly SpinPolicy[] _policies = [new(), new()];
    private int _turn; // the reader whose turn it is, and whether it is taking a message at this moment
    private bool _otherWasAwake;

    /// <summary>By the thread that receives: about how many bytes of further messages there are.</summary>
    public ulong Unread => _reader.Unread;

    /// <summary>By the thread that receives: has compiled what otherwise the first message after a wait comes to.</summary>
    public void Prepare()
    {
        RingReader.Prepare();
        _policies[0].Slept(0);
        _ = Libc.SaysEnd(0);
    }

    /// <summary>Takes a message, or waits for one. Each of the two readers is one thread at a time, and gets messages only while it is its turn.</summary>
    public ReceiveStatus Receive(int reader, TimeSpan wait, out ReceivedMessage message)
    {
        ref var mark = ref reader == 0 ? ref _calls.FirstReader : ref _calls.SecondReader;
        try
        {
            message = default;
            if (!_calls.TryEnter(ref mark))
            {
                return ReceiveStatus.Closed;
            }

            var isClosed = Volatile.Read(ref _closed) || Volatile.Read(ref _isFinishing); // before the look for a message: what was sent before the end is received
            return TryTake(reader, out message) ? ReceiveStatus.Message
                : isClosed ? ReceiveStatus.Closed
                : wait == TimeSpan.Zero ? ReceiveStatus.Nothing
                : Await(reader, wait, out message);
        }
        finally
        {
            RingCalls.Leave(ref mark);
        }
    }

    /// <summary>Passes the turn to this reader, and wakes it when there is something already.</summary>
    public void SetReader(int reader)
    {
        if (_calls.TryEnter())
        {
            var spin = default(SpinWait);
            var turn = Volatile.Read(ref _turn);
            while (turn != reader)
            {
                if ((turn & Taking) != 0)
                {
                    spin.SpinOnce(); // for as long as it takes to look at a record
                }

                turn = Interlocked.CompareExchange(ref _turn, reader, turn & ~Taking) is var seen && seen == (turn & ~Taking) ? reader : seen;
            }

            Volatile.Write(ref _in->Reader, (uint)reader);
            Interlocked.MemoryBarrier(); // either the writer sees whom to wake, or we see what it wrote
            if (_reader.HasNews)
            {
                Wake(reader);
            }
        }

        _calls.Leave();
    }

    private ReceiveStatus Await(int reader, TimeSpan wait, out ReceivedMessage message)
    {
        var policy = _policies[reader];
        var started = Libc.Nanoseconds;
        var until = wait == Timeout.InfiniteTimeSpan ? long.MaxValue : started + (long)wait.TotalNanoseconds;
        if (Volatile.Read(ref _turn) == reader && policy.Limit(IsOtherElsewhere, Volatile.Read(ref _otherWasAwake)) is var limit and > 0)
        {
            if (Spin(reader, Math.Min(until, started + limit)))
            {
                policy.Paid();
            }
            else
            {
                policy.Failed();
            }
        }

        var slept = false;
        while (true)
        {
            var isClosed = Volatile.Read(ref _closed) || Volatile.Read(ref _isFinishing);
            if (TryTake(reader, out message))
            {
                if (slept)
                {
                    policy.Slept(Libc.Nanoseconds - started);
                }

                return ReceiveStatus.Message;
            }

            var now = Libc.Nanoseconds;
            if (isClosed || now >= until)
            {
                return isClosed ? ReceiveStatus.Closed : ReceiveStatus.Nothing;
            }

            if (Sleep(reader, Math.Min(until - now, LongestSleep)))
            {
                Close(); // the other end is being taken down by the kernel
            }

            slept = true;
        }
    }

    private bool TryTake(int reader, out ReceivedMessage message)
    {
        if (_broken is { } why)
        {
            throw new WorkerProtocolException(why);
        }

        if (Interlocked.CompareExchange(ref _turn, reader | Taking, reader) != reader)
        {
            message = default;
            return false;
        }

        try
        {
            return _reader.TryTake(out message);
        }
        catch (WorkerProtocolException e)
        {
            _broken = e.Message;
            throw;
        }
        finally
        {
            Volatile.Write(ref _turn, reader);
        }
    }

    private bool Spin(int reader, long until)
    {
        do
        {
            for (var look = 0; look < LooksPerTime; look++)
            {
                if (IsOver(reader))
                {
                    return true;
                }

                if (X86Base.IsSupported)
                {
                    X86Base.Pause();
                }
                else if (ArmBase.IsSupported)
                {
                    ArmBase.Yield();
                }
            }
        }
        while (Libc.Nanoseconds < until);
        return false;
    }

    // Whether the worker ended meanwhile. One that ends while nobody sleeps here is told of by its pidfd alone.
    private bool Sleep(int reader, long nanoseconds)
    {
        var sleeps = Sleeps(reader);
        var watched = _isWorker ? 0 : Volatile.Read(ref _memory.Control->WatchedThread);
        var mark = watched == 0 ? 1 : Libc.EndMark(watched);
        Volatile.Write(ref *sleeps, mark);
        Interlocked.MemoryBarrier(); // either we see what is new, or who makes it new sees that we sleep
        if (!IsOver(reader))
        {
            Libc.WaitWhile(sleeps, mark, nanoseconds);
        }

        return Libc.SaysEnd(Interlocked.Exchange(ref *sleeps, 0));
    }

    private bool IsOver(int reader) => (_reader.HasNews && Volatile.Read(ref _turn) == reader) || Volatile.Read(ref _closed) || Volatile.Read(ref _isFinishing) || _broken is not null;

    private bool IsOtherElsewhere => _reader.WriterProcessor is var other and >= 0 && other != Libc.CurrentProcessor;

    private uint* Sleeps(int reader) => reader == 0 ? &_in->FirstSleeps : &_in->SecondSleeps;

    private void Wake(int reader)
    {
        if (Volatile.Read(ref *Sleeps(reader)) != 0)
        {
            Volatile.Write(ref *Sleeps(reader), 0);
            Libc.Wake(Sleeps(reader));
        }
    }

    private void WakeAll()
    {
        Interlocked.MemoryBarrier();
        Volatile.Write(ref *Sleeps(0), 0);
        Libc.Wake(Sleeps(0));
        Volatile.Write(ref *Sleeps(1), 0);
        Libc.Wake(Sleeps(1));
        Volatile.Write(ref _out->WriterSleeps, 0);
        Libc.Wake(&_out->WriterSleeps);
    }
}
