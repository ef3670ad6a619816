namespace Hardening.Cli.Diagnosis;

/// <summary>The control groups that a process is in (cgroups(7)), of either version.</summary>
internal sealed class ControlGroups
{
    private readonly Host _host;
    private readonly List<(string Controllers, string Group)> _groups; // "" is version 2
    private readonly List<(string Type, string Options, string Root, string Point)> _mounts;

    /// <exception cref="CannotTellException">What groups there are cannot be read.</exception>
    public ControlGroups(Host host)
    {
        _host = host;
        _groups = [.. from line in host.Text(host.Process + "/cgroup").Split('\n')
                      let fields = line.Split(':', 3)
                      where fields.Length == 3
                      select (fields[1], fields[2])];
        _mounts = [.. from line in host.Text("/proc/self/mountinfo").Split('\n')
                      let sides = line.Split(" - ", 2)
                      where sides.Length == 2 && sides[1].StartsWith("cgroup", StringComparison.Ordinal)
                      let place = sides[0].Split(' ')
                      let kind = sides[1].Split(' ')
                      where place.Length > 4 && kind.Length > 2
                      select (kind[0], kind[^1], place[3], place[4])];
    }

    /// <summary>The folder of the process's group of version 2; null where there is none.</summary>
    public string? Unified => Folder("cgroup2", "");

    /// <summary>Whether a controller is one of version 2.</summary>
    public bool IsUnified(string controller) => _groups.All(group => !group.Controllers.Split(',').Contains(controller));

    /// <summary>The least of a limit from the process's group up to the topmost one that can be seen, and the folder that sets it.</summary>
    /// <param name="controller">Such as <c>memory</c>.</param>
    /// <param name="unified">The file in version 2.</param>
    /// <param name="legacy">The file in version 1.</param>
    /// <param name="read">The limit that a file says; null for none.</param>
    public (double Value, string Folder)? Least(string controller, string unified, string legacy, Func<string, string, double?> read)
    {
        (double, string)? least = null;
        var isUnified = IsUnified(controller);
        foreach (var folder in Levels(isUnified ? Folder("cgroup2", "") : Folder("cgroup", controller)))
        {
            if (_host.TryText($"{folder}/{(isUnified ? unified : legacy)}") is { } text && read(text, folder) is { } value && (least is not { } known || value < known.Item1))
            {
                least = (value, folder);
            }
        }

        return least;
    }

    /// <summary>The folder of the process's group for a controller, of whichever version.</summary>
    public string? FolderOf(string controller) => IsUnified(controller) ? Unified : Folder("cgroup", controller);

    /// <summary>How many processors' worth of time the process's group may take; null where nothing bounds it.</summary>
    public double? Quota() => Least("cpu", "cpu.max", "cpu.cfs_quota_us", (text, folder) =>
    {
        var fields = text.Split(' ');
        var period = fields.Length > 1 ? Host.AsNumber(fields[1]) : _host.TryNumber(folder + "/cpu.cfs_period_us");
        return Host.AsNumber(fields[0]) is > 0 and var quota && period is > 0 ? (double)quota / period : null;
    })?.Value;

    private string? Folder(string type, string controller)
    {
        foreach (var (_, group) in _groups.Where(group => controller.Length == 0 ? group.Controllers.Length == 0 : group.Controllers.Split(',').Contains(controller)))
        {
            foreach (var (_, _, root, point) in _mounts.Where(mount => mount.Type == type && (controller.Length == 0 || mount.Options.Split(',').Contains(controller))))
            {
                var below = root.TrimEnd('/');
                return point + (group.StartsWith(below, StringComparison.Ordinal) ? group[below.Length..] : group).TrimEnd('/');
            }
        }

        return null;
    }

    private IEnumerable<string> Levels(string? folder)
    {
        for (; folder is { Length: > 1 } && _mounts.Any(mount => folder.StartsWith(mount.Point, StringComparison.Ordinal)); folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }
}
