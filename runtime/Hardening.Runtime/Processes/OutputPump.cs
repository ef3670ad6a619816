using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes;

/// <summary>Reads one output of a child from its start to its end, whether anybody wants it or not, and owns the pipe. Driven by the <see cref="PipeThread"/>.</summary>
internal sealed class OutputPump
{
    private const int ChunksInARow = 16; // then the other pipes have their turn

    // How long a pipe may stay silent once the tree has ended: a process that could not be ended may hold its other end for ever.
    private static readonly TimeSpan LastRead = TimeSpan.FromSeconds(1);

    private readonly PipeThread _thread = PipeThread.Shared;
    private readonly SafePipeHandle _pipe;
    private readonly IPumpedOutput _output;
    private readonly TimeProvider _time;
    private readonly Lock _reading = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _token;
    private long _chunks;
    private long _chunksBefore;
    private ITimer? _lastRead;

    public OutputPump(SafePipeHandle pipe, IPumpedOutput output, TimeProvider time) => (_pipe, _output, _time) = (pipe, output, time);

    /// <summary>All that the child wrote has been read, or no more of it can be. Never faults.</summary>
    public Task Ended => _ended.Task;

    /// <exception cref="System.ComponentModel.Win32Exception">The system has nothing left to watch the pipe with.</exception>
    public void Start(Task treeEnded)
    {
        _output.Resume = Continue;
        lock (_ended) // the first call may come before the token is known
        {
            _token = _thread.Add(this, _pipe);
        }

        _ = treeEnded.ContinueWith(_ => NoteTreeEnded(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Takes what there is; by the thread of the pipes, which brings the memory.</summary>
    public void Read(byte[] chunk)
    {
        lock (_reading)
        {
            ReadAlone(chunk);
        }
    }

    private void ReadAlone(byte[] chunk)
    {
        for (var i = 0; i < ChunksInARow; i++)
        {
            var allowed = _output.Allow(chunk.Length);
            if (allowed == 0)
            {
                return; // held back, for a reader; goes on when it has read
            }

            int read;
            try
            {
                read = Libc.TryRead(_pipe, chunk.AsSpan(0, allowed));
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            if (read == 0)
            {
                Finish();
                return;
            }

            if (read < 0)
            {
                break;
            }

            _output.Write(chunk.AsSpan(0, read));
            Interlocked.Increment(ref _chunks);
        }

        Continue();
    }

    private void Continue() => _thread.Continue(_pipe, Token());

    private ulong Token()
    {
        lock (_ended)
        {
            return _token;
        }
    }

    private void NoteTreeEnded()
    {
        _output.NoteTreeEnded();
        if (!Ended.IsCompleted)
        {
            _lastRead = _time.CreateTimer(_ => FinishIfSilent(), null, LastRead, LastRead);
        }
    }

    private void FinishIfSilent()
    {
        var chunks = Interlocked.Read(ref _chunks);
        if (Interlocked.Exchange(ref _chunksBefore, chunks) == chunks && !_output.IsHeld)
        {
            Read(new byte[1 << 16]); // the thread of the pipes may be late, on a busy machine
            Finish();
        }
    }

    private void Finish()
    {
        _thread.Remove(Token());
        _pipe.Dispose();
        _output.Complete();
        _ended.TrySetResult();
        _lastRead?.Dispose();
    }
}
