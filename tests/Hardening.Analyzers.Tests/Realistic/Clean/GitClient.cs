#nullable enable
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Source.Control;

public sealed record Commit(string Hash, string Author, string Subject);

/// <summary>Reads the history of a working copy line by line, as git writes it.</summary>
public sealed class GitClient(string folder)
{
    public async IAsyncEnumerable<Commit> LogAsync(string range, [EnumeratorCancellation] CancellationToken token = default)
    {
        using var git = Start("log", "--format=%H%x09%an%x09%s", range);
        try
        {
            while (await git.StandardOutput.ReadLineAsync(token) is { } line)
            {
                if (line.Split('\t', 3) is [var hash, var author, var subject])
                {
                    yield return new Commit(hash, author, subject);
                }
            }

            await git.WaitForExitAsync(token);
        }
        finally
        {
            await EndAsync(git);
        }
    }

    public async Task<bool> IsCleanAsync(CancellationToken token)
    {
        using var git = Start("status", "--porcelain");
        await using var ending = token.Register(() => git.Kill(entireProcessTree: true));
        var first = await git.StandardOutput.ReadLineAsync(token);
        await git.StandardOutput.BaseStream.CopyToAsync(Stream.Null, token);
        await git.WaitForExitAsync(token);
        return first is null;
    }

    public async Task ApplyAsync(Stream patch, CancellationToken token)
    {
        var info = new ProcessStartInfo("git", ["apply", "--index", "-"]) { WorkingDirectory = folder, RedirectStandardInput = true };
        using var git = Process.Start(info) ?? throw new InvalidOperationException("git did not start.");
        try
        {
            await patch.CopyToAsync(git.StandardInput.BaseStream, token);
            git.StandardInput.Close();
            await git.WaitForExitAsync(token);
        }
        catch
        {
            await EndAsync(git);
            throw;
        }

        if (git.ExitCode != 0)
        {
            throw new InvalidDataException("The patch does not apply.");
        }
    }

    private Process Start(params string[] arguments)
    {
        var info = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        return Process.Start(info) ?? throw new InvalidOperationException("git did not start.");
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            await process.WaitForExitAsync(patience.Token);
        }
    }
}
