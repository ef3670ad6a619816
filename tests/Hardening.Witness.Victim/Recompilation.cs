using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Hardening.Witness.Victim;

/// <summary>Hears from the runtime which methods it has compiled a second time, optimised, since they are called often.</summary>
internal sealed class Recompilation : EventListener
{
    private const EventKeywords Compiler = (EventKeywords)0x10;
    private const int TierShift = 7; // of MethodFlags
    private const int TierMask = 7;
    private const int OptimizedTier1 = 4;

    private readonly ConcurrentDictionary<string, bool> _missing;

    public Recompilation(params string[] methods)
    {
        _missing = new(methods.Select(method => KeyValuePair.Create(method, true)));
        EnableEvents(EventSource.GetSources().Single(source => source.Name == "Microsoft-Windows-DotNETRuntime"), EventLevel.Verbose, Compiler);
    }

    public bool IsDone => _missing.IsEmpty;

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.PayloadNames?.IndexOf("MethodFlags") is { } flags and >= 0 && eventData.PayloadNames.IndexOf("MethodName") is var name and >= 0
            && (((uint)eventData.Payload![flags]! >> TierShift) & TierMask) == OptimizedTier1)
        {
            _missing.TryRemove((string)eventData.Payload[name]!, out _);
        }
    }
}
