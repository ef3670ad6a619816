using System.Runtime.InteropServices;

namespace Hardening.TestWorker.Stalls;

/// <summary>What a process can do to itself.</summary>
internal static unsafe partial class NativeStorm
{
    private const int RLIMIT_NOFILE = 7;
    private const int PROT_READ_WRITE = 3;
    private const int MAP_PRIVATE_ANONYMOUS_POPULATE = 0x8022; // touches each page with the lock of the address space held

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Threads that map and unmap memory until the result is disposed.</summary>
    public static IDisposable Begin(int threads, int bytes)
    {
        var stop = new StopSign();
        for (var i = 0; i < threads; i++)
        {
            stop.Threads.Add(new Thread(() =>
            {
                while (!stop.IsSet)
                {
                    _ = munmap(mmap(0, (nuint)bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_POPULATE, -1, 0), (nuint)bytes);
                }
            })
            {
                IsBackground = true,
            });
        }

        stop.Threads.ForEach(static thread => thread.Start());
        return stop;
    }

    /// <summary>Lowers the limit of descriptors to those that are open.</summary>
    /// <returns>Whether no file can be opened any more.</returns>
    public static bool UseUpDescriptors()
    {
        var limits = stackalloc ulong[2];
        _ = getrlimit(RLIMIT_NOFILE, limits);
        limits[0] = (ulong)Directory.GetFileSystemEntries("/proc/self/fd").Length;
        _ = setrlimit(RLIMIT_NOFILE, limits);
        while (dup(2) >= 0)
        {
            // Numbers below the limit may be free while others above it are in use.
        }

        try
        {
            using var file = File.OpenHandle("/proc/self/stat");
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    [LibraryImport("libc")]
    private static partial nint mmap(nint address, nuint bytes, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint bytes);

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, ulong* limits);

    [LibraryImport("libc")]
    private static partial int dup(int descriptor);

    private sealed class StopSign : IDisposable
    {
        private volatile bool _isSet;

        public List<Thread> Threads { get; } = [];

        public bool IsSet => _isSet;

        public void Dispose()
        {
            _isSet = true;
            Threads.ForEach(static thread => thread.Join(Limit));
        }
    }
}
