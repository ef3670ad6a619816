namespace DeployService.CommandLine;

/// <summary>Which server.</summary>
internal enum ServerKind
{
    Legacy,
    Hardened,
}

/// <summary>What the command line asks for, checked.</summary>
internal abstract record DeployOptions;

/// <summary>Asks for the service alone.</summary>
internal sealed record ServeOptions : DeployOptions
{
    public required ServerKind Server { get; init; }

    /// <summary>The port on the loopback address; 0: one that is free.</summary>
    public int Port { get; init; } = 5080;

    /// <summary>How many deployments run at once (hardened).</summary>
    public int Places { get; init; } = 8;

    /// <summary>How many wait for a place (hardened).</summary>
    public int Queue { get; init; } = 8;

    /// <summary>How long a deployment may take, with the wait for its place.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long requests that are under way at SIGTERM may still take; then their connections are closed, which ends their deployments.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one waits for a place before it is turned away: short enough to leave it time to run.</summary>
    public TimeSpan MaxWait => Deadline / 2;
}

/// <summary>Asks for a service under load, its restarts, and the figures.</summary>
internal sealed record DriveOptions : DeployOptions
{
    /// <summary>The servers to drive, in this order.</summary>
    public required IReadOnlyList<ServerKind> Servers { get; init; }

    public required int Requests { get; init; }

    /// <summary>How many clients there are: each has one request under way.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Chooses which clients leave, and when.</summary>
    public required int Seed { get; init; }

    /// <summary>How many processes of deployments may be there at once before the load is ended.</summary>
    public required int MaxProcesses { get; init; }

    /// <summary>A file for the figures.</summary>
    public required string? JsonPath { get; init; }
}
