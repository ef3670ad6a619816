using System.Collections.Concurrent;

namespace Hardening.Stalls;

/// <summary>What an activity is doing, until it is disposed: by the thread that entered it.</summary>
public readonly ref struct HeartbeatScope
{
    private readonly Heartbeat _heartbeat;
    private readonly HeartbeatLabel? _outer;
    private readonly long _outerLimit;

    internal HeartbeatScope(Heartbeat heartbeat, HeartbeatLabel? outer, long outerLimit) => (_heartbeat, _outer, _outerLimit) = (heartbeat, outer, outerLimit);

    /// <summary>Ends what the activity did, and beats.</summary>
    public void Dispose() => _heartbeat?.Leave(_outer, _outerLimit);
}

/// <summary>A label and those around it. There is one of each path, for they come again and again.</summary>
internal sealed class HeartbeatLabel
{
    private const int MaxInner = 1000; // labels with data in them are a mistake that costs names, not memory
    private static readonly HeartbeatLabel s_root = new("");

    private readonly ConcurrentDictionary<string, HeartbeatLabel> _inner = new(StringComparer.Ordinal);

    private HeartbeatLabel(string path) => Path = path;

    /// <summary>From the outermost in: <c>cycle/save</c>.</summary>
    public string Path { get; }

    public static HeartbeatLabel Under(HeartbeatLabel? outer, string label)
    {
        var parent = outer ?? s_root;
        if (parent._inner.TryGetValue(label, out var known))
        {
            return known;
        }

        var made = new HeartbeatLabel(outer is null ? label : $"{outer.Path}/{label}");
        return parent._inner.Count < MaxInner ? parent._inner.GetOrAdd(label, made) : made;
    }
}
