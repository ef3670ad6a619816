namespace Hardening.Camera;

/// <summary>
/// What a stage found out about a frame, for later stages and sinks of the same pipeline: one value per buffer of the pool, kept for as long as the frame is in flight.
/// Holds values without allocating once each buffer was used.
/// </summary>
/// <example><code>
/// var defects = new FrameResult&lt;DefectReport&gt;();
/// pipeline.Stage("inspect", (in frame, _) => defects.Set(frame, Inspect(frame.Pixels)))
///         .To("tally", (in frame, _) => tally.Add(defects.Get(frame)));
/// </code></example>
/// <typeparam name="T">The value.</typeparam>
public sealed class FrameResult<T>
{
    private readonly Lock _gate = new();
    private volatile Table? _table;

    /// <summary>Sets the value of this frame.</summary>
    /// <exception cref="InvalidOperationException">The frame is of another pipeline than those before.</exception>
    public void Set(in Frame frame, T value) => TableOf(frame.Pool).Slots[frame.Handle.Slot] = new(frame.Handle.Generation, value);

    /// <summary>The value of this frame.</summary>
    /// <exception cref="InvalidOperationException">No stage has set it.</exception>
    public T Get(in Frame frame) =>
        TryGet(frame, out var value) ? value : throw new InvalidOperationException($"No stage before this one has set the {typeof(T).Name} of frame {frame.Info.Sequence} of camera '{frame.Info.Camera}'.");

    /// <summary>The value of this frame, if a stage has set it.</summary>
    public bool TryGet(in Frame frame, out T value)
    {
        ref readonly var entry = ref TableOf(frame.Pool).Slots[frame.Handle.Slot];
        value = entry.Value;
        return entry.Generation == frame.Handle.Generation;
    }

    private Table TableOf(FramePool pool)
    {
        if (_table is not { } table)
        {
            lock (_gate)
            {
                table = _table ??= new Table(pool, new Entry[pool.Slots]);
            }
        }

        return table.Pool == pool ? table : throw new InvalidOperationException($"One FrameResult<{typeof(T).Name}> serves one pipeline: make another for this one.");
    }

    private sealed record Table(FramePool Pool, Entry[] Slots);

    private readonly record struct Entry(uint Generation, T Value);
}
