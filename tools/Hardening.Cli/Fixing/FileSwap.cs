using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Fixing;

/// <summary>
/// Puts new contents in the place of files, and back. Each file is old or new at every moment, never half: the new one is written beside it and renamed over it, with the mode of the old
/// one. Until it is kept, disposing puts back all that was swapped.
/// </summary>
internal sealed class FileSwap : IDisposable
{
    private readonly List<(string Path, byte[] Old)> _swapped = [];

    /// <exception cref="CommandFailedException">A file is not any more what was read, or may not be written to.</exception>
    public void Write(IReadOnlyList<PlannedFile> files)
    {
        foreach (var file in files)
        {
            var path = Target(file.Path);
            var old = File.ReadAllBytes(path);
            if (!old.AsSpan().SequenceEqual(Bytes(file.Old)))
            {
                throw new CommandFailedException($"{file.Path} has changed since it was read, or its bytes do not make text in one encoding: nothing was written there; save your editors' files and run it again");
            }

            Replace(path, Bytes(file.New));
            _swapped.Add((path, old));
        }
    }

    /// <summary>What was swapped so far stays.</summary>
    public void Keep() => _swapped.Clear();

    /// <summary>Puts back what was not kept, byte for byte.</summary>
    public void Dispose()
    {
        List<string> failed = [];
        foreach (var (path, old) in _swapped.AsEnumerable().Reverse())
        {
            try
            {
                Replace(path, old);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CommandFailedException)
            {
                failed.Add($"{path} ({e.Message})"); // the others are put back all the same
            }
        }

        _swapped.Clear();
        if (failed.Count > 0)
        {
            throw new CommandFailedException($"these files could not be put back, take them from git: {string.Join(", ", failed)}");
        }
    }

    private static byte[] Bytes(SourceText text)
    {
        using var bytes = new MemoryStream();
        using (var writer = new StreamWriter(bytes, text.Encoding ?? new UTF8Encoding(false), leaveOpen: true))
        {
            text.Write(writer);
        }

        return bytes.ToArray();
    }

    private static void Replace(string path, byte[] contents)
    {
        var mode = File.GetUnixFileMode(path);
        if ((mode & (UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0)
        {
            throw new CommandFailedException($"{path} is read-only: make it writable, or leave it out (--file)");
        }

        var beside = $"{path}.harden-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        try
        {
            using (var stream = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
            {
                stream.Write(contents);
                stream.Flush(flushToDisk: true);
            }

            File.SetUnixFileMode(beside, mode); // the mask of this process may have cut it
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    // A link stays one.
    private static string Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
}
