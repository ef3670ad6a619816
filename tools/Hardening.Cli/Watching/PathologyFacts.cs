using Hardening.Stalls.Classification;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>What a window of samples says of the whole process, per second: all that the rules of chronic states look at.</summary>
internal sealed class PathologyFacts
{
    private const double Nano = 1e-9;

    public PathologyFacts(StallWindow window, string program, ProgramKind kind)
    {
        (Window, Program, Kind) = (window, program, kind);
        Stall = StallFacts.Of(window);
        var rows = Stall.Intervals.SelectMany(interval => interval.Sample.Threads.Select(row => (Row: row, interval.Part, interval.Sample.Sample.IsDeep))).ToArray();
        var seconds = Math.Max(1e-9, Stall.Seen);
        Seconds = Stall.Seen;
        Run = rows.Sum(row => row.Row.RunTime * row.Part) * Nano / seconds;
        Delay = rows.Sum(row => row.Row.RunDelay * row.Part) * Nano / seconds;
        Active = rows.Where(row => row.Row.RunTime > 0).Select(row => row.Row.ThreadId).Distinct().Count();
        Delayed = rows.GroupBy(row => row.Row.ThreadId).Count(thread => thread.Sum(row => row.Row.RunDelay * row.Part) * Nano >= seconds * 0.1);

        // Switches are counted between two deep samples.
        var deep = Stall.Intervals.Where(interval => interval.Sample.Sample.IsDeep).ToArray();
        var counted = deep.Where(interval => interval.Sample.Threads.Any(row => row.VoluntarySwitches + row.InvoluntarySwitches > 0)).Sum(interval => interval.Seconds);
        Switches = counted <= 0 ? 0 : rows.Where(row => row.IsDeep).Sum(row => row.Row.VoluntarySwitches * row.Part) / counted;
        Yields = counted <= 0 ? 0 : rows.Where(row => row.IsDeep).Sum(row => row.Row.InvoluntarySwitches * row.Part) / counted;
        Site = FutexSite.Find([.. deep.Select(interval => interval.Sample)], window, rows.Where(row => row.Row.RunTime > 0).Select(row => row.Row.ThreadId).ToHashSet());
    }

    public StallWindow Window { get; }

    public string Program { get; }

    public ProgramKind Kind { get; }

    public StallFacts Stall { get; }

    public LoadFacts Load => Stall.Load;

    public double Seconds { get; }

    /// <summary>Processors that it used.</summary>
    public double Run { get; }

    /// <summary>Threads that were ready and had no processor, on average.</summary>
    public double Delay { get; }

    /// <summary>Threads that ran.</summary>
    public int Active { get; }

    /// <summary>Threads that waited for a processor for a tenth of the time or more.</summary>
    public int Delayed { get; }

    /// <summary>Waits that threads began, a second.</summary>
    public double Switches { get; }

    /// <summary>Yields and losses of the processor, a second.</summary>
    public double Yields { get; }

    /// <summary>For each second of processor time.</summary>
    public double SwitchesPerSecondOfRun => Run > 0.01 ? Switches / Run : 0;

    /// <inheritdoc cref="SwitchesPerSecondOfRun"/>
    public double YieldsPerSecondOfRun => Run > 0.01 ? Yields / Run : 0;

    public double Processors => Load.Processors;

    public double SystemShare => Load.SystemShare;

    /// <summary>The place that most threads wait at; null when there is none.</summary>
    public FutexSite? Site { get; }

    /// <summary>Such as <c>together they used 1.1 of 2 processors, 38 % of it in the kernel</c>.</summary>
    public string Together => $"together they used {Readable.Number(Run)} of {Readable.Count(Processors, "processor")}, {Readable.Share(SystemShare)} of it in the kernel";
}

/// <summary>The place in memory that most threads wait at.</summary>
/// <param name="Address">Its lowest address.</param>
/// <param name="Waiters">Threads that waited there, on average.</param>
/// <param name="Members">Threads that were seen there.</param>
/// <param name="Turns">Those of them that also ran: whoever only waits there has nothing to do.</param>
/// <param name="Held">The share of the looks at which threads waited there, if it is a lock that a thread was seen to hold; else 0.</param>
internal sealed record FutexSite(ulong Address, double Waiters, int Members, int Turns, double Held)
{
    public static FutexSite? Find(IReadOnlyList<WindowSample> deep, StallWindow window, HashSet<int> running)
    {
        var waiting = deep.SelectMany((sample, i) => sample.Threads.Where(WaitPlaces.IsFutex).Select(row => (Sample: i, row.ThreadId, row.Argument))).ToArray();
        FutexSite? most = null;
        foreach (var site in FutexSites.Group(waiting, row => row.Argument))
        {
            var members = site.Select(row => row.ThreadId).ToHashSet();
            var found = new FutexSite(
                site[0].Argument, (double)site.Count / Math.Max(1, deep.Count), members.Count, members.Count(running.Contains),
                site.Any(row => window.FutexOwners.ContainsKey(row.Argument)) ? (double)site.Where(row => window.FutexOwners.ContainsKey(row.Argument)).Select(row => row.Sample).Distinct().Count() / Math.Max(1, deep.Count) : 0);
            most = most is null || found.Turns > most.Turns || (found.Turns == most.Turns && found.Waiters > most.Waiters) ? found : most;
        }

        return most;
    }
}
