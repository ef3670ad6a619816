namespace Hardening.Cli.Scanning;

/// <summary>A file that is there as a whole or not at all: written beside its place, and moved there when it is complete.</summary>
internal static class OutputFile
{
    /// <summary>Finds out before the work whether it can be written after it.</summary>
    /// <exception cref="CommandFailedException">It cannot.</exception>
    public static void Check(string path)
    {
        if (Directory.Exists(path))
        {
            throw new CommandFailedException($"'{path}' is a folder, and a file is to be written there");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is not { } folder || !Directory.Exists(folder))
        {
            throw new CommandFailedException($"'{path}' cannot be written: its folder is not there");
        }
    }

    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        path = Path.GetFullPath(path);
        var beside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            await using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
            {
                await write(stream);
            }

            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside); // not there where it was moved
        }
    }
}
