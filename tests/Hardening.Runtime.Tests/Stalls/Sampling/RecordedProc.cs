using System.Globalization;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

/// <summary>A directory with the files of /proc, which a test writes. What is written again keeps its file, as there.</summary>
internal sealed class RecordedProc : IDisposable
{
    public const int Process = 4711;

    public string Root { get; } = Directory.CreateTempSubdirectory("hardening-proc-").FullName;

    public static string Stat(int id, string name, char state, long minorFaults = 0, long majorFaults = 0, long user = 0, long system = 0, long childUser = 0, long childSystem = 0, int threads = 1, long start = 99) =>
        string.Create(CultureInfo.InvariantCulture, $"{id} ({name}) {state} 1 -1 0 34816 -1 4194304 {minorFaults} 7 {majorFaults} 8 {user} {system} {childUser} {childSystem} 20 -5 {threads} 0 {start} 1 2 3\n");

    public string Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    public void WriteProcess(int threads = 1, long user = 0, long system = 0, long minorFaults = 0, long majorFaults = 0, long childUser = 0, long childSystem = 0) =>
        Write($"{Process}/stat", Stat(Process, "recorded", 'S', minorFaults, majorFaults, user, system, childUser, childSystem, threads));

    public void WriteThread(int id, char state = 'S', long run = 0, long delay = 0, long slices = 0, string name = "thread", long user = 0, long system = 0, long minorFaults = 0)
    {
        Write($"{Process}/task/{id}/stat", Stat(id, name, state, minorFaults, 0, user, system));
        Write($"{Process}/task/{id}/schedstat", string.Create(CultureInfo.InvariantCulture, $"{run} {delay} {slices}\n"));
    }

    public void WriteDetails(int id, string channel, string call, long voluntary, long involuntary)
    {
        Write($"{Process}/task/{id}/wchan", channel);
        Write($"{Process}/task/{id}/syscall", call);
        Write($"{Process}/task/{id}/status", string.Create(CultureInfo.InvariantCulture, $"Name:\tx\nvoluntary_ctxt_switches_not: 1\nvoluntary_ctxt_switches:\t{voluntary}\nnonvoluntary_ctxt_switches:\t{involuntary}\n"));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
