using System.Globalization;

namespace Hardening.Pool.Tests;

/// <summary>Files by which jobs say that they have begun.</summary>
internal sealed class Marks : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hardening-marks-").FullName;
    private int _count;

    /// <summary>One that nobody has made yet.</summary>
    public string Next() => Path.Combine(_directory, $"mark{Interlocked.Increment(ref _count)}");

    /// <summary>Waits until a job has made it; the process of its worker.</summary>
    public static async Task<int> MadeAsync(string mark, CancellationToken timeout)
    {
        await Eventually.HoldsAsync(() => File.Exists(mark), "the job has begun", timeout);
        return int.Parse(await File.ReadAllTextAsync(mark, timeout), CultureInfo.InvariantCulture);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
