using System.Globalization;
using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>Looks at single threads of this process. Opens files: never for the sampler's thread.</summary>
internal static class OwnThreads
{
    private const int SlicesPosition = 2; // of /proc/…/schedstat

    public static bool Exists(int threadId) => threadId > 0 && Directory.Exists(PathOf(threadId, ""));

    /// <summary>Whether the thread may be waiting for a lock: it sleeps as one does that waits for one, or it has just been woken, or the system does not say.</summary>
    public static bool MayWait(int threadId) =>
        Exists(threadId) && !(Read(threadId, "syscall") is [var call, _, ..] && int.TryParse(call, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number != SystemCalls.Futex);

    /// <summary>How often the thread was given a processor; 0 when the system does not say.</summary>
    public static long Slices(int threadId) =>
        Read(threadId, "schedstat") is { Length: > SlicesPosition } numbers && long.TryParse(numbers[SlicesPosition], NumberStyles.None, CultureInfo.InvariantCulture, out var slices) ? slices : 0;

    private static string[] Read(int threadId, string file)
    {
        try
        {
            return File.ReadAllText(PathOf(threadId, file)).TrimEnd().Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string PathOf(int threadId, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{threadId}/{file}");
}
