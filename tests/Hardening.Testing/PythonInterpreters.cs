using System.Diagnostics;

namespace Hardening.Testing;

/// <summary>The Pythons of this machine. Where one is missing, its tests say so and are skipped.</summary>
public static class PythonInterpreters
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <summary>The names that tests are run with.</summary>
    public static string[] Names { get; } = ["python3", "python2.7"];

    /// <summary>The path of an interpreter, past all scripts that only look one up.</summary>
    public static string Require(string name, string code = "pass")
    {
        foreach (var candidate in Candidates(name))
        {
            if (Ask(candidate, $"import sys\n{code}\nsys.stdout.write(sys.executable)") is { Length: > 0 } path)
            {
                return path;
            }
        }

        Assert.Ignore($"There is no {name} on this machine{(code == "pass" ? "" : $" on which '{code}' succeeds")}; it is looked for in PATH, in HARDENING_PYTHON27 (2.7), in /usr/bin and in the versions of pyenv.");
        return "";
    }

    private static IEnumerable<string> Candidates(string name)
    {
        if (name == "python2.7" && Environment.GetEnvironmentVariable("HARDENING_PYTHON27") is { Length: > 0 } given)
        {
            yield return given;
        }

        yield return name;
        yield return $"/usr/bin/{name}";
        var root = Environment.GetEnvironmentVariable("PYENV_ROOT") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv");
        foreach (var version in Directory.Exists($"{root}/versions") ? Directory.GetDirectories($"{root}/versions", $"{name["python".Length..]}*") : [])
        {
            yield return $"{version}/bin/{name}";
        }
    }

    private static string? Ask(string interpreter, string code)
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo(interpreter, ["-c", code]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var path = python.StandardOutput.ReadToEndAsync();
            var errors = python.StandardError.ReadToEndAsync();
            if (!python.WaitForExit(AnswerLimit) || !Task.WaitAll([path, errors], AnswerLimit))
            {
                python.Kill(entireProcessTree: true);
                return null;
            }

            return python.ExitCode == 0 ? path.GetAwaiter().GetResult() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
