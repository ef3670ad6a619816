using System.Diagnostics;

namespace Hardening.TestWorker;

/// <summary>How to start a child that misbehaves (misbehave.py says how).</summary>
public static class Misbehaving
{
    /// <summary>The interpreter; null where there is none. The system's own first: what a version manager puts before it starts slowly.</summary>
    public static string? Python { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Prepend("/usr/bin").Select(folder => Path.Combine(folder, "python3")).FirstOrDefault(File.Exists);

    /// <summary>The script, without the user's settings and packages: it starts in 10 ms.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["-I", "-S", Path.Combine(AppContext.BaseDirectory, "misbehave.py")];

    /// <summary>A command, with its arguments, in a directory of its own; all streams are redirected.</summary>
    public static ProcessStartInfo Child(string directory, params IEnumerable<string> command) =>
        new(Python ?? throw new FileNotFoundException("There is no python3."), [.. Arguments, .. command])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
}
