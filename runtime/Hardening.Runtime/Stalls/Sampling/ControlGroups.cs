namespace Hardening.Stalls.Sampling;

/// <summary>Finds the control groups that can hold a process back: its own and those around it, as far as they can be seen from here. Pure.</summary>
internal static class ControlGroups
{
    private const int MaxDepth = 16;

    /// <param name="groups">/proc/…/cgroup.</param>
    /// <param name="mounts">/proc/self/mountinfo.</param>
    /// <returns>The directories, those of the process's own groups first; null where no groups of processors can be seen.</returns>
    public static IReadOnlyList<string>? Find(string groups, string mounts)
    {
        var found = new List<string>();
        var isMounted = false;
        foreach (var line in groups.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(':', 3) is [var number, var controllers, var path] && (number == "0" || controllers.Split(',').Contains("cpu"))
                && FindMount(mounts, isUnified: number == "0") is var (root, point))
            {
                isMounted = true;
                AddUpwards(found, point, Under(root, path));
            }
        }

        return isMounted ? found : null;
    }

    private static (string Root, string Point)? FindMount(string mounts, bool isUnified)
    {
        foreach (var line in mounts.Split('\n'))
        {
            if (line.Split(" - ", 2) is [var place, var what] && place.Split(' ') is [_, _, _, var root, var point, ..]
                && what.Split(' ') is [var type, _, var options, ..] && (isUnified ? type == "cgroup2" : type == "cgroup" && options.Split(',').Contains("cpu")))
            {
                return (root, point.Replace("\\040", " ", StringComparison.Ordinal));
            }
        }

        return null;
    }

    // The path below the mount point: a container sees its own group as the root of all, or is told of it by a path that starts further up than what is mounted there.
    private static string Under(string root, string path) =>
        path.StartsWith("/..", StringComparison.Ordinal) || path == "/" ? ""
        : root == "/" ? path
        : path == root || !path.StartsWith(root + "/", StringComparison.Ordinal) ? ""
        : path[root.Length..];

    private static void AddUpwards(List<string> found, string point, string path)
    {
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            found.Add(point + path);
            if (path.Length == 0)
            {
                return;
            }

            path = path[..path.LastIndexOf('/')];
        }
    }
}
