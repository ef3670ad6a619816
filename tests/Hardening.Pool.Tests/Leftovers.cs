using System.Globalization;

namespace Hardening.Pool.Tests;

/// <summary>What a pool could leave behind in this process and on this machine; a pool that is gone has left none of it.</summary>
internal sealed record Leftovers(int Descriptors, int Memories, int SharedFiles)
{
    /// <summary>All that there is now.</summary>
    public static Leftovers Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers(); // nothing may be left to them, but what others have left is theirs
        return new Leftovers(
            Descriptors: Links().Count(link => !link.EndsWith(".dll", StringComparison.Ordinal)), // an assembly is loaded when it is first needed
            Memories: Links().Count(link => link.Contains("memfd:hardening", StringComparison.Ordinal)) + File.ReadLines("/proc/self/maps").Count(line => line.Contains("memfd:hardening", StringComparison.Ordinal)),
            SharedFiles: Directory.Exists("/dev/shm") ? Directory.EnumerateFiles("/dev/shm", "*ardening*").Count() : 0);
    }

    /// <summary>Waits until no more is open than before, give or take what the runtime opens late.</summary>
    public static async Task NoneSinceAsync(Leftovers before, string when, CancellationToken timeout)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var now = Now();
        while (now.Memories > before.Memories || now.SharedFiles > before.SharedFiles || now.Descriptors > before.Descriptors + 4)
        {
            Assert.That(limit.IsCancellationRequested, Is.False, () => $"{when}: {now}, and before {before}: {string.Join(", ", Links().CountBy(link => link))}; {string.Join("; ", File.ReadLines("/proc/self/maps").Where(line => line.Contains("memfd:hardening", StringComparison.Ordinal)))}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            now = Now();
        }
    }

    /// <summary>The workers of this process, whatever their state.</summary>
    public static IReadOnlyList<ScannedProcess> Workers() =>
        [.. ProcessScan.DescendantsOf(Environment.ProcessId).Where(process => CommandLine(process.Id).Contains("pool-worker", StringComparison.Ordinal))];

    private static IEnumerable<string> Links() => Directory.EnumerateFiles("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget).OfType<string>();

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline"));
        }
        catch (IOException)
        {
            return ""; // gone meanwhile
        }
    }
}
