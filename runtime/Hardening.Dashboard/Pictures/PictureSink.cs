using System.Collections.Concurrent;
using Hardening.Camera;

namespace Hardening.Dashboard.Pictures;

/// <summary>
/// Takes frames for small pictures, when somebody asks for pictures. Then it holds one frame of a camera for the moment that a picture takes; else a frame costs it one look at a number.
/// </summary>
internal sealed class PictureSink(PictureBudget budget, DashboardMetrics metrics, PictureLog log) : IFrameSink, IDisposable
{
    private readonly ConcurrentDictionary<string, PictureSlot?> _slots = new(StringComparer.Ordinal); // null: no picture for this camera
    private int _wanted;
    private int _isClosed;

    /// <inheritdoc/>
    public string Name => "dashboard";

    /// <inheritdoc/>
    public int HeldFrames => 1;

    /// <summary>The clock of the pipeline.</summary>
    public TimeProvider Time { get; private set; } = TimeProvider.System;

    public void Open(FrameSinkContext context) => Time = context.Time;

    /// <inheritdoc/>
    public void Consume(in Frame frame, CancellationToken stop)
    {
        var wanted = Volatile.Read(ref _wanted);
        if (wanted == 0)
        {
            return;
        }

        if (!_slots.TryGetValue(frame.Info.Camera, out var slot))
        {
            slot = _slots[frame.Info.Camera] = PictureSize.Supports(frame.Info.PixelFormat) && budget.TryTake() ? new PictureSlot(this) : null; // a camera's frames come one after another
        }

        slot?.Offer(frame, wanted);
    }

    /// <summary>Somebody would like to see new pictures.</summary>
    public void Ask()
    {
        if (Interlocked.Increment(ref _wanted) == 0)
        {
            Interlocked.Increment(ref _wanted); // once in four billion: 0 says that nobody asked
        }
    }

    /// <summary>Whether there are pictures of a camera, or would be if somebody asked.</summary>
    public bool Shows(string camera, PixelFormat? format) => Find(camera) is not null || (!_slots.ContainsKey(camera) && budget.HasRoom && (format is not { } known || PictureSize.Supports(known)));

    public PictureSlot? Find(string camera) => _slots.GetValueOrDefault(camera);

    public void Made() => metrics.PictureMade();

    public void Failed(string camera, Exception failure)
    {
        metrics.PictureFailed();
        log.Failed(failure, camera);
    }

    /// <summary>Gives frames back. Called by the pipeline after its last frame.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            foreach (var slot in _slots.Values.OfType<PictureSlot>())
            {
                slot.Close();
                budget.GiveBack();
            }
        }
    }
}
