using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>
/// How many threads OpenCV's own functions use. It is one setting of the whole process. Where stages run in parallel, one thread each is right: by default every function
/// wakes one thread per visible processor, and eight paced cameras then spend three to five times the CPU time, most of it in the kernel.
/// </summary>
public static class OpenCvThreads
{
    private const int Most = 1024;
    private const int NotConfigured = 0;

    private static int s_configured;

    /// <summary>Sets it; call it once at start, before the first OpenCV function. Calling it again with the same number changes nothing.</summary>
    /// <param name="threads">1 (default) where stages run in parallel; more where one stage has the machine to itself. 1 to 1,024.</param>
    /// <returns>What OpenCV makes of it.</returns>
    public static OpenCvThreadState Configure(int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads); // 0 has another meaning in each of OpenCV's frameworks
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, Most);
        Volatile.Write(ref s_configured, threads);
        if (Cv2.GetNumThreads() != threads)
        {
            Cv2.SetNumThreads(threads);
        }

        return Read();
    }

    /// <summary>How it is now. May be called from any thread.</summary>
    public static OpenCvThreadState Read() => new()
    {
        Configured = Volatile.Read(ref s_configured) is not NotConfigured and var configured ? configured : null,
        Reported = Cv2.GetNumThreads(),
        VisibleProcessors = Environment.ProcessorCount,
        OpenCvProcessors = Cv2.GetNumberOfCpus(),
        Version = BuildInformation.Version,
        Framework = BuildInformation.Framework,
        Notes = [.. BuildInformation.Notes(Environment.GetEnvironmentVariable)],
    };

    internal static void Forget() => Volatile.Write(ref s_configured, NotConfigured);
}

/// <summary>OpenCV's threads as they are.</summary>
public sealed record OpenCvThreadState
{
    /// <summary>What <see cref="OpenCvThreads.Configure"/> has set; null when it was not called.</summary>
    public required int? Configured { get; init; }

    /// <summary>What OpenCV says that a function uses.</summary>
    public required int Reported { get; init; }

    /// <summary>The processors that .NET sees, a container's limit included.</summary>
    public required int VisibleProcessors { get; init; }

    /// <summary>The processors that OpenCV sees and takes for its default: where it is more than <see cref="VisibleProcessors"/>, OpenCV does not know of a container's limit.</summary>
    public required int OpenCvProcessors { get; init; }

    /// <summary>OpenCV's version.</summary>
    public required string Version { get; init; }

    /// <summary>What runs its threads, such as <c>TBB</c> or <c>pthreads</c>.</summary>
    public required string Framework { get; init; }

    /// <summary>Environment variables that are set and do not do what they seem to with this framework; a sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Whether other code of this process has changed it since <see cref="OpenCvThreads.Configure"/>.</summary>
    public bool IsChanged => Configured is { } configured && configured != Reported;
}
