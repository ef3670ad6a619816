namespace Hardening.Cli.Watching;

/// <summary>What a watch may do to the process that it watches.</summary>
internal enum WatchDetail
{
    /// <summary>Nothing but /proc is read.</summary>
    None,

    /// <summary>Of .NET: a session with the runtime's own diagnostic port, for waits for locks, pauses and the thread pool.</summary>
    Counters,

    /// <summary>Of .NET: also stacks, for which the process is held still for some tens of milliseconds.</summary>
    Stacks,
}

/// <summary>How a process is watched.</summary>
internal sealed record WatchOptions
{
    /// <summary>A number or a name; null when <see cref="Command"/> is started.</summary>
    public string? Target { get; init; }

    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>How long at most; null: until it ends, or Ctrl+C.</summary>
    public TimeSpan? For { get; init; }

    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan StallAfter { get; init; } = TimeSpan.FromSeconds(1);

    public WatchDetail Detail { get; init; }

    /// <summary>Where reports go; null: nowhere.</summary>
    public string? ReportDirectory { get; init; }

    /// <exception cref="CommandFailedException">They make no sense together.</exception>
    public void Check()
    {
        if (Target is null == (Command.Count == 0))
        {
            throw CommandFailedException.WrongUse(Target is null ? "Say which process to watch: a number, a name, or '-- command' to start one." : $"Watch '{Target}', or start '{Command[0]}' and watch that: not both.");
        }

        Check("--interval", Interval, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(10));
        Check("--stall-after", StallAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        if (For is { } limit)
        {
            Check("--for", limit, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(7));
        }

        if (StallAfter < Interval * 2)
        {
            throw CommandFailedException.WrongUse($"A stall of {Spans.Text(StallAfter)} (--stall-after) cannot be seen with a look each {Spans.Text(Interval)} (--interval): make it two looks at least");
        }

        if (ReportDirectory is { } directory && File.Exists(directory))
        {
            throw CommandFailedException.WrongUse($"--report wants a directory, and '{directory}' is a file");
        }
    }

    private static void Check(string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            throw CommandFailedException.WrongUse($"{name} must be {Spans.Text(least)} to {Spans.Text(most)}, but is {Spans.Text(value)}");
        }
    }
}
