namespace Hardening.Cli.Diagnosis;

/// <summary>All that checks see of a host: its files, and what programs said about it. Paths are absolute. Nothing in here throws for what is not there.</summary>
internal interface IHostFiles
{
    HostFile Read(string path);

    /// <summary>The names in a folder, in order; none where it cannot be listed.</summary>
    IReadOnlyList<string> List(string path);

    /// <summary>Where a symbolic link leads to; null where there is none.</summary>
    string? LinkTarget(string path);

    /// <summary>Whether a file may be written to by this user. Nothing is written.</summary>
    bool CanWrite(string path);

    /// <summary>The size of the file system of a folder and what is free of it; null where that is not known.</summary>
    (long Bytes, long FreeBytes)? Space(string path);

    /// <summary>What a command said, such as <c>ethtool -g eth0</c>.</summary>
    HostFile Output(string command);
}
