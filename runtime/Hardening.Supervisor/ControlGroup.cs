using System.Globalization;
using System.Text;
using Hardening.Interop;

namespace Hardening.Supervisor;

/// <summary>A control group (cgroups(7), version 2) for the supervisor and all its descendants, which the kernel ends at once through cgroup.kill (Linux 5.14).</summary>
internal sealed class ControlGroup
{
    private const string Prefix = "hardening-";

    private readonly string _parent;
    private readonly string _kin; // what the names of all groups of this application begin with

    private ControlGroup(string parent, string kin, string name) => (_parent, _kin, Path) = (parent, kin, System.IO.Path.Combine(parent, kin + name));

    public string Path { get; }

    /// <summary>Makes the group, below the one that this process is in. It is not joined yet.</summary>
    /// <returns>Null where that cannot be; <paramref name="why"/> says so.</returns>
    public static ControlGroup? TryCreate(uint application, int processId, ulong start, out string why)
    {
        why = "there is no control group of version 2 for this process";
        if (Find() is not { } parent)
        {
            return null;
        }

        // In another PID namespace, a container's, the same pid is another process: containers may share a hierarchy of groups.
        var group = new ControlGroup(parent, $"{Prefix}{Namespace()}-{application:x}-", string.Create(CultureInfo.InvariantCulture, $"{processId}-{start}"));
        _ = group.TryRemoveDead();
        try
        {
            Directory.CreateDirectory(group.Path);
            if (File.Exists(System.IO.Path.Combine(group.Path, "cgroup.kill")))
            {
                return group;
            }

            why = "this kernel has no cgroup.kill";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = e.Message;
        }

        group.TryRemove();
        return null;
    }

    /// <summary>This process, and whatever it starts from now on, is in the group.</summary>
    public bool TryJoin(out string why) => TryMoveTo(Path, out why);

    /// <summary>For the end: nothing else may be in it any more.</summary>
    public void Leave()
    {
        _ = TryMoveTo(_parent, out _);
        TryRemove();
    }

    public bool TryRemove() => TryRemove(Path);

    /// <summary>Ends everything in the groups of this application's supervisors that were killed, guard and all.</summary>
    public void KillDead()
    {
        foreach (var group in Dead())
        {
            Kill(group);
        }
    }

    /// <summary>Removes these groups.</summary>
    /// <returns>Whether none is there any more.</returns>
    public bool TryRemoveDead()
    {
        var areGone = true;
        foreach (var group in Dead())
        {
            areGone &= TryRemove(group);
        }

        return areGone;
    }

    public static void Kill(string path)
    {
        try
        {
            File.WriteAllText(System.IO.Path.Combine(path, "cgroup.kill"), "1");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone, and all that was in it; or it was given to somebody else, and the sweep ends them one by one.
        }
    }

    /// <returns>Whether it is not there any more. One with processes in it cannot be removed.</returns>
    public static bool TryRemove(string path)
    {
        try
        {
            foreach (var nested in Directory.EnumerateDirectories(path, Prefix + "*"))
            {
                TryRemove(nested); // of a supervisor below this one, ended with it
            }

            Directory.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(path);
        }

        return true;
    }

    private static bool TryMoveTo(string path, out string why)
    {
        try
        {
            File.WriteAllText(System.IO.Path.Combine(path, "cgroup.procs"), "0"); // the writer itself
            why = "";
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = e.Message;
            return false;
        }
    }

    private List<string> Dead()
    {
        List<string> dead = [];
        try
        {
            foreach (var path in Directory.EnumerateDirectories(_parent, _kin + "*"))
            {
                var name = System.IO.Path.GetFileName(path)[_kin.Length..].Split('-');
                if (name.Length == 2 && int.TryParse(name[0], out var processId) && ulong.TryParse(name[1], out var start)
                    && ProcessLook.At(processId) is var look && !(look.IsAlive && look.Start == start))
                {
                    dead.Add(path);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be listed cannot be joined either, and that is told.
        }

        return dead;
    }

    // The number of pid:[4026531836].
    private static string Namespace() => string.Concat(Encoding.ASCII.GetString(ProcFile.ReadLink(Environment.ProcessId, "ns/pid"u8, new byte[64])).Where(char.IsAsciiDigit));

    private static string? Find()
    {
        string? own = null;
        foreach (var line in ProcFile.ReadText("/proc/self/cgroup").Split('\n'))
        {
            own = line.StartsWith("0::/", StringComparison.Ordinal) ? line["0::".Length..] : own;
        }

        foreach (var line in ProcFile.ReadText("/proc/self/mountinfo").Split('\n'))
        {
            var fields = line.Split(' '); // id parent device root mount-point …
            if (own is not null && fields.Length > 5 && line.Contains(" - cgroup2 ", StringComparison.Ordinal))
            {
                var root = fields[3].TrimEnd('/');
                return fields[4] + (own.StartsWith(root, StringComparison.Ordinal) ? own[root.Length..] : own).TrimEnd('/');
            }
        }

        return null;
    }
}
