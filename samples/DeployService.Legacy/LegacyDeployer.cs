using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace DeployService.Legacy;

/// <summary>
/// The deployment service as its original was designed, ported in good faith: a process for each request, a limit on its time, and a kill of what takes longer. Each
/// choice looks reasonable where it stands; the warnings of the build say what is wrong with it.
/// </summary>
/// <param name="script">The script that deploys a release.</param>
/// <param name="variable">The environment variable that tells the processes of a deployment which release they are for.</param>
/// <param name="limit">How long a deployment may take.</param>
public sealed class LegacyDeployer(string script, string variable, TimeSpan limit)
{
    private readonly ConcurrentDictionary<int, int> _running = new(); // process ids and their releases

    /// <summary>How many deployments run.</summary>
    public int Running => _running.Count;

    /// <summary>Deploys a release.</summary>
    public async Task<LegacyResult> DeployAsync(int release)
    {
        var start = new ProcessStartInfo("/bin/sh", $"\"{script}\" {release}") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable] = $"{release}";
        var process = Process.Start(start)!;
        _running[process.Id] = release;
        var log = new StringBuilder();
        process.OutputDataReceived += (_, line) => log.AppendLine(line.Data);
        process.BeginOutputReadLine();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
            return new LegacyResult(process.ExitCode, log.ToString());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return new LegacyResult(null, log.ToString());
        }
        finally
        {
            _running.TryRemove(process.Id, out _);
        }
    }

    /// <summary>Ends the deployments that run, for the service stops.</summary>
    public void Stop()
    {
        foreach (var id in _running.Keys)
        {
            try
            {
                Process.GetProcessById(id).Kill();
            }
            catch (ArgumentException)
            {
                // it has just ended
            }
        }
    }
}
