namespace Hardening.Cli.Watching;

/// <summary>A process that can be watched, known by number and start: numbers are used again.</summary>
internal sealed record WatchTarget
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required long StartTicks { get; init; }

    public required string CommandLine { get; init; }

    /// <summary>The user that it runs as; null when that is not known.</summary>
    public int? User { get; init; }

    /// <summary>What kind of program it is.</summary>
    public required ProgramKind Kind { get; init; }

    /// <summary>What this user may not read of it, and what to do about that.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
}
