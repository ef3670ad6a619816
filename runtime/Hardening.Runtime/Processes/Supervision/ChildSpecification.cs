namespace Hardening.Processes.Supervision;

/// <summary>What the supervisor is asked to start. Everything is resolved and checked before: it only executes.</summary>
internal sealed record ChildSpecification
{
    /// <summary>The absolute path of the executable.</summary>
    public required string Path { get; init; }

    /// <summary>All arguments, the name of the program first (argv[0]).</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, as <c>NAME=value</c>.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>An absolute path.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The time between SIGTERM and SIGKILL where the supervisor ends the tree by itself: the root has exited, or the application is gone.</summary>
    public required TimeSpan GracePeriod { get; init; }

    public ProcessLimits? Limits { get; init; }

    /// <summary>Descendants may go on after the root has exited, until the tree is stopped or the application is gone.</summary>
    public bool KeepsDescendants { get; init; }
}
