using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes;

/// <summary>Reads one output of a child from its start to its end, whether anybody wants it or not, and owns the pipe. Blocks no thread.</summary>
internal sealed class OutputPump
{
    private const int ChunkBytes = 16 << 10;

    // How long a pipe may stay silent once the tree has ended: a process that could not be ended may hold its other end for ever.
    private static readonly TimeSpan LastRead = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;

    public OutputPump(SafePipeHandle pipe, Task treeEnded, CapturedOutput output, int capacity, TimeProvider time)
    {
        _time = time;
        Ended = RunAsync(pipe, treeEnded, output, new byte[Math.Min(capacity, ChunkBytes)]);
    }

    /// <summary>All that the child wrote has been read, or no more of it can be. Never faults.</summary>
    public Task Ended { get; }

    private async Task RunAsync(SafePipeHandle handle, Task treeEnded, CapturedOutput output, byte[] chunk)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var end = new CancellationTokenSource();
        _ = treeEnded.ContinueWith(_ => NoteTreeEnded(output, end), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await using var pipe = new AnonymousPipeClientStream(PipeDirection.In, handle);
            while (await ReadAsync(pipe, chunk, end.Token).ConfigureAwait(false) is var read and > 0)
            {
                await output.WriteAsync(chunk.AsMemory(0, read)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The pipe is lost, or held by what could not be ended: this is the end of it.
        }
        finally
        {
            handle.Dispose();
            output.Complete();
        }
    }

    private async ValueTask<int> ReadAsync(AnonymousPipeClientStream pipe, byte[] chunk, CancellationToken treeEnded)
    {
        if (!treeEnded.IsCancellationRequested)
        {
            try
            {
                return await pipe.ReadAsync(chunk, treeEnded).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (treeEnded.IsCancellationRequested)
            {
                // Once more, for what was written last.
            }
        }

        using var limit = new CancellationTokenSource(LastRead, _time);
        return await pipe.ReadAsync(chunk, limit.Token).ConfigureAwait(false);
    }

    private static void NoteTreeEnded(CapturedOutput output, CancellationTokenSource end)
    {
        output.NoteTreeEnded();
        try
        {
            end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The pipe came to its end first.
        }
    }
}
