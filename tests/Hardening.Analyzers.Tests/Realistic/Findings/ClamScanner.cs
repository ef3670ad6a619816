using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Mail.Gate;

public enum Verdict
{
    Clean,
    Infected,
    Failed,
}

/// <summary>Hands each attachment of a message to the virus scanner.</summary>
public sealed class ClamScanner
{
    private readonly ConcurrentDictionary<string, Verdict> _verdicts = new(StringComparer.Ordinal);
    private readonly string _quarantine;

    public ClamScanner(string quarantine) => _quarantine = quarantine;

    public IReadOnlyDictionary<string, Verdict> Verdicts => _verdicts;

    public void ScanFolder(string folder)
    {
        var running = new List<(string File, Process Scan)>();
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            var info = new ProcessStartInfo("clamscan") { ArgumentList = { "--no-summary", file } };
            var scan = Process.Start(info); // HRD3007
            if (scan is not null)
            {
                running.Add((file, scan));
            }
        }

        foreach (var (file, scan) in running)
        {
            using (scan)
            {
                if (!scan.WaitForExit(TimeSpan.FromMinutes(2)))
                {
                    scan.Kill(entireProcessTree: true);
                }

                _verdicts[file] = scan.HasExited ? VerdictOf(scan.ExitCode) : Verdict.Failed;
            }
        }
    }

    public async Task<Verdict[]> ScanAllAsync(IEnumerable<string> files) =>
        await Task.WhenAll(files.Select(ScanAsync));

    public int Move()
    {
        var moved = 0;
        foreach (var (file, _) in _verdicts.Where(pair => pair.Value == Verdict.Infected))
        {
            var target = Path.Combine(_quarantine, Path.GetFileName(file));
            File.Move(file, target, overwrite: true);
            moved++;
        }

        return moved;
    }

    private async Task<Verdict> ScanAsync(string file)
    {
        var info = new ProcessStartInfo("clamdscan") { ArgumentList = { "--fdpass", file }, RedirectStandardError = true };
        using var scan = Process.Start(info); // HRD3007
        if (scan is null)
        {
            return Verdict.Failed;
        }

        var errors = scan.StandardError.ReadToEndAsync();
        await scan.WaitForExitAsync(); // HRD3004
        if ((await errors).Contains("ERROR", StringComparison.Ordinal))
        {
            return Verdict.Failed;
        }

        return _verdicts[file] = VerdictOf(scan.ExitCode);
    }

    private static Verdict VerdictOf(int exitCode) => exitCode switch
    {
        0 => Verdict.Clean,
        1 => Verdict.Infected,
        _ => Verdict.Failed,
    };
}
