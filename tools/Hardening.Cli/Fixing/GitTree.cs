using System.ComponentModel;
using System.Diagnostics;
using Hardening.Processes;

namespace Hardening.Cli.Fixing;

/// <summary>The git repository that code is in.</summary>
internal static class GitTree
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2); // of a large repository on a cold disk

    /// <returns>The repository's folder; null where it is in none, or there is no git.</returns>
    public static async Task<string?> RootOfAsync(string folder, CancellationToken stop)
    {
        var (code, output, _) = await RunAsync(folder, ["rev-parse", "--show-toplevel"], stop);
        return code == 0 && output.TrimEnd('\n') is { Length: > 0 } root ? Path.GetFullPath(root) : null;
    }

    /// <summary>What was changed and not committed, and what is new and not ignored, in the whole repository.</summary>
    public static async Task<IReadOnlyList<string>> ChangesAsync(string root, CancellationToken stop)
    {
        var (code, output, error) = await RunAsync(root, ["status", "--porcelain=v1", "-z", "--no-renames"], stop);
        return code == 0 ? [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Length > 3 ? entry[3..] : entry)]
            : throw new CommandFailedException($"git cannot tell the state of {root}: {error.Trim()}");
    }

    /// <summary>A unified diff of two folders, below one.</summary>
    public static async Task<string> DiffAsync(string folder, string old, string changed, CancellationToken stop)
    {
        var (code, output, error) = await RunAsync(folder, ["-c", "core.quotePath=false", "-c", "core.autocrlf=false", "diff", "--no-index", "--no-prefix", "--no-color", "--no-ext-diff", "--", old, changed], stop);
        return code is 0 or 1 ? output : throw new CommandFailedException(code == NoGit ? "git is needed to show what would change: install it, or leave --dry-run out" : $"git cannot compare: {error.Trim()}");
    }

    private const int NoGit = -1;

    private static async Task<(int Code, string Output, string Error)> RunAsync(string folder, IEnumerable<string> arguments, CancellationToken stop)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder };
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0"; // looking writes nothing
        start.Environment["LC_ALL"] = "C";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_limit);
        try
        {
            var result = await SupervisedProcess.RunAsync(start, new SupervisionOptions { CaptureBytes = 1 << 28 }, limit.Token);
            return result.OutputCutBytes == 0 ? (result.Exit.ExitCode, result.StandardOutput, result.StandardError) : throw new CommandFailedException($"git told more than {1 << 28} bytes about {folder}");
        }
        catch (Win32Exception)
        {
            return (NoGit, "", "");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new CommandFailedException($"git gave no answer about {folder} within {s_limit.TotalMinutes:0} min");
        }
    }
}
