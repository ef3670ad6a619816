using System.Text;

namespace Hardening.Cli.Diagnosis;

/// <summary>The commands of all remedies as one shell script, which is read before it is run.</summary>
internal static class FixScript
{
    public static string Of(IReadOnlyList<Examined> results)
    {
        var script = new StringBuilder();
        script.Append("#!/bin/sh\n# What 'harden doctor' would set on this host. Read it, take out what you do not want, and run it as root.\nset -u\n");
        HashSet<string> said = [];
        foreach (var result in results.Where(result => result.Verdict is Verdict.Failed or Verdict.Warned && result.Remedy is not null))
        {
            var (now, kept) = (result.Remedy!.Now, result.Remedy.Kept);
            script.Append($"\n# {Comment(result.Check)}{(result.Of is { } of ? " " + Comment(of) : "")}: {Comment(result.Found)}; wanted: {Comment(result.Wanted)}\n# {Comment(result.Why)}\n");
            foreach (var line in $"{now}\n{kept}".Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] == '#' || said.Add(line)))
            {
                script.Append(line).Append('\n');
            }
        }

        return script.ToString();
    }

    // A line break in what comes from a host would end the comment.
    private static string Comment(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
