using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Mail.Scanning;

public enum ScanState
{
    Clean,
    Infected,
    Unknown,
}

/// <summary>Scans the files of a folder with a few scanners side by side.</summary>
public sealed class VirusGate
{
    private readonly int _side;
    private readonly TimeSpan _limit;

    public VirusGate(int sideBySide, TimeSpan limit)
    {
        _side = Math.Clamp(sideBySide, 1, 8);
        _limit = limit;
    }

    public async Task<IReadOnlyDictionary<string, ScanState>> ScanAsync(string folder, CancellationToken token)
    {
        var states = new ConcurrentDictionary<string, ScanState>(StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = _side, CancellationToken = token };
        await Parallel.ForEachAsync(Directory.EnumerateFiles(folder), options, async (file, stop) =>
        {
            states[file] = await ScanOneAsync(file, stop);
        });
        return states;
    }

    public IReadOnlyList<string> ScanOneByOne(IEnumerable<string> files)
    {
        var infected = new List<string>();
        foreach (var file in files)
        {
            using var scanner = Process.Start("clamscan", ["--no-summary", file]);
            if (!scanner.WaitForExit(_limit))
            {
                scanner.Kill(entireProcessTree: true);
                scanner.WaitForExit();
            }

            if (scanner.ExitCode == 1)
            {
                infected.Add(file);
            }
        }

        return infected;
    }

    public static string Summary(IReadOnlyDictionary<string, ScanState> states) =>
        string.Join(", ", states.GroupBy(state => state.Value).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}"));

    private async Task<ScanState> ScanOneAsync(string file, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(_limit);
        using var scanner = Process.Start(new ProcessStartInfo("clamdscan", ["--fdpass", file]));
        if (scanner is null)
        {
            return ScanState.Unknown;
        }

        try
        {
            await scanner.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return ScanState.Unknown;
        }
        finally
        {
            if (!scanner.HasExited)
            {
                scanner.Kill(entireProcessTree: true);
            }
        }

        return scanner.ExitCode switch { 0 => ScanState.Clean, 1 => ScanState.Infected, _ => ScanState.Unknown };
    }
}
