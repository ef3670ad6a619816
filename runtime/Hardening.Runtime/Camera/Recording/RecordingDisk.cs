using Microsoft.Win32.SafeHandles;

namespace Hardening.Camera.Recording;

/// <summary>What a sink asks of the file system besides writing: tests put a disk in its place that is full, gone or slow.</summary>
internal class RecordingDisk
{
    /// <summary>A new file, which others may read meanwhile.</summary>
    /// <exception cref="IOException">There is a file of this name, or the disk refuses.</exception>
    public virtual SafeFileHandle Create(string path) => File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);

    /// <summary>The bytes that this process may still write to the disk of a directory.</summary>
    public virtual long FreeBytes(DriveInfo drive) => drive.AvailableFreeSpace;

    /// <summary>Waits until the disk has all of a file.</summary>
    public virtual void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>Deletes a file that nobody has open.</summary>
    /// <returns>False when somebody has.</returns>
    public static bool TryDelete(string path)
    {
        try
        {
            // Whoever writes or replays it has locked it against this.
            using var alone = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(path);
            return true;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
