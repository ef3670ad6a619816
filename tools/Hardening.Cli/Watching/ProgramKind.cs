using System.Text.RegularExpressions;

namespace Hardening.Cli.Watching;

/// <summary>What the files that a process has mapped say of it.</summary>
/// <param name="InterpreterLock">What the one lock of its interpreter is called; null when it has none that is known.</param>
/// <param name="Runtime">What it runs on, such as <c>.NET 10.0.12</c>, as far as that is known.</param>
/// <param name="ThreadLibraries">Libraries that bring threads of their own.</param>
internal sealed partial record ProgramKind(string? InterpreterLock, string Runtime, IReadOnlyList<string> ThreadLibraries)
{
    private const string Dotnet = ".NET";

    private static readonly (string Part, string Name)[] s_libraries =
    [
        ("libopencv_core", "OpenCV"), ("/cv2", "OpenCV"), ("libtbb.", "TBB"), ("libgomp.", "OpenMP"), ("libiomp5", "OpenMP"), ("libomp.", "OpenMP"), ("openblas", "OpenBLAS"), ("libmkl_", "MKL"), ("libavcodec", "FFmpeg"),
    ];

    public static ProgramKind Unknown { get; } = new(null, "unknown", []);

    public bool IsDotnet => Runtime.StartsWith(Dotnet, StringComparison.Ordinal);

    public static ProgramKind Of(ProcessDirectory process, string name)
    {
        var files = MappedFiles(process.Read("maps"));
        var program = Path.GetFileName(process.Program);
        return Of(program.Length > 0 ? program : name, files);
    }

    /// <param name="program">The file's name.</param>
    /// <param name="files">The paths of all files that are mapped.</param>
    public static ProgramKind Of(string program, IReadOnlyCollection<string> files)
    {
        var name = InterpreterLockOf(program, files);
        return new ProgramKind(
            name,
            files.FirstOrDefault(file => Path.GetFileName(file) == "libcoreclr.so") is { } core ? $"{Dotnet} {VersionOf(core)}".TrimEnd() : program == "dotnet" ? Dotnet : name is not null ? "an interpreter with one lock" : "native code",
            [.. s_libraries.Where(library => files.Any(file => file.Contains(library.Part, StringComparison.Ordinal))).Select(library => library.Name).Distinct()]);
    }

    private static string? InterpreterLockOf(string program, IReadOnlyCollection<string> files) =>
        Python().IsMatch(program) || files.Any(file => LibPython().IsMatch(Path.GetFileName(file))) ? "the interpreter lock"
        : files.Any(file => Path.GetFileName(file).StartsWith("libruby", StringComparison.Ordinal)) || program == "ruby" ? "the interpreter lock of Ruby"
        : null;

    // The shared runtime is in a directory of its version; an application that brings its own has it beside it.
    private static string VersionOf(string core) => Path.GetFileName(Path.GetDirectoryName(core)) is { Length: > 0 } directory && char.IsAsciiDigit(directory[0]) ? directory : "";

    public static bool IsInterpreter(string program) => Python().IsMatch(program) || program is "dotnet" or "ruby" or "node" or "perl" or "bash" or "sh";

    private static HashSet<string> MappedFiles(string maps)
    {
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in maps.AsSpan().EnumerateLines())
        {
            if (line.IndexOf('/') is var path and >= 0)
            {
                files.Add(line[path..].ToString());
            }
        }

        return files;
    }

    // The builds without that lock end in t: python3.13t.
    [GeneratedRegex(@"^[Pp]ython(\d(\.\d+)?)?(-dbg|d|m)?$")]
    private static partial Regex Python();

    [GeneratedRegex(@"^libpython\d(\.\d+)?(d|m)?\.so")]
    private static partial Regex LibPython();
}
