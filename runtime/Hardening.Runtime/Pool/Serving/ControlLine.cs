using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Pool.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Serving;

/// <summary>What must reach a worker while it runs a job, taken by a thread of its own: Cancel, Stop, the end of the host, and the end of a soft limit that a job looks at.</summary>
internal sealed class ControlLine
{
    private const int StackBytes = 256 << 10;

    private readonly SafePipeHandle _line;
    private readonly JobCancellation _cancellation;
    private readonly Action _stop;
    private readonly SafeFileHandle _wake = Libc.OpenEvent();
    private long _awakeAt = long.MaxValue; // in ms of TickCount64: when the thread looks at the limit again

    /// <param name="line">Read to its end, by this object alone.</param>
    /// <param name="cancellation">Of the job that runs.</param>
    /// <param name="stop">The pool has no more jobs.</param>
    public ControlLine(SafePipeHandle line, JobCancellation cancellation, Action stop)
    {
        (_line, _cancellation, _stop) = (line, cancellation, stop);
        cancellation.LimitAhead = WakeBy;
    }

    /// <param name="begin">What its thread does first.</param>
    public void Start(Action begin) => new Thread(
        () =>
        {
            begin();
            Listen();
        },
        StackBytes) { IsBackground = true, Name = "Hardening.Control" }.Start();

    // Called for each job that looks at its token; with one limit for all jobs the thread is awake early enough already, but for the first.
    private void WakeBy(TimeSpan left)
    {
        if (Environment.TickCount64 + (long)left.TotalMilliseconds < Volatile.Read(ref _awakeAt))
        {
            Libc.SignalEvent(_wake);
        }
    }

    private void Listen()
    {
        Span<byte> bytes = stackalloc byte[MessageHeader.Bytes];
        Span<PollEntry> entries = stackalloc PollEntry[2];
        Span<byte> wakes = stackalloc byte[sizeof(ulong)];
        var filled = 0;
        while (true)
        {
            entries[0] = new PollEntry((int)_line.DangerousGetHandle());
            entries[1] = new PollEntry((int)_wake.DangerousGetHandle());
            _ = Libc.Poll(entries, Timeout());
            if (entries[1].Happened != 0)
            {
                RandomAccess.Read(_wake, wakes, 0);
            }

            if (entries[0].Happened == 0)
            {
                continue;
            }

            var read = Libc.TryRead(_line, bytes[filled..]);
            if (read == 0)
            {
                Libc.ExitNow(0); // the host is gone, or wants no answer any more: nobody is left to do anything for
            }

            filled += Math.Max(0, read);
            if (filled == bytes.Length)
            {
                Take(MemoryMarshal.Read<MessageHeader>(bytes));
                filled = 0;
            }
        }
    }

    private int Timeout()
    {
        // Looked at again once it is known until when the thread will sleep: a job that asked for its token in between relied on the earlier time.
        while (true)
        {
            var awakeAt = AwakeAt();
            Volatile.Write(ref _awakeAt, awakeAt);
            if (AwakeAt() >= awakeAt)
            {
                return awakeAt == long.MaxValue ? -1 : (int)Math.Clamp(awakeAt - Environment.TickCount64, 0, int.MaxValue);
            }
        }
    }

    private long AwakeAt() => _cancellation.CheckLimit() is { } left ? Environment.TickCount64 + (long)Math.Ceiling(left.TotalMilliseconds) : long.MaxValue;

    private void Take(in MessageHeader header)
    {
        switch (header.Kind)
        {
            case var _ when !header.IsValid:
                Console.Error.WriteLine($"The standard input of a pool's worker is for the pool alone; what came is no message of it: {header.Describe(0)}.");
                Libc.ExitNow(70); // EX_SOFTWARE: there is no way to find the beginning of the next one
                break;
            case MessageKind.Cancel:
                _cancellation.Cancel(header.Id);
                break;
            case MessageKind.Stop:
                _stop();
                break;
        }
    }
}
