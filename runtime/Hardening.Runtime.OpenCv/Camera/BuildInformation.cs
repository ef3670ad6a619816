using System.Text.RegularExpressions;
using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>What the OpenCV in use says of how it was built.</summary>
internal static partial class BuildInformation
{
    private static readonly Lazy<string> Text = new(Cv2.GetBuildInformation, LazyThreadSafetyMode.PublicationOnly);

    public static string Version { get; } = Cv2.GetVersionString() ?? "?";

    public static string Framework => FrameworkOf(Text.Value);

    public static IEnumerable<string> Notes(Func<string, string?> variable)
    {
        var framework = Framework;
        if (variable("OPENCV_FOR_THREADS_NUM") is { Length: > 0 } threads && framework.StartsWith("TBB", StringComparison.Ordinal))
        {
            yield return $"OPENCV_FOR_THREADS_NUM={threads} is ignored by OpenCV with TBB; call OpenCvThreads.Configure instead.";
        }

        if (variable("OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER") is { Length: > 0 } wait && !framework.StartsWith("pthreads", StringComparison.Ordinal))
        {
            yield return $"OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER={wait} is for OpenCV with pthreads; this one has {framework}.";
        }

        if (variable("OMP_NUM_THREADS") is { Length: > 0 } omp && !framework.StartsWith("OpenMP", StringComparison.Ordinal))
        {
            yield return $"OMP_NUM_THREADS={omp} is for OpenCV with OpenMP; this one has {framework}.";
        }
    }

    internal static string FrameworkOf(string text) => Line().Match(text) is { Success: true } line ? line.Groups[1].Value : "unknown";

    [GeneratedRegex(@"Parallel framework:\s*(\S.*?)\s*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Line();
}
