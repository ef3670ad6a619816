using System.Globalization;

namespace Hardening.Testing;

/// <summary>
/// Looks at processes through /proc alone, and shares nothing with what it checks. A child is found by its working directory: the one thing that it keeps when it
/// leaves its session, its environment, its arguments and its parent.
/// </summary>
public static class ProcessScan
{
    /// <summary>All processes, zombies included. Not of one moment: who comes or goes meanwhile may be missed.</summary>
    public static IReadOnlyList<ScannedProcess> All() => [.. Ids().Select(Find).OfType<ScannedProcess>()];

    /// <summary>The process of this id; null when there is none.</summary>
    public static ScannedProcess? Find(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var name = stat.LastIndexOf(')'); // a name may hold anything
            var fields = stat[(name + 2)..].Split(' ');
            return new ScannedProcess(id, Number(fields[1]), Number(fields[3]), fields[0][0], long.Parse(fields[19], CultureInfo.InvariantCulture), stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..name]);
        }
        catch (IOException)
        {
            return null; // gone meanwhile
        }
    }

    /// <summary>The states of a process's threads, as in proc(5). Those that are gone meanwhile are left out, and so are all of a process that is gone.</summary>
    public static IReadOnlyList<char> ThreadStates(int id)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{id}/task").Select(StateOf).Where(state => state != '\0')];
        }
        catch (IOException)
        {
            return []; // gone
        }
    }

    /// <summary>Who works in this directory or below it, alive in whatever state. Zombies work nowhere.</summary>
    public static IReadOnlyList<ScannedProcess> In(string directory) => [.. Ids().Where(id => IsBelow(directory, id)).Select(Find).OfType<ScannedProcess>()];

    /// <summary>How many live in each of the directories below this one; those with none are left out.</summary>
    public static IReadOnlyDictionary<string, int> CountByDirectory(string folder) =>
        Ids().Select(WorkingDirectory).OfType<string>().Where(directory => directory.StartsWith(folder + "/", StringComparison.Ordinal))
            .CountBy(directory => directory[(folder.Length + 1)..].Split('/', ' ')[0])
            .ToDictionary();

    /// <summary>Children, their children, and so on, as their parents are now.</summary>
    public static IReadOnlyList<ScannedProcess> DescendantsOf(int id)
    {
        var children = All().ToLookup(process => process.Parent);
        var found = children[id].ToList();
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(children[found[i].Id]);
        }

        return found;
    }

    /// <summary>Ended children that their parent has not reaped.</summary>
    public static IReadOnlyList<ScannedProcess> ZombiesOf(params IEnumerable<int> parents) => [.. All().Where(process => process.State == 'Z' && parents.Contains(process.Parent))];

    /// <summary>The directory that it works in; null when it is a zombie or gone.</summary>
    public static string? WorkingDirectory(int id)
    {
        try
        {
            return new FileInfo($"/proc/{id}/cwd").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsBelow(string directory, int id) =>
        WorkingDirectory(id) is { } actual && actual.StartsWith(directory, StringComparison.Ordinal) && (actual.Length == directory.Length || actual[directory.Length] is '/' or ' ');

    private static IEnumerable<int> Ids() =>
        Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(path.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0);

    private static char StateOf(string task)
    {
        try
        {
            var stat = File.ReadAllText(task + "/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return '\0'; // gone meanwhile
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A process as it was when it was looked at.</summary>
/// <param name="Id">Its id, which the system gives again to another.</param>
/// <param name="Parent">Who would reap it.</param>
/// <param name="Session">The leader of its session.</param>
/// <param name="State">As in proc(5): R, S, D, T (stopped), Z (zombie).</param>
/// <param name="StartTime">In clock ticks since boot: with the id it means one process and no other.</param>
/// <param name="Name">The first 15 characters of its program's name.</param>
public sealed record ScannedProcess(int Id, int Parent, int Session, char State, long StartTime, string Name)
{
    /// <summary>It is still there, and not as a zombie.</summary>
    public bool IsAlive => ProcessScan.Find(Id) is { State: not ('Z' or 'X') } now && now.StartTime == StartTime;
}
