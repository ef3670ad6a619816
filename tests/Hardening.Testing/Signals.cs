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
}
