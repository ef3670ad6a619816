using System.Runtime.InteropServices;

namespace Hardening.Stalls;

/// <summary>Decides which heartbeats stall. It has no thread and no timer, so a test drives it with a clock of its own. A check allocates nothing unless there is something to tell.</summary>
internal sealed class StallDetector(TimeProvider time)
{
    private readonly Lock _gate = new();
    private volatile Heartbeat[] _heartbeats = []; // replaced under the gate, read without it
    private long _lastCheck = time.GetTimestamp();

    public Heartbeat Track(string name, TimeSpan stallAfter, bool isCritical = false)
    {
        var heartbeat = new Heartbeat(this, name, stallAfter, isCritical, time.GetTimestamp());
        lock (_gate)
        {
            _heartbeats = [.. _heartbeats, heartbeat];
        }

        return heartbeat;
    }

    public void Forget(Heartbeat heartbeat)
    {
        lock (_gate)
        {
            _heartbeats = [.. _heartbeats.Where(other => other != heartbeat)];
        }
    }

    /// <summary>Looks at every heartbeat. To be called by one thread.</summary>
    /// <param name="due">How long after the last check this one was to come.</param>
    /// <param name="tell">Gets each stall that began or ended.</param>
    /// <returns>How late this check comes: for that long nothing may have run, so no heartbeat is blamed for it.</returns>
    public TimeSpan Check(TimeSpan due, Action<StallChange> tell)
    {
        var now = time.GetTimestamp();
        var late = time.GetElapsedTime(_lastCheck, now) - due;
        late = late > TimeSpan.Zero ? late : TimeSpan.Zero;
        var lateTicks = (long)(late.TotalSeconds * time.TimestampFrequency);
        foreach (var heartbeat in _heartbeats)
        {
            if (heartbeat.Beats != heartbeat.SeenBeats || heartbeat.IsPaused)
            {
                heartbeat.SeenBeats = heartbeat.Beats;
                if (heartbeat.IsStalled)
                {
                    heartbeat.IsStalled = false;
                    tell(new StallChange(heartbeat.Name, time.GetElapsedTime(heartbeat.LastMove, now), HasEnded: true));
                }

                heartbeat.LastMove = now;
                continue;
            }

            // One tracked since the last check can owe no more silence than it has had.
            heartbeat.LastMove = Math.Min(heartbeat.LastMove + lateTicks, now);
            var silence = time.GetElapsedTime(heartbeat.LastMove, now);
            if (!heartbeat.IsStalled && silence > heartbeat.Limit)
            {
                heartbeat.IsStalled = true;
                tell(new StallChange(heartbeat.Name, silence, HasEnded: false));
            }
        }

        _lastCheck = now;
        return late;
    }
}

/// <summary>A stall that began or ended.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StallChange(string Heartbeat, TimeSpan Silence, bool HasEnded);
