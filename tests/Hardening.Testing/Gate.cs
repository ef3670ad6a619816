using System.Collections.Concurrent;
using Hardening.Camera;

namespace Hardening.Testing;

/// <summary>Work on frames that does not go on until a test lets it.</summary>
/// <param name="holds">The frames that are held, by camera and number. Default: all.</param>
public sealed class Gate(Func<string, long, bool>? holds = null) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim _isOpen = new(); // never disposed: what hangs may still be in it
    private readonly ConcurrentQueue<(string Camera, long Sequence)> _entered = new();

    /// <summary>The frames that have come, in their order.</summary>
    public IReadOnlyCollection<(string Camera, long Sequence)> Entered => _entered;

    /// <summary>Waits for the gate, or until it is asked to stop.</summary>
    public void Obey(in Frame frame, CancellationToken stop) => Pass(frame, stop);

    /// <summary>Waits for the gate, whatever it is asked.</summary>
    public void Ignore(in Frame frame, CancellationToken stop) => Pass(frame, CancellationToken.None);

    public void Open() => _isOpen.Set();

    public void Dispose() => Open();

    public Task EnteredAsync(int frames, CancellationToken timeout) => Eventually.HoldsAsync(() => _entered.Count >= frames, $"{frames} frames have come to the gate", timeout);

    private void Pass(in Frame frame, CancellationToken stop)
    {
        _entered.Enqueue((frame.Info.Camera, frame.Info.Sequence));
        if (holds is null || holds(frame.Info.Camera, frame.Info.Sequence))
        {
            _isOpen.Wait(Limit, stop);
        }
    }
}
