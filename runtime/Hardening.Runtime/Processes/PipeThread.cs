using System.Collections.Concurrent;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes;

/// <summary>
/// The one thread that reads the outputs of all children. Not the thread pool: where that is starved, by threads that read outputs for example, children would be held back.
/// It calls nothing but the pumps, which take bytes and wait for nobody.
/// </summary>
internal sealed class PipeThread
{
    private const int ChunkBytes = 64 << 10; // what a pipe holds

    private static readonly Lock Gate = new();
    private static PipeThread? s_shared;

    private readonly ConcurrentDictionary<ulong, OutputPump> _pumps = new();
    private readonly SafeFileHandle _poll = Libc.OpenPoll();
    private ulong _lastToken;

    private PipeThread() => new Thread(Run, maxStackSize: 256 << 10) { IsBackground = true, Name = "Hardening.Pipes" }.Start();

    /// <summary>Started on first use; runs as long as the application.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left.</exception>
    public static PipeThread Shared
    {
        get
        {
            lock (Gate)
            {
                return s_shared ??= new PipeThread();
            }
        }
    }

    /// <summary>Calls the pump once when its pipe has bytes or has come to its end, and again for each <see cref="Continue"/>.</summary>
    /// <returns>What the pump is called here.</returns>
    public ulong Add(OutputPump pump, SafePipeHandle pipe)
    {
        var token = Interlocked.Increment(ref _lastToken);
        _pumps[token] = pump;
        try
        {
            Libc.Poll(_poll, pipe, token);
            return token;
        }
        catch
        {
            Remove(token);
            throw;
        }
    }

    public void Continue(SafePipeHandle pipe, ulong token)
    {
        try
        {
            Libc.PollAgain(_poll, pipe, token);
        }
        catch (ObjectDisposedException)
        {
            // It has come to its end meanwhile.
        }
    }

    public void Remove(ulong token) => _pumps.TryRemove(token, out _);

    private void Run()
    {
        var chunk = new byte[ChunkBytes];
        var tokens = new ulong[64];
        while (true)
        {
            var count = Libc.WaitForPipes(_poll, tokens, TimeSpan.FromMinutes(10));
            foreach (var token in tokens.AsSpan(0, count))
            {
                if (_pumps.TryGetValue(token, out var pump))
                {
                    pump.Read(chunk);
                }
            }
        }
    }
}
