namespace Hardening.Cli.Diagnosis;

/// <summary>A running process that was named with <c>--pid</c>: what it has loaded, its environment, its threads.</summary>
internal sealed class ProcessLook
{
    private readonly Host _host;
    private readonly Dictionary<string, string> _environment = new(StringComparer.OrdinalIgnoreCase); // .NET reads its own without regard to case

    /// <exception cref="CannotTellException">No process was named, or it may not be looked at.</exception>
    public ProcessLook(Host host)
    {
        _host = host;
        if (host.Scope.ProcessId is null)
        {
            throw new CannotTellException("name a running process with --pid");
        }

        foreach (var entry in host.Text(host.Process + "/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.IndexOf('=', StringComparison.Ordinal) is > 0 and var end)
            {
                _environment.TryAdd(entry[..end], entry[(end + 1)..]);
            }
        }
    }

    public bool IsDotnet => HasLoaded("/libcoreclr.so");

    /// <summary>Its threads' names.</summary>
    public IReadOnlyList<string> Threads => [.. from id in _host.Files.List(_host.Process + "/task")
                                                let name = _host.TryText($"{_host.Process}/task/{id}/comm")
                                                where name is not null
                                                select name];

    /// <summary>How many threads there are.</summary>
    public int ThreadCount => _host.Files.List(_host.Process + "/task").Count;

    public string? Variable(string name) => _environment.GetValueOrDefault(name);

    /// <summary>A setting of .NET from the environment, under its new name or its old one.</summary>
    public string? Setting(string name) => Variable("DOTNET_" + name) ?? Variable("COMPlus_" + name);

    /// <summary>Such a setting that is a number, which .NET reads as hexadecimal.</summary>
    public long? NumericSetting(string name) => Setting(name) is { } text
        && long.TryParse(text.Replace("0x", "", StringComparison.OrdinalIgnoreCase), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    public bool HasLoaded(string part) => _host.Text(_host.Process + "/maps").Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="CannotTellException">It is not.</exception>
    public ProcessLook Dotnet() => IsDotnet ? this : throw new CannotTellException("the process is not one of .NET, or has it in one file with itself");
}
