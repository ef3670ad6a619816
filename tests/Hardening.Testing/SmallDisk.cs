using System.Diagnostics;
using System.Globalization;

namespace Hardening.Testing;

/// <summary>A file system in memory that a few files fill. Only root may mount one: for others the test is skipped.</summary>
public sealed class SmallDisk : IDisposable
{
    private const int BlockBytes = 4096;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string _filler;

    public SmallDisk(long bytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Only root may mount a disk.");
        }

        FullName = Directory.CreateTempSubdirectory("hardening-disk-").FullName;
        _filler = Path.Combine(FullName, "filler");
        if (Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={bytes}"), "hardening-test", FullName) is { Length: > 0 } refusal)
        {
            Directory.Delete(FullName);
            Assert.Ignore($"This machine mounts nothing: {refusal}");
        }
    }

    public string FullName { get; }

    /// <summary>Takes all room but this much; with 0 no byte can be written any more.</summary>
    public void Fill(long leave = 0)
    {
        using var file = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[BlockBytes];
        while (new DriveInfo(FullName).AvailableFreeSpace >= leave + BlockBytes)
        {
            file.Write(block);
        }
    }

    /// <summary>Gives the room back that <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(_filler);

    public void Dispose()
    {
        Assert.That(Run("umount", "--lazy", FullName), Is.Empty);
        Directory.Delete(FullName);
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        Assert.That(process.WaitForExit(Limit));
        return process.ExitCode == 0 ? "" : $"{errors.Trim()} ({process.ExitCode})";
    }
}
