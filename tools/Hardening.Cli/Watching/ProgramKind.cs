using System.Text.RegularExpressions;

namespace Hardening.Cli.Watching;

/// <summary>What the files that a process has mapped say of it.</summary>
/// <param name="InterpreterLock">What the one lock of its interpreter is called; null when it has none that is known.</param>
/// <param name="IsDotnet">It runs on .NET.</param>
/// <param name="ThreadLibraries">Libraries that bring threads of their own.</param>
internal sealed partial record ProgramKind(string? InterpreterLock, bool IsDotnet, IReadOnlyList<string> ThreadLibraries)
{
    private static readonly (string Part, string Name)[] s_libraries =
    [
        ("libopencv_core", "OpenCV"), ("/cv2", "OpenCV"), ("libtbb.", "TBB"), ("libgomp.", "OpenMP"), ("libiomp5", "OpenMP"), ("libomp.", "OpenMP"), ("openblas", "OpenBLAS"), ("libmkl_", "MKL"), ("libavcodec", "FFmpeg"),
    ];

    public static ProgramKind Unknown { get; } = new(null, IsDotnet: false, []);

    public static ProgramKind Of(ProcessDirectory process, string name)
    {
        var files = MappedFiles(process.Read("maps"));
        var program = Path.GetFileName(process.Program);
        return Of(program.Length > 0 ? program : name, files);
    }

    /// <param name="program">The file's name.</param>
    /// <param name="files">The paths of all files that are mapped.</param>
    public static ProgramKind Of(string program, IReadOnlyCollection<string> files) => new(
        Python().IsMatch(program) || files.Any(file => LibPython().IsMatch(Path.GetFileName(file))) ? "the interpreter lock"
            : files.Any(file => Path.GetFileName(file).StartsWith("libruby", StringComparison.Ordinal)) || program == "ruby" ? "the interpreter lock of Ruby"
            : null,
        files.Any(file => Path.GetFileName(file) == "libcoreclr.so") || program == "dotnet",
        [.. s_libraries.Where(library => files.Any(file => file.Contains(library.Part, StringComparison.Ordinal))).Select(library => library.Name).Distinct()]);

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
