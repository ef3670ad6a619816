using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>The least that two processes need to talk: memory that both have, a counter for each direction, and futex(2). No queue, no pool, no check of anything: a floor.</summary>
internal sealed unsafe class SharedSlot : IDisposable
{
    private const int Answers = 64; // a cache line further on
    private const int RequestAt = 128;
    private const int AnswerAt = 4096;
    private const int HeaderBytes = 8192;
    private const long LongestSleep = 1_000_000_000; // in nanoseconds: no wait is without a limit

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
        return new SharedSlot(Libc.MapFile(file, bytes, writable: true), bytes, file);
    }

    /// <summary>Sends the request that has been written, and waits for the answer.</summary>
    public void Exchange(int spins)
    {
        var number = Volatile.Read(ref Word(0)) + 1;
        Post(0, number);
        WaitFor(Answers, number, spins);
    }

    /// <summary>Answers each request, until <see cref="End"/>.</summary>
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
        Libc.Wake((uint*)(_memory + at));
    }

    private void WaitFor(int at, int number, int spins)
    {
        for (var spin = 0; Volatile.Read(ref Word(at)) != number; spin++)
        {
            if (spin >= spins)
            {
                Libc.WaitWhile((uint*)(_memory + at), (uint)number - 1, LongestSleep);
            }
        }
    }

    private ref int Word(int at) => ref *(int*)(_memory + at);
}
