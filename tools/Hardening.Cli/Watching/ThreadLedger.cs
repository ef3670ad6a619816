using Hardening.Stalls.Classification;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>What a thread used in all.</summary>
internal sealed class ThreadEntry(int id)
{
    public int Id => id;

    public string Name { get; set; } = "";

    public long RunTime { get; set; }

    public long RunDelay { get; set; }

    public long UserTicks { get; set; }

    public long SystemTicks { get; set; }

    public long Switches { get; set; }

    /// <summary>As it was last seen.</summary>
    public ThreadSample Last { get; set; }
}

/// <summary>Adds up what was measured, from the first sample on.</summary>
internal sealed class ThreadLedger
{
    private const int MaxThreads = 20_000; // some programs make one for each request
    private const int FewNew = 2; // a thread is read from the look after the one that saw it on

    private readonly Dictionary<int, ThreadEntry> _threads = [];

    public int Samples { get; private set; }

    public double Seconds { get; private set; }

    public double UserSeconds { get; private set; }

    public double SystemSeconds { get; private set; }

    public double DelaySeconds { get; private set; }

    public double ChildrenSeconds { get; private set; }

    public long MinorFaults { get; private set; }

    public long MajorFaults { get; private set; }

    public long Switches { get; private set; }

    public int MostThreads { get; private set; }

    public int MostChildren { get; private set; }

    /// <summary>Threads or rows that could not be read at one sample, at most.</summary>
    public int MostOmitted { get; private set; }

    /// <summary>Those that used most come first.</summary>
    public IEnumerable<ThreadEntry> Threads => _threads.Values.OrderByDescending(thread => thread.RunTime + thread.RunDelay).ThenBy(thread => thread.Id);

    /// <summary>Samples at which some could not.</summary>
    public int Incomplete { get; private set; }

    /// <summary>Notes names, which may have changed.</summary>
    public void Name(IReadOnlyDictionary<int, string> names)
    {
        foreach (var (id, name) in names)
        {
            if (_threads.TryGetValue(id, out var entry))
            {
                entry.Name = TargetFinder.Plain(name);
            }
        }
    }

    public void Add(WindowSample sample)
    {
        var process = sample.Sample.Process;
        Samples++;
        Seconds += sample.Sample.Interval * 1e-9;
        UserSeconds += process.UserTicks * 0.01;
        SystemSeconds += process.SystemTicks * 0.01;
        DelaySeconds += process.RunDelay * 1e-9;
        ChildrenSeconds += (process.ChildrenTicks + process.EndedChildrenTicks) * 0.01;
        MinorFaults += process.MinorFaults;
        MajorFaults += process.MajorFaults;
        MostThreads = Math.Max(MostThreads, process.Threads);
        MostChildren = Math.Max(MostChildren, process.Children);
        Incomplete += process.Omitted > Math.Max(FewNew, process.Threads / 20) ? 1 : 0;
        MostOmitted = Math.Max(MostOmitted, process.Omitted);
        if (_threads.Count > MaxThreads)
        {
            foreach (var least in _threads.Values.OrderBy(thread => thread.RunTime).Take(MaxThreads / 2).ToList())
            {
                _threads.Remove(least.Id);
            }
        }

        foreach (var row in sample.Threads)
        {
            if (!_threads.TryGetValue(row.ThreadId, out var entry))
            {
                _threads.Add(row.ThreadId, entry = new ThreadEntry(row.ThreadId));
            }

            entry.RunTime += row.RunTime;
            entry.RunDelay += row.RunDelay;
            entry.UserTicks += row.UserTicks;
            entry.SystemTicks += row.SystemTicks;
            entry.Switches += row.VoluntarySwitches + row.InvoluntarySwitches;
            Switches += row.VoluntarySwitches + row.InvoluntarySwitches;
            entry.Last = row;
        }
    }

    /// <summary>The system call, with the wait channel.</summary>
    public static string Waits(in ThreadSample row, IReadOnlyList<string> channels) =>
        (WaitPlaces.Call(row), row.WaitChannel > 0 && row.WaitChannel <= channels.Count ? channels[row.WaitChannel - 1] : "") switch
        {
            (null, var channel) => channel,
            (var call, "") => call,
            var (call, channel) => $"{call} ({channel})",
        };
}
