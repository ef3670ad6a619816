using System.Runtime.InteropServices;
using Hardening.Benchmarks.Measuring;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>The least that two processes need to talk: memory that both have, a counter for each direction, and futex(2). No queue, no pool, no check of anything: a floor.</summary>
internal sealed unsafe partial class SharedSlot : IDisposable
{
    private const int Answers = 64; // a cache line further on
    private const int RequestAt = 128;
    private const int AnswerAt = 4096;
    private const int HeaderBytes = 8192;
    private const int FUTEX_WAIT = 0;
    private const int FUTEX_WAKE = 1;
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int MAP_SHARED = 1;

    private static readonly nint SYS_futex = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    private readonly byte* _memory;
    private readonly long _bytes;
    private readonly SafeFileHandle _file;

    private SharedSlot(nint memory, long bytes, SafeFileHandle file)
    {
        _memory = (byte*)memory;
        _bytes = bytes;
        _file = file;
    }

    /// <summary>How the other process opens it.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_file.DangerousGetHandle()}";

    public Span<byte> Request => new(_memory + RequestAt, AnswerAt - RequestAt);

    public Span<byte> Answer => new(_memory + AnswerAt, HeaderBytes - AnswerAt);

    /// <summary>For frames, one behind the other.</summary>
    public Span<byte> Frame(int slot) => new(_memory + HeaderBytes + ((long)slot * Payloads.FrameBytes), Payloads.FrameBytes);

    public static SharedSlot Create(int frames = 0)
    {
        var bytes = HeaderBytes + ((long)frames * Payloads.FrameBytes);
        return new SharedSlot(Libc.MapSharedMemory("benchmark", bytes, out var file), bytes, file);
    }

    public static SharedSlot Open(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var bytes = RandomAccess.GetLength(file);
        var memory = mmap(0, (nuint)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, (int)file.DangerousGetHandle(), 0);
        return memory != -1 ? new SharedSlot(memory, bytes, file) : throw new BenchmarkException($"mmap fails with {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Sends the request that has been written, and waits for the answer.</summary>
    public void Exchange(int spins)
    {
        var number = Volatile.Read(ref Word(0)) + 1;
        Post(0, number);
        WaitFor(Answers, number, spins);
    }

    /// <summary>Answers each request, until the number is negative.</summary>
    public void Serve(int spins, Action answer)
    {
        for (var number = 1; ; number++)
        {
            WaitFor(0, number, spins);
            if (Request[0] == byte.MaxValue)
            {
                return;
            }

            answer();
            Post(Answers, number);
        }
    }

    /// <summary>Says that there will be no more requests.</summary>
    public void End()
    {
        Request[0] = byte.MaxValue;
        Post(0, Volatile.Read(ref Word(0)) + 1);
    }

    public void Dispose()
    {
        Libc.Unmap((nint)_memory, _bytes);
        _file.Dispose();
    }

    private void Post(int at, int number)
    {
        Volatile.Write(ref Word(at), number);
        _ = syscall(SYS_futex, _memory + at, FUTEX_WAKE, 1, null, null, 0);
    }

    private void WaitFor(int at, int number, int spins)
    {
        for (var spin = 0; Volatile.Read(ref Word(at)) != number; spin++)
        {
            if (spin >= spins)
            {
                var limit = new Timespec(Seconds: 1, Nanoseconds: 0); // no wait is without one
                _ = syscall(SYS_futex, _memory + at, FUTEX_WAIT, number - 1, &limit, null, 0);
            }
        }
    }

    private ref int Word(int at) => ref *(int*)(_memory + at);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, byte* word, int operation, int value, Timespec* timeout, byte* word2, int value3);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, long offset);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
