using Microsoft.Extensions.Options;

namespace Hardening.Stalls;

/// <summary>What is done about stalls, by cause.</summary>
public sealed class StallPolicy
{
    internal readonly List<StallCallback> Callbacks = []; // a field: configuration binds properties

    /// <summary>What is done about a cause that <see cref="Causes"/> does not name. It may not end the process.</summary>
    public StallRule Default { get; set; } = new();

    /// <summary>What is done about single causes. None may end the process for a cause that is outside of it: throttling, a stopped process, the load of others.</summary>
    public IDictionary<StallCause, StallRule> Causes { get; } = new Dictionary<StallCause, StallRule>();

    /// <summary>How long a function of <see cref="OnStall"/> may take. One that takes longer is left behind and counted, and the next ones are called. 10 ms to 1 min; default 5 s.</summary>
    public TimeSpan CallbackTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>For how long after a stall the health check tells that the application is degraded. 0 to 24 h; default 5 min.</summary>
    public TimeSpan DegradedFor { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What a dump holds (<see cref="StallActions.Dump"/>). Default <see cref="StallDump.Triage"/>.</summary>
    public StallDump Dump { get; set; }

    /// <summary>How many dumps are kept beside the reports; the oldest go first. 1 to 100; default 3.</summary>
    public int MaxDumps { get; set; } = 3;

    /// <summary>How long a dump may take; then the process ends without. 1 s to 10 min; default 1 min.</summary>
    public TimeSpan DumpTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Calls a function when a stall of one of the causes is detected, or turns out to have it, and again when it is over (<see cref="StallReport.HasEnded"/>): on a thread of the watchdog's, one function
    /// after the other. One that throws or hangs is counted, and keeps nobody else from being called. To be called before the watchdog is made.
    /// </summary>
    /// <param name="callback">The function, such as one that takes less work until the stall is over.</param>
    /// <param name="causes">For which causes; none: for all.</param>
    public void OnStall(Action<StallReport> callback, params StallCause[] causes)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ArgumentNullException.ThrowIfNull(causes);
        Callbacks.Add(new StallCallback(callback, [.. causes]));
    }

    internal StallRule For(StallCause cause) => Causes.TryGetValue(cause, out var rule) ? rule : Default;

    internal void Check(string name, ValidateOptionsResultBuilder result)
    {
        Default.Check($"{name}.{nameof(Default)}", cause: null, result);
        foreach (var (cause, rule) in Causes)
        {
            rule.Check($"{name}.{nameof(Causes)}.{cause}", cause, result);
        }

        Range(nameof(CallbackTimeout), CallbackTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Range(nameof(DegradedFor), DegradedFor, TimeSpan.Zero, TimeSpan.FromHours(24));
        Range(nameof(DumpTimeout), DumpTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        if (MaxDumps is < 1 or > 100)
        {
            result.AddError($"must be 1 to 100, but is {MaxDumps}.", $"{name}.{nameof(MaxDumps)}");
        }

        if (!Enum.IsDefined(Dump))
        {
            result.AddError($"is no kind of dump: {Dump}.", $"{name}.{nameof(Dump)}");
        }

        void Range(string option, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                result.AddError($"must be {least} to {most}, but is {value}.", $"{name}.{option}");
            }
        }
    }
}

/// <summary>A function that is called for stalls.</summary>
internal sealed record StallCallback(Action<StallReport> Call, HashSet<StallCause> Causes)
{
    public bool IsFor(StallCause cause) => Causes.Count == 0 || Causes.Contains(cause);
}

/// <summary>What a dump holds: the kinds that the runtime can write.</summary>
public enum StallDump
{
    /// <summary>The stacks of all threads, without what is private in paths: a few MB, about a second.</summary>
    Triage,

    /// <summary>The stacks of all threads and what they point to: some MB, about a second.</summary>
    Stacks,

    /// <summary>The heap too: as large as the process's memory.</summary>
    Heap,

    /// <summary>All memory: larger than the process's memory.</summary>
    Full,
}
