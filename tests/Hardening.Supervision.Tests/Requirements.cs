using System.Collections.Concurrent;

namespace Hardening.Supervision.Tests;

/// <summary>What a machine may lack. Its tests are then skipped and say so; with HARDENING_REQUIRE_CONTAINMENT=1, as in CI, they fail.</summary>
internal static class Requirements
{
    private static readonly ConcurrentDictionary<Containment, string> Refusals = new();

    public static void Python() => Check(Misbehaving.Python is null ? "There is no python3, whose script the children run: apt-get install python3." : "");

    /// <summary>An owner gets the level that it asks for.</summary>
    public static async Task LevelAsync(Containment level, CancellationToken timeout)
    {
        Python();
        if (!Refusals.TryGetValue(level, out var refusal))
        {
            using var marked = new MarkedDirectory();
            using var owner = OwnerProcess.Start(level, marked);
            refusal = await owner.AskForErrorAsync("containment", timeout) ?? "";
            Refusals[level] = refusal;
        }

        Check(refusal);
    }

    private static void Check(string refusal)
    {
        if (refusal.Length > 0)
        {
            Assert.That(Environment.GetEnvironmentVariable("HARDENING_REQUIRE_CONTAINMENT"), Is.Not.EqualTo("1"), refusal);
            Assert.Ignore(refusal);
        }
    }
}
