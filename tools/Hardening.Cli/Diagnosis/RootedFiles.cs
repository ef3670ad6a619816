namespace Hardening.Cli.Diagnosis;

/// <summary>The files below a root folder: <c>/</c> for this host, another for a recorded one.</summary>
internal class RootedFiles(string root) : IHostFiles
{
    private const int MostCharacters = 4 << 20; // what /proc gives has no size to ask for first

    private readonly string _root = root;

    public HostFile Read(string path)
    {
        try
        {
            using var reader = new StreamReader(Below(path));
            var text = new char[4096];
            var read = new System.Text.StringBuilder();
            while (read.Length < MostCharacters && reader.Read(text) is > 0 and var count)
            {
                read.Append(text, 0, count);
            }

            return HostFile.Of(read.ToString());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return HostFile.Unread($"{path} is not there");
        }
        catch (UnauthorizedAccessException)
        {
            return HostFile.Unread($"{path} may not be read by this user");
        }
        catch (IOException e)
        {
            return HostFile.Unread($"{path} cannot be read ({Reason(e)})");
        }
    }

    public IReadOnlyList<string> List(string path)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Below(path)).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(Below(path)).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool CanWrite(string path)
    {
        try
        {
            using var opened = new FileStream(Below(path), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public virtual (long Bytes, long FreeBytes)? Space(string path)
    {
        try
        {
            var drive = new DriveInfo(Below(path));
            return (drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    public virtual HostFile Output(string command) => HostFile.Unread($"'{command}' was not asked");

    protected string Below(string path) => Path.Combine(_root, path.TrimStart('/'));

    // The system's own words, without the path, which is told anyway.
    private static string Reason(IOException failure) => failure.Message.Split(" : ") is [var reason, ..] ? reason : failure.Message;
}
