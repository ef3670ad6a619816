using System.Globalization;

namespace Hardening.Cli.Watching;

/// <summary>Finds the process that is meant, and says what it is when it cannot be watched.</summary>
internal sealed class TargetFinder(string root = "/proc")
{
    private const int MaxListed = 8;
    private const int MaxCommandLine = 300;

    /// <param name="target">A number or a name.</param>
    /// <exception cref="CommandFailedException">There is no such process, or it cannot be watched.</exception>
    public WatchTarget Find(string target)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CommandFailedException("Processes can be watched on Linux only: there is no /proc here");
        }

        return Open(int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : FindByName(target));
    }

    /// <exception cref="CommandFailedException">It is gone, or cannot be watched.</exception>
    public WatchTarget Open(int id)
    {
        var process = new ProcessDirectory(id, root);
        if (id == Environment.ProcessId)
        {
            throw CommandFailedException.WrongUse($"Process {id} is this program itself");
        }

        if (process.Stat() is not var (name, state, parent, start, threads, isKernel))
        {
            throw new CommandFailedException($"There is no process {id}{(IsHiding() ? " that this user may see: /proc is mounted with hidepid, ask as root" : ": it has ended, or never was")}");
        }

        var shown = Plain(name);
        if (int.TryParse(process.Status("Tgid"), NumberStyles.None, CultureInfo.InvariantCulture, out var group) && group != id)
        {
            throw CommandFailedException.WrongUse($"{id} is a thread ('{shown}') of process {group}: watch that");
        }

        if (threads <= 1 && state is ('Z' or 'X')) // other threads may go on when the first has ended
        {
            throw new CommandFailedException($"Process {id} ('{shown}') has ended and is a zombie: nothing of it runs. Its parent, process {parent}, has not waited for it");
        }

        if (isKernel)
        {
            throw new CommandFailedException($"{id} ('{shown}') is a thread of the kernel: it has no program that could be watched");
        }

        var arguments = Plain(string.Join(' ', process.Arguments));
        return new WatchTarget
        {
            Id = id,
            Name = shown,
            StartTicks = start,
            CommandLine = arguments.Length > MaxCommandLine ? arguments[..MaxCommandLine] + "…" : arguments,
            User = process.User,
            Kind = ProgramKind.Of(process, shown),
            Missing = ProcessAccess.Missing(process),
        };
    }

    /// <summary>Without what a terminal takes for a command: names of processes are chosen by whoever starts them.</summary>
    public static string Plain(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));

    private int FindByName(string name)
    {
        var found = new List<(int Id, string CommandLine)>();
        foreach (var path in Directory.EnumerateDirectories(root))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId
                && new ProcessDirectory(id, root) is var process && process.Stat() is { State: not ('Z' or 'X'), IsKernel: false } stat && IsNamed(process, stat.Name, name))
            {
                found.Add((id, Plain(string.Join(' ', process.Arguments))));
            }
        }

        return found switch
        {
            [] => throw new CommandFailedException($"There is no process named '{Plain(name)}'"),
            [var one] => one.Id,
            _ => throw CommandFailedException.WrongUse($"{found.Count} processes are named '{Plain(name)}', say which: {string.Join(", ", found.OrderBy(other => other.Id).Take(MaxListed).Select(Describe))}{(found.Count > MaxListed ? ", …" : "")}"),
        };
    }

    private static string Describe((int Id, string CommandLine) process) => $"{process.Id} ({(process.CommandLine.Length > 60 ? process.CommandLine[..60] + "…" : process.CommandLine)})";

    // By the name that the kernel has, by its file, or by the script or assembly that an interpreter runs.
    private static bool IsNamed(ProcessDirectory process, string kernelName, string name)
    {
        if (kernelName == name)
        {
            return true;
        }

        var arguments = process.Arguments;
        return arguments.Count > 0 && (Is(arguments[0], name) || (arguments.Count > 1 && ProgramKind.IsInterpreter(Path.GetFileName(arguments[0])) && arguments.Skip(1).FirstOrDefault(argument => !argument.StartsWith('-')) is { } script && Is(script, name)));
    }

    private static bool Is(string path, string name) => Path.GetFileName(path) is var file && (file == name || Path.GetFileNameWithoutExtension(file) == name);

    // Seen by what is there even for root's own first process.
    private bool IsHiding() => root == "/proc" && new ProcessDirectory(1, root) is { Exists: false };
}
