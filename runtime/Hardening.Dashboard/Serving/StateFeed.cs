using System.Text.Json;
using Hardening.Dashboard.State;

namespace Hardening.Dashboard.Serving;

/// <summary>The state as bytes, read and written once for all who want it at about the same time.</summary>
internal sealed class StateFeed(Func<DashboardState> read, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task<StateText>? _reading;
    private long _startedAt;

    /// <summary>The state, no older than this; one that is being read will do.</summary>
    public Task<StateText> GetAsync(TimeSpan maxAge)
    {
        lock (_gate)
        {
            if (_reading is null or { IsFaulted: true } or { IsCanceled: true } || (_reading.IsCompleted && time.GetElapsedTime(_startedAt) > maxAge))
            {
                _startedAt = time.GetTimestamp();
                _reading = Task.Run(() => new StateText(JsonSerializer.SerializeToUtf8Bytes(read(), DashboardJson.Default.DashboardState)));
            }

            return _reading;
        }
    }
}

/// <summary>A state as JSON, and as a server-sent event. Shared by all who write it: nobody changes it.</summary>
internal sealed class StateText(byte[] json)
{
    public ReadOnlyMemory<byte> Json => json;

    public ReadOnlyMemory<byte> Event { get; } = ServerSentEvent.Format("state", json);
}
