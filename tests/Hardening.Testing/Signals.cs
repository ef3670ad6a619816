using System.Diagnostics;
using System.Globalization;

namespace Hardening.Testing;

/// <summary>Signals as kill(1) sends them.</summary>
public static class Signals
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Sends a signal, by its name without SIG, to these processes at once. Who is gone already is left out.</summary>
    public static void Send(string signal, params IEnumerable<int> processes)
    {
        var ids = processes.ToList();
        Assert.That(ids, Has.All.GreaterThan(1), "0 and -1 mean groups, and 1 is the system's");
        if (ids.Count > 0)
        {
            string[] arguments = ["-" + signal, .. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))];
            using var kill = Process.Start(new ProcessStartInfo("kill", arguments) { RedirectStandardError = true })!;
            _ = kill.StandardError.ReadToEnd(); // names who is gone
            Assert.That(kill.WaitForExit(Limit));
        }
    }

    /// <summary>
    /// Stops these processes, and returns once every thread of theirs stands still. SIGSTOP alone does not say so: kill(2) returns when it is pending, for one thread of the process, which tells the others once it gets a
    /// processor; until then they go on, and answer. Who is gone already is left out.
    /// </summary>
    public static void Stop(params IEnumerable<int> processes)
    {
        var ids = processes.ToList();
        Send("STOP", ids);
        // Two looks: a thread that runs yet can start another behind the first.
        Assert.That(SpinWait.SpinUntil(() => AreStopped(ids) && AreStopped(ids), Limit), () => $"These did not stop within {Limit}: {string.Join(", ", ids.Select(ProcessScan.Find))}");
    }

    private static bool AreStopped(IEnumerable<int> processes) => processes.SelectMany(ProcessScan.ThreadStates).All(state => state is 'T' or 't' or 'Z' or 'X');
}
