using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hardening.Camera;
using Hardening.Stalls;
using Inspection.Work;
using Microsoft.Extensions.Logging.Abstractions;

namespace Inspection.Legacy;

/// <summary>Gets each inspected frame, under the server's lock.</summary>
/// <param name="camera">The position of the camera.</param>
/// <param name="info">The frame.</param>
/// <param name="report">What was found.</param>
public delegate void LegacyResult(int camera, in FrameInfo info, in DefectReport report);

/// <summary>
/// The camera server as its original was designed, ported in good faith: a thread per camera, a thread per frame, a queue between them, a helper process for
/// the archive, and one lock that keeps it all consistent. Each choice looks reasonable where it stands; the warnings of the build say what is wrong with it.
/// </summary>
/// <param name="cameras">The cameras, which remain the caller's.</param>
/// <param name="onResult">Gets each inspected frame.</param>
/// <param name="runId">Marks the helper processes of this run.</param>
/// <param name="watchdog">All that was added to the original: it is told whenever a capture thread goes on. Null: nobody is told.</param>
public sealed class LegacyInspectionServer(IReadOnlyList<IFrameSource> cameras, LegacyResult onResult, string runId, StallWatchdog? watchdog = null) : IDisposable
{
    private readonly BlockingCollection<CapturedFrame> _queue = new();
    private readonly Dictionary<string, byte[]> _latestFrames = [];
    private readonly Dictionary<string, byte[]> _latestPictures = [];
    private readonly List<FramePool> _pools = [];
    private readonly List<Thread> _captures = [];
    private readonly Meter _meter = new("Inspection.Legacy");
    private readonly CancellationTokenSource _stopping = new();
    private Thread? _dispatcher;
    private volatile bool _givesUp;
    private int _working;
    private long _inspected;
    private int _archiversStarted;
    private long _archived;

    /// <summary>What became of the frames, camera by camera.</summary>
    public IReadOnlyList<LegacyCameraCounters> Cameras { get; } = [.. cameras.Select(camera => new LegacyCameraCounters(camera.Name))];

    /// <summary>How many helper processes were started.</summary>
    public int ArchiversStarted => Volatile.Read(ref _archiversStarted);

    /// <summary>How many frames were archived.</summary>
    public long Archived => Interlocked.Read(ref _archived);

    /// <summary>Opens the cameras and starts the threads.</summary>
    public void Start(CancellationToken cancellationToken)
    {
        var context = new FrameSourceContext(TimeProvider.System, NullLogger.Instance, _meter);
        foreach (var camera in cameras)
        {
            var format = camera.Open(context, cancellationToken);
            var pool = new FramePool(camera.DriverBuffers + 2, format.PayloadBytes);
            _pools.Add(pool);
        }

        foreach (var source in cameras)
        {
            var camera = _captures.Count;
            source.Start(_pools[camera]);
            Cameras[camera].IsStreaming = true;
            _captures.Add(new Thread(() => Capture(camera)) { Name = $"capture {camera}", IsBackground = true });
        }

        _dispatcher = new Thread(Dispatch) { Name = "dispatch", IsBackground = true };
        _dispatcher.Start();
        _captures.ForEach(thread => thread.Start());
    }

    /// <summary>Stops the cameras, works off the queue for a while, and gives up the rest.</summary>
    public void Stop(TimeSpan drain, TimeSpan limit)
    {
        _stopping.Cancel();
        var deadline = Stopwatch.StartNew();
        _captures.ForEach(thread => thread.Join(Left(drain)));
        _queue.CompleteAdding();
        while ((_queue.Count > 0 || Volatile.Read(ref _working) > 0) && deadline.Elapsed < drain + limit)
        {
            _givesUp |= deadline.Elapsed > drain;
            Thread.Sleep(10);
        }

        _dispatcher?.Join(Left(drain + limit));

        TimeSpan Left(TimeSpan until) => until > deadline.Elapsed ? until - deadline.Elapsed : TimeSpan.Zero;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pools.ForEach(pool => pool.Dispose());
        _stopping.Dispose();
        _meter.Dispose();
    }

    private void Capture(int camera)
    {
        var source = cameras[camera];
        using var heartbeat = watchdog?.Track($"capture of {source.Name}");
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                heartbeat?.Beat();
                var read = source.Read(TimeSpan.FromMilliseconds(100), _stopping.Token);
                if (read.Status == FrameReadStatus.EndOfStream)
                {
                    break;
                }

                if (read.Status == FrameReadStatus.Timeout)
                {
                    continue;
                }

                using var lease = read.Lease;
                Cameras[camera].Receive(read.Info.Sequence);
                if (read.Status != FrameReadStatus.Frame || read.Info.Status != FrameStatus.Complete)
                {
                    Cameras[camera].Damage();
                    continue;
                }

                byte[] pixels;
                lock (this)
                {
                    pixels = _latestFrames[source.Name] = lease.Pixels.ToArray();
                }

                _queue.Add(new CapturedFrame(camera, lease.Info, pixels));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException)
        {
            // stopped, while it read or, on a machine that lacks time, after the queue was closed
        }
        catch (FrameSourceException e)
        {
            Cameras[camera].Failure = e.Message;
        }
        finally
        {
            source.Stop();
            Cameras[camera].IsStreaming = false;
        }
    }

    private void Dispatch()
    {
        foreach (var frame in _queue.GetConsumingEnumerable())
        {
            Interlocked.Increment(ref _working);
            var thread = new Thread(() => Inspect(frame)) { IsBackground = true };
            thread.Start();
        }
    }

    private void Inspect(CapturedFrame frame)
    {
        lock (this)
        {
            if (_givesUp)
            {
                Cameras[frame.Camera].DropStopping();
            }
            else
            {
                var inspection = new FrameInspection(frame.Info.Width, frame.Info.Height);
                var report = inspection.Inspect(frame.Pixels, frame.Info.Stride);
                _latestPictures[frame.Info.Camera] = inspection.Picture;
                if (++_inspected % ArchiveWorker.Every == 0)
                {
                    Archive(frame);
                }

                Cameras[frame.Camera].Process();
                onResult(frame.Camera, frame.Info, report);
            }
        }

        Interlocked.Decrement(ref _working);
    }

    private void Archive(CapturedFrame frame)
    {
        lock (this)
        {
            var start = new ProcessStartInfo("timeout") // no archiver may run for longer than a minute
            {
                ArgumentList = { "60", ArchiveWorker.Shell, ArchiveWorker.Script, $"{frame.Pixels.Length}" },
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment[ArchiveWorker.RunVariable] = runId;
            var archiver = Process.Start(start)!;
            _archiversStarted++;
            var answered = new ManualResetEventSlim();
            archiver.OutputDataReceived += (_, answer) =>
            {
                Interlocked.Add(ref _archived, answer.Data is null ? 0 : 1);
                answered.Set();
            };
            archiver.BeginOutputReadLine();
            try
            {
                archiver.StandardInput.BaseStream.Write(frame.Pixels);
                archiver.StandardInput.BaseStream.Flush();
                answered.Wait(TimeSpan.FromSeconds(5));
            }
            catch (IOException)
            {
                // the archiver has gone: this frame is not archived
            }

            archiver.Kill();
            archiver.WaitForExit(1000);
        }
    }
}
