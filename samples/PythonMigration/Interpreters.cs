using System.ComponentModel;
using System.Diagnostics;
using Hardening.Processes;

namespace PythonMigration;

/// <summary>Finds the Pythons of this machine.</summary>
internal static class Interpreters
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    /// <summary>Where Python 2.7 is: HARDENING_PYTHON27, or PATH, or the versions of pyenv; null where there is none.</summary>
    public static async Task<string?> FindPython2Async(CancellationToken stop)
    {
        var root = Environment.GetEnvironmentVariable("PYENV_ROOT") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv");
        var versions = Path.Combine(root, "versions");
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable("HARDENING_PYTHON27"),
            "python2.7",
            .. Directory.Exists(versions) ? Directory.GetDirectories(versions, "2.7*").Select(version => Path.Combine(version, "bin", "python2.7")) : [],
        ];
        return await FirstAsync(candidates, "2.7", stop).ConfigureAwait(false);
    }

    public static Task<string?> FindPython3Async(CancellationToken stop) => FirstAsync(["python3"], "3.", stop);

    // Asked, not believed: a name in PATH can be a script that only says how to install it.
    private static async Task<string?> FirstAsync(IEnumerable<string?> candidates, string version, CancellationToken stop)
    {
        foreach (var candidate in candidates.Where(candidate => candidate is { Length: > 0 }))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(AnswerLimit);
            try
            {
                var answer = await SupervisedProcess.RunAsync(new ProcessStartInfo(candidate!, ["-c", "import sys; sys.stdout.write('%d.%d %s' % (sys.version_info[0], sys.version_info[1], sys.executable))"]), cancellationToken: limit.Token).ConfigureAwait(false);
                if (answer.Exit.ExitCode == 0 && answer.StandardOutput.StartsWith(version, StringComparison.Ordinal))
                {
                    return answer.StandardOutput[(answer.StandardOutput.IndexOf(' ', StringComparison.Ordinal) + 1)..];
                }
            }
            catch (Win32Exception)
            {
                // it is not there
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // it does not answer
            }
        }

        return null;
    }
}
