using System.Globalization;
using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>Looks at single threads of this process. Opens files: never for the sampler's thread.</summary>
internal static class OwnThreads
{
    public static bool Exists(int threadId) => threadId > 0 && Directory.Exists(PathOf(threadId));

    /// <summary>Whether the thread may sleep as one does that waits for a lock: it is in a futex call, or the system does not say.</summary>
    public static bool MayWait(int threadId)
    {
        try
        {
            var text = File.ReadAllText($"{PathOf(threadId)}/syscall").AsSpan();
            var first = text[..Math.Max(0, text.IndexOf(' '))];
            return first.Length > 0 && int.TryParse(first, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var call) && call == SystemCalls.Futex;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Exists(threadId);
        }
    }

    private static string PathOf(int threadId) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{threadId}");
}
