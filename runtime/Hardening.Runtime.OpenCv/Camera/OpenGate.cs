using System.Collections.Concurrent;
using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>
/// Lets one capture of a backend be opened at a time. OpenCV's FFmpeg backend holds a lock of the process while it opens, so others would wait there, without a limit;
/// here they wait with one, and can be told for whom.
/// </summary>
internal sealed class OpenGate
{
    private static readonly ConcurrentDictionary<VideoCaptureAPIs, OpenGate> PerBackend = new();

    private readonly object _gate = new(); // guards the next; waits have limits
    private string? _holder;

    public static OpenGate Of(VideoCaptureAPIs backend) => PerBackend.GetOrAdd(backend, static _ => new OpenGate());

    /// <summary>Who opens now; null when nobody does.</summary>
    public string? Holder
    {
        get
        {
            lock (_gate)
            {
                return _holder;
            }
        }
    }

    /// <summary>Waits for a slice of the time that the caller has.</summary>
    public bool TryEnter(string camera, TimeSpan slice)
    {
        lock (_gate)
        {
            if (_holder is not null)
            {
                Monitor.Wait(_gate, slice);
            }

            if (_holder is not null)
            {
                return false;
            }

            _holder = camera;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _holder = null;
            Monitor.Pulse(_gate);
        }
    }
}
