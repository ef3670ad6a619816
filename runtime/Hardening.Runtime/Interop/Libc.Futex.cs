using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>Waits on a word of memory that processes share, and what a thread that spins needs to know: futex(2), sched_getcpu(3), clock_gettime(2).</summary>
internal static unsafe partial class Libc
{
    private const int FUTEX_WAIT = 0; // never the private kind: the word is in two address spaces
    private const int FUTEX_WAKE = 1;
    private const int CLOCK_MONOTONIC = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private static readonly nint FutexNumber = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 202 : 98;

    /// <summary>Nanoseconds of CLOCK_MONOTONIC, without a system call: for waits that are shorter than any timer.</summary>
    public static long Nanoseconds
    {
        get
        {
            TimeSpecification now;
            _ = clock_gettime(CLOCK_MONOTONIC, &now);
            return (now.Seconds * NanosecondsPerSecond) + now.Nanoseconds;
        }
    }

    /// <summary>The processor that the calling thread is on, as it was a moment ago; negative where the system does not say.</summary>
    public static int CurrentProcessor => sched_getcpu();

    /// <summary>Sleeps while the word has this value, until it is woken, for <paramref name="nanoseconds"/> at most. Returns now and then for no reason.</summary>
    public static void WaitWhile(uint* word, uint value, long nanoseconds)
    {
        var timeout = new TimeSpecification { Seconds = nanoseconds / NanosecondsPerSecond, Nanoseconds = nanoseconds % NanosecondsPerSecond };
        _ = syscall(FutexNumber, word, FUTEX_WAIT, (nint)value, &timeout, 0, 0);
    }

    /// <summary>Wakes the threads of any process that wait on the word.</summary>
    public static void Wake(uint* word) => _ = syscall(FutexNumber, word, FUTEX_WAKE, int.MaxValue, null, 0, 0);

    // glibc reads both from memory that the kernel keeps up to date: a few nanoseconds, in which no collection needs to wait for the thread.
    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int clock_gettime(int clock, TimeSpecification* time);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int sched_getcpu();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, uint* word, nint operation, nint value, TimeSpecification* timeout, nint word2, nint value3);

    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
