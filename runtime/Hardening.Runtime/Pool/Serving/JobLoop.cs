using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Pool.Channels;
using Hardening.Pool.Frames;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Serving;

/// <summary>Takes jobs from the ring and answers each, in order. All on one thread; allocates nothing for a job.</summary>
internal sealed unsafe class JobLoop(RingWorkerEnd ring, MappedRegions regions, JobCancellation cancellation)
{
    private const long TinyJob = 5_000; // in nanoseconds, as the other
    private const long WakeInterval = 25_000;

    private long _begunAt; // when the last message was taken
    private long _wokenAt;
    private WorkTracing _tracing = new(""); // until the pool has said its name
    private Exception? _unmapped; // why a region is not there: jobs that refer to one fail by it

    /// <returns>When the pool has stopped this worker and all that was sent is answered.</returns>
    public void Run(Func<IJobHandler> make)
    {
        if (ring.Receive(Timeout.InfiniteTimeSpan, out var hello) != ReceiveStatus.Message)
        {
            return;
        }

        var (limit, pool) = hello.Header.Kind == MessageKind.Hello
            ? MessageText.ReadHello(hello.Payload)
            : throw new WorkerProtocolException($"The pool began with a message of kind {hello.Header.Kind}, and should have said Hello.");
        _tracing = new WorkTracing(pool);
        var handler = make();
        try
        {
            var result = new ResultBuffer(limit);
            var job = new JobContext(cancellation, result, _tracing);
            Prepare(handler, job, limit);
            result.Clear();
            MessageText.WriteReady(result, handler.GetType().Name);
            if (Answer(MessageKind.Ready, id: 0, result.Written))
            {
                Run(handler, job, limit);
            }
        }
        finally
        {
            (handler as IDisposable)?.Dispose();
        }
    }

    // What a job comes to is compiled before the first one, which may be the one that a dead worker left to this one: it would take a millisecond of it.
    private void Prepare(IJobHandler handler, JobContext job, int limit)
    {
        Run(new Nothing(), job, message: default, limit, answers: false);
        RuntimeHelpers.PrepareDelegate(handler.Run);
        ring.Prepare();
    }

    private void Run(IJobHandler handler, JobContext job, int limit)
    {
        while (TryNext(out var message))
        {
            switch (message.Header.Kind)
            {
                case MessageKind.Job:
                    Run(handler, job, message, limit);
                    break;
                case MessageKind.Context:
                    _tracing.Keep(message.Header.Id, message.Payload);
                    break;
                case MessageKind.Map:
                    Map(message.Payload);
                    break;
                case MessageKind.Unmap:
                    regions.Unmap((uint)message.Header.Id);
                    break;
            }
        }
    }

    // A wake-up costs more than a tiny job: while there are further ones already, and still some when the host has been woken, it is woken for several answers at once. It looks by itself now and then, for
    // the next job may take long.
    private bool TryNext(out ReceivedMessage message)
    {
        ring.Show(); // before anything else: a host that is awake looks for it
        var status = ring.Receive(TimeSpan.Zero, out message);
        var now = Libc.Nanoseconds;
        if (status == ReceiveStatus.Message && now - _wokenAt < WakeInterval && (now - _begunAt < TinyJob || HasPlenty(message)))
        {
            _begunAt = now;
            return true;
        }

        ring.Flush();
        if (status == ReceiveStatus.Nothing)
        {
            status = ring.Receive(Timeout.InfiniteTimeSpan, out message);
        }

        _begunAt = _wokenAt = Libc.Nanoseconds; // the wake-up is no part of the next job
        return status == ReceiveStatus.Message;
    }

    private bool HasPlenty(in ReceivedMessage next) => ring.Unread > 2 * (ulong)(MessageHeader.Bytes + next.Header.Following);

    private void Run(IJobHandler handler, JobContext job, in ReceivedMessage message, int limit, bool answers = true)
    {
        var id = message.Header.Id;
        fixed (byte* request = message.Payload)
        {
            try
            {
                job.Begin(id, request, message.Payload.Length);
                cancellation.Begin(id, message.Header.SoftLimit);
                foreach (ref readonly var frame in message.Frames)
                {
                    job.Add(frame, Locate(frame));
                }

                Handle(handler, job);
                var frames = job.ReturnedFrames;
                var result = job.Written;
                if (answers)
                {
                    Send(MessageKind.Result, id, frames, result);
                }
            }
            catch (Exception e) // whatever it is: the job has failed, and not the worker
            {
                Fail(id, e, limit);
            }
            finally
            {
                cancellation.End();
            }
        }
    }

    // The span ends before the answer goes out: it lies within the job's.
    private void Handle(IJobHandler handler, JobContext job)
    {
        if (_tracing.Begin(job.Id) is not { } span)
        {
            handler.Run(job);
            return;
        }

        try
        {
            handler.Run(job);
        }
        catch (Exception e)
        {
            RuntimeTracing.Fail(span, e);
            throw;
        }
        finally
        {
            span.Stop();
        }
    }

    private byte* Locate(in FrameReference frame)
    {
        try
        {
            return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(frame.Flags.HasFlag(FrameReferenceFlags.Output) ? regions.Write(frame) : regions.Read(frame)));
        }
        catch (IOException e) when (_unmapped is not null)
        {
            throw new IOException($"{e.Message} {_unmapped.Message}", _unmapped);
        }
    }

    private void Map(ReadOnlySpan<byte> payload)
    {
        try
        {
            regions.Map(MessageText.ReadMap(payload));
        }
        catch (IOException e)
        {
            _unmapped = e;
        }
    }

    private void Fail(ulong id, Exception exception, int limit)
    {
        var error = new ResultBuffer(limit);
        MessageText.WriteError(error, exception, limit);
        Send(MessageKind.Error, id, default, error.Written);
    }

    private bool Answer(MessageKind kind, ulong id, ReadOnlySpan<byte> payload)
    {
        var isOpen = Send(kind, id, default, payload);
        ring.Flush();
        return isOpen;
    }

    private bool Send(MessageKind kind, ulong id, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload) =>
        ring.Send(new MessageHeader { Kind = kind, Id = id }, frames, payload);

    private sealed class Nothing : IJobHandler
    {
        public void Run(JobContext job)
        {
            job.Request.CopyTo(job.Result.GetSpan());
            job.Result.Advance(job.Request.Length);
        }
    }
}
