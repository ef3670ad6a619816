using Hardening.Cli.Diagnosis;
using Hardening.Testing;

namespace Hardening.Cli.Tests.Diagnosis;

/// <summary>A host whose files were recorded, with some of them changed.</summary>
internal sealed class RecordedHost : IHostFiles
{
    private readonly RootedFiles _recorded = new(Path.Combine(Baseline.RepositoryRoot, "tests", "Hardening.Cli.Tests", "Diagnosis", "Hosts", "virtual-machine"));
    private readonly Dictionary<string, HostFile> _changed = [];
    private readonly Dictionary<string, string> _earlier = [];
    private readonly Dictionary<string, string> _outputs = [];
    private readonly Dictionary<string, string> _links = [];
    private readonly Dictionary<string, (long, long)> _spaces = [];
    private readonly HashSet<string> _writable = [];

    public DoctorScope Scope { get; init; } = new();

    public RecordedHost With(string path, string text) => Changed(path, HostFile.Of(text));

    public RecordedHost Without(string path) => Changed(path, HostFile.Unread($"{path} is not there"));

    /// <summary>What a counter's file said at the first look.</summary>
    public RecordedHost Earlier(string path, string text)
    {
        _earlier[path] = text;
        return this;
    }

    public RecordedHost Says(string command, string output)
    {
        _outputs[command] = output;
        return this;
    }

    public RecordedHost Links(string path, string target)
    {
        _links[path] = target;
        return With(path, "");
    }

    public RecordedHost HasSpace(string path, long bytes, long free)
    {
        _spaces[path] = (bytes, free);
        return this;
    }

    public RecordedHost LetsWrite(string path)
    {
        _writable.Add(path);
        return this;
    }

    /// <summary>What one check says about this host.</summary>
    public IReadOnlyList<Examined> Ask(string check) =>
        Doctor.Examine(new Host(this, _earlier, Scope), Doctor.Checks.Where(known => known.Name == check));

    public IReadOnlyList<Examined> AskAll() => Doctor.Examine(new Host(this, _earlier, Scope), Doctor.Checks);

    public HostFile Read(string path) => _changed.TryGetValue(path, out var file) ? file : _recorded.Read(path);

    public IReadOnlyList<string> List(string path)
    {
        var added = _changed.Where(file => file.Value.Text is not null && file.Key.StartsWith(path + "/", StringComparison.Ordinal)).Select(file => file.Key[(path.Length + 1)..].Split('/')[0]);
        return [.. _recorded.List(path).Concat(added).Distinct().Order(StringComparer.Ordinal)];
    }

    public string? LinkTarget(string path) => _links.GetValueOrDefault(path);

    public bool CanWrite(string path) => _writable.Contains(path);

    public (long Bytes, long FreeBytes)? Space(string path) => _spaces.TryGetValue(path, out var space) ? space : null;

    public HostFile Output(string command) => _outputs.TryGetValue(command, out var output) ? HostFile.Of(output) : HostFile.Unread("the program ethtool is not installed");

    private RecordedHost Changed(string path, HostFile file)
    {
        _changed[path] = file;
        return this;
    }
}
