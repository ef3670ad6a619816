using System.Runtime.Versioning;

namespace Hardening.Runtime.Tests.Processes;

/// <summary>A directory with files in it, gone when disposed.</summary>
public sealed class Scratch : IDisposable
{
    private readonly List<string> _files = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("hardening-").FullName;

    public string File(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        System.IO.File.WriteAllText(path, text);
        _files.Add(path);
        return path;
    }

    [SupportedOSPlatform("linux")]
    public string Executable(string name, string text)
    {
        var path = File(name, text);
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public void Dispose()
    {
        _files.ForEach(System.IO.File.Delete);
        Directory.Delete(Path, recursive: true);
    }
}
