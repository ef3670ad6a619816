using System.Diagnostics;
using System.Globalization;

namespace Hardening.Testing;

/// <summary>A directory that marks the processes which work in it and below. Whoever is still there at the end of the test is killed.</summary>
public sealed class MarkedDirectory : IDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);

    public string FullName { get; } = Directory.CreateTempSubdirectory("hardening-marked-").FullName;

    /// <summary>Who works here now.</summary>
    public IReadOnlyList<ScannedProcess> Processes => ProcessScan.In(FullName);

    /// <summary>A directory of its own for one child.</summary>
    public string Child(string name) => Directory.CreateDirectory(Path.Combine(FullName, name)).FullName;

    /// <summary>How many processes the child of this name announced; null until it stands complete.</summary>
    public int? Announced(string name) =>
        Path.Combine(FullName, name, "ready") is var file && File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;

    /// <summary>Waits until each of these children stands complete.</summary>
    public async Task StandsAsync(CancellationToken timeout, params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            await Eventually.HoldsAsync(() => Announced(name) is not null, $"'{name}' stands complete", timeout);
        }
    }

    public void Dispose()
    {
        // Stopped before they are killed: one that replaces others cannot go on with it.
        var limit = Stopwatch.StartNew();
        while (Processes is { Count: > 0 } left)
        {
            Assert.That(limit.Elapsed, Is.LessThan(KillLimit), $"{left.Count} processes cannot be killed");
            var ids = left.Select(process => process.Id).ToList();
            Signals.Send("STOP", ids);
            Signals.Send("KILL", ids);
        }

        Directory.Delete(FullName, recursive: true);
    }
}
