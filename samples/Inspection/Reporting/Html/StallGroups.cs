namespace Inspection.Reporting.Html;

/// <summary>Causes of stalls in five groups, each with a colour.</summary>
internal static class StallGroups
{
    /// <summary>The groups: their class, and what they are called.</summary>
    public static IReadOnlyList<(string Class, string Name)> All { get; } =
        [("locks", "waited for a lock"), ("memory", "memory or garbage collection"), ("processor", "no processor, or too much work"), ("waiting", "waited for something else"), ("unknown", "not known")];

    /// <summary>The class of a cause, by its name in reports.</summary>
    public static string Of(string cause) => cause switch
    {
        "LockContention" or "NativeLockContention" or "Deadlock" => "locks",
        "GarbageCollection" or "GarbageCollectionSuspension" or "MemoryStorm" => "memory",
        "ForeignLoad" or "Oversubscription" or "Throttling" or "SpinStorm" or "KernelStorm" or "BusyActivity" or "ProcessStopped" => "processor",
        "Unknown" => "unknown",
        _ => "waiting",
    };
}
