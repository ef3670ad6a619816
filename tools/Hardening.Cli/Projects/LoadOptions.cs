namespace Hardening.Cli.Projects;

/// <summary>How code is loaded.</summary>
internal sealed record LoadOptions
{
    /// <summary>Nothing is built: all files are bound loosely. Default false.</summary>
    public bool IsLoose { get; init; }

    /// <summary>The configuration that is built; null for the one that <c>dotnet build</c> takes.</summary>
    public string? Configuration { get; init; }

    /// <summary>Properties that the build is given, such as <c>TargetFrameworks=net10.0</c>.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];

    /// <summary>How long the build may take, with its restore. Default 30 min.</summary>
    public TimeSpan BuildLimit { get; init; } = TimeSpan.FromMinutes(30);
}
