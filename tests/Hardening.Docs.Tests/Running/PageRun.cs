using Hardening.Docs.Tests.Parsing;

namespace Hardening.Docs.Tests.Running;

/// <summary>Follows a page: writes its files, runs its commands, and compares what they write with what it says.</summary>
/// <param name="page">The page.</param>
/// <param name="shell">Where its commands run; the caller's.</param>
/// <param name="limit">For each block of commands.</param>
internal sealed class PageRun(DocPage page, ShellSession shell, TimeSpan limit)
{
    private int _next;

    /// <summary>Goes on to the end of the page.</summary>
    /// <exception cref="PageException">It is not as the page says.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        while (_next < page.Steps.Count)
        {
            await StepAsync(page.Steps[_next++], stop);
        }
    }

    /// <summary>Goes on until the next block of commands has run.</summary>
    /// <exception cref="PageException">It is not as the page says.</exception>
    public async Task RunNextCommandsAsync(CancellationToken stop)
    {
        while (_next < page.Steps.Count)
        {
            var step = page.Steps[_next++];
            await StepAsync(step, stop);
            if (step is ShellStep)
            {
                return;
            }
        }
    }

    private Task StepAsync(PageStep step, CancellationToken stop) => step is FileStep file ? WriteAsync(file, stop) : RunAsync((ShellStep)step, stop);

    private async Task WriteAsync(FileStep step, CancellationToken stop)
    {
        var path = Path.Combine(shell.WorkingDirectory, step.Path);
        if (path.StartsWith(Baseline.RepositoryRoot, StringComparison.Ordinal))
        {
            throw new PageException(page.Name, step.Line, $"'{step.Path}' would be written into the repository: the commands before it go to a folder of their own.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, step.Text, stop);
    }

    private async Task RunAsync(ShellStep step, CancellationToken stop)
    {
        var result = await shell.RunAsync(step.Text, mayFail: step.ExitCode != 0, limit, stop);
        var line = step.Line + (result.FailedLine ?? 1) - 1;
        var problem = result.End switch
        {
            ShellEnd.Failed => $"A command failed with exit code {result.ExitCode}",
            ShellEnd.Late => $"The commands did not end within {limit}",
            ShellEnd.TooMuch => "The commands wrote more than anybody reads",
            _ when result.ExitCode != step.ExitCode => $"The exit code is {result.ExitCode}, and not {step.ExitCode}",
            _ => null,
        };
        if (problem is not null)
        {
            throw new PageException(page.Name, line, $"{problem}:\n  {Line(step.Text, result.FailedLine)}\nWhat came:\n{result.Output}");
        }

        if (step.Output is { } said && OutputPattern.Difference(said, result.Output, out var at) is { } difference)
        {
            throw new PageException(page.Name, at, difference);
        }
    }

    // The command that failed, or all of them.
    private static string Line(string commands, int? line) =>
        commands.Split('\n') is var lines && line is { } number && number <= lines.Length ? lines[number - 1].Trim() : commands.TrimEnd().Replace("\n", "\n  ", StringComparison.Ordinal);
}
