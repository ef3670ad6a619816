using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Source.Mirror;

public sealed class GitException(string command, int exitCode, string errors)
    : Exception($"git {command} ended with {exitCode}: {errors}")
{
    public int ExitCode { get; } = exitCode;
}

/// <summary>Keeps bare copies of repositories.</summary>
public sealed class GitMirror(string root, TimeSpan limit)
{
    public async Task CloneAsync(string address, CancellationToken token)
    {
        var folder = FolderOf(address);
        if (Directory.Exists(folder))
        {
            await FetchAsync(folder, token);
            return;
        }

        using var git = Process.Start("git", $"clone --mirror {address} {folder}"); // HRD3012
        await git.WaitForExitAsync(token); // HRD3005
        if (git.ExitCode != 0)
        {
            Directory.Delete(folder, recursive: true);
            throw new GitException("clone", git.ExitCode, "");
        }
    }

    public async Task FetchAsync(string folder, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        using var git = Start(folder, "fetch", "--prune", "--all");
        await git.WaitForExitAsync(); // HRD3004
        if (git.ExitCode != 0)
        {
            throw new GitException("fetch", git.ExitCode, "");
        }
    }

    public async Task<IReadOnlyList<string>> BranchesAsync(string folder, CancellationToken token)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(token);
        timeout.CancelAfter(limit);
        var info = new ProcessStartInfo("git", ["branch", "--format=%(refname:short)"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(info) ?? throw new GitException("branch", -1, "git did not start");
        var output = git.StandardOutput.ReadToEndAsync(timeout.Token);
        await git.WaitForExitAsync(timeout.Token); // HRD3005
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    public async Task<string> HeadAsync(string folder, CancellationToken token)
    {
        var head = await File.ReadAllTextAsync(Path.Combine(folder, "HEAD"), token);
        return head.StartsWith("ref: ", StringComparison.Ordinal) ? head[5..].Trim() : head.Trim();
    }

    public IEnumerable<string> Mirrors() =>
        Directory.EnumerateDirectories(root, "*.git").Select(folder => Path.GetFileNameWithoutExtension(folder)).Order(StringComparer.Ordinal);

    private string FolderOf(string address) =>
        Path.Combine(root, Path.GetFileNameWithoutExtension(address.TrimEnd('/')) + ".git");

    private static Process Start(string folder, params string[] arguments)
    {
        var info = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            Environment = { ["GIT_TERMINAL_PROMPT"] = "0" },
        };
        return Process.Start(info) ?? throw new InvalidOperationException("git did not start.");
    }
}
