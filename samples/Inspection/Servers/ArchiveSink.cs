using System.ComponentModel;
using System.Diagnostics;
using Hardening.Camera;
using Inspection.Work;

namespace Inspection.Servers;

/// <summary>
/// Archives every sixtieth frame with one worker process that stays for the whole run, fed by a thread of its own: the inspection never waits for it. One frame
/// may wait for the thread; the frame is leased, not copied.
/// </summary>
internal sealed class ArchiveSink(string runId) : IFrameSink, IDisposable
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly byte[] _answer = new byte[64];
    private FrameLease _next;
    private Thread? _thread;
    private volatile Process? _worker;
    private bool _ends;
    private long _inspected;
    private long _archived;

    public string Name => "archive";

    public int HeldFrames => 2; // the one that waits, and the one being written

    public long Archived => Interlocked.Read(ref _archived);

    public void Consume(in Frame frame, CancellationToken stop)
    {
        if (Interlocked.Increment(ref _inspected) % ArchiveWorker.Every != 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_ends || !_next.IsEmpty)
            {
                return;
            }

            _next = frame.Lease("archive");
            if (_thread is null)
            {
                _thread = new Thread(Run) { Name = "archive", IsBackground = true };
                _thread.Start(frame.Info.Length);
            }
        }

        _waiting.Release();
    }

    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _ends = true;
            thread = _thread;
        }

        _waiting.Release();
        if (thread?.Join(EndLimit * 2) == false && _worker is { } worker)
        {
            EndTree(worker); // it does not answer, and its end wakes the thread
        }
    }

    private void Run(object? frameBytes)
    {
        try
        {
            using var worker = Process.Start(new ProcessStartInfo(ArchiveWorker.Shell)
            {
                ArgumentList = { ArchiveWorker.Script, $"{frameBytes}" },
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                Environment = { [ArchiveWorker.RunVariable] = runId },
            })!;
            _worker = worker;
            Feed(worker);
            worker.StandardInput.Close();
            if (!worker.WaitForExit(EndLimit))
            {
                EndTree(worker);
            }
        }
        catch (Exception e) when (e is IOException or Win32Exception or InvalidOperationException)
        {
            // no worker: the frames that follow are not archived, and are counted so
        }
        finally
        {
            Take(endsHere: true).Dispose();
        }
    }

    private void Feed(Process worker)
    {
        while (true)
        {
            if (!_waiting.Wait(IdleLimit))
            {
                continue;
            }

            using var frame = Take(endsHere: false);
            if (frame.IsEmpty)
            {
                return;
            }

            worker.StandardInput.BaseStream.Write(frame.Pixels);
            worker.StandardInput.BaseStream.Flush();
            if (worker.StandardOutput.BaseStream.Read(_answer) == 0)
            {
                return;
            }

            Interlocked.Increment(ref _archived);
        }
    }

    private static void EndTree(Process worker)
    {
        try
        {
            worker.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // it has ended by itself
        }
    }

    private FrameLease Take(bool endsHere)
    {
        lock (_gate)
        {
            _ends |= endsHere;
            var frame = _next;
            _next = default;
            return frame;
        }
    }
}
