using System.Diagnostics;

namespace Inspection.Tests.Processes;

/// <summary>Debian's simulator of GigE Vision cameras, and a network to run it in. Where either is missing, tests are skipped and say so; with HARDENING_REQUIRE_SIMULATOR=1, as in CI, they fail.</summary>
internal static class Simulator
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly Lazy<string?> Missing = new(() =>
        !Works("command -v arv-fake-gv-camera-0.8 && command -v ip && command -v ss && command -v unshare") ? "There is no simulator: apt-get install aravis-tools iproute2 util-linux."
        : !Works("unshare --net true") ? "A network namespace cannot be made: run as root."
        : null);

    public static void Require()
    {
        if (Missing.Value is { } why)
        {
            Assert.That(Environment.GetEnvironmentVariable("HARDENING_REQUIRE_SIMULATOR"), Is.Not.EqualTo("1"), why);
            Assert.Ignore(why);
        }
    }

    private static bool Works(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"{{ {command}; }} >/dev/null 2>&1"]))!;
        return shell.WaitForExit(Limit) && shell.ExitCode == 0;
    }
}
