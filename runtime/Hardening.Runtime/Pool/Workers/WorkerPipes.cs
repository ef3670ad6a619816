using System.ComponentModel;
using Hardening.Interop;
using Hardening.Pool.Channels;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Workers;

/// <summary>The standard streams of a worker, both ends of each. Disposing closes what nobody has taken: after a start the worker's ends, otherwise all.</summary>
internal sealed class WorkerPipes : IDisposable
{
    private SafePipeHandle? _input;
    private SafePipeHandle? _output;
    private SafePipeHandle? _text;

    /// <param name="hasMessages">Whether the standard output carries messages; else it goes where the standard error goes.</param>
    /// <exception cref="WorkerStartException">No descriptor is left.</exception>
    public WorkerPipes(bool hasMessages)
    {
        try
        {
            (ChildInput, _input) = Libc.OpenPipe();
            (_text, ChildError) = Libc.OpenPipe();
            (_output, ChildOutput) = hasMessages ? Libc.OpenPipe() : (null, ChildError);
        }
        catch (Win32Exception e)
        {
            Dispose();
            throw new WorkerStartException("A worker has no pipes: the application has as many files open as it may. Raise the limit (ulimit -n), or look for what is not closed.", innerException: e);
        }
    }

    public SafePipeHandle ChildInput { get; } = new();

    public SafePipeHandle ChildOutput { get; } = new();

    public SafePipeHandle ChildError { get; } = new();

    /// <summary>The end to write to of the standard input; the caller's from now on.</summary>
    public SafePipeHandle TakeInput() => Take(ref _input);

    /// <summary>The end to read from of the standard output, where that has messages; the caller's from now on.</summary>
    public SafePipeHandle TakeOutput() => Take(ref _output);

    /// <summary>The worker runs: makes of it, of its line and of what it writes one object. Ends the worker where that fails.</summary>
    /// <param name="tree">The worker.</param>
    /// <param name="channel">Owned from now on, whatever comes.</param>
    /// <param name="setup">Who logs.</param>
    /// <exception cref="WorkerStartException">The system has nothing left to watch it with.</exception>
    public WorkerProcess Complete(Processes.Supervision.ChildTree tree, WorkerChannel channel, WorkerSetup setup)
    {
        SafeFileHandle? pidFd = null;
        try
        {
            var output = new WorkerOutput(Take(ref _text), setup);
            output.Start(tree.ProcessId, tree.Ended);
            pidFd = tree.OpenPidFd() ?? Ended();
            return new WorkerProcess(tree, channel, pidFd, output);
        }
        catch (Exception e)
        {
            tree.Kill();
            pidFd?.Dispose();
            channel.Dispose();
            throw e as WorkerStartException ?? new WorkerStartException($"Worker {tree.ProcessId} of the pool '{setup.Pool}' was ended: the system has nothing left to watch it with ({e.Message}).", innerException: e);
        }
    }

    public void Dispose()
    {
        ChildInput.Dispose();
        ChildOutput.Dispose();
        ChildError.Dispose();
        _input?.Dispose();
        _output?.Dispose();
        _text?.Dispose();
    }

    // It has ended already: what says so is readable, as its own descriptor would be, and its end is told in the one way.
    private static SafeFileHandle Ended()
    {
        var ended = Libc.OpenEvent();
        Libc.SignalEvent(ended);
        return ended;
    }

    private static SafePipeHandle Take(ref SafePipeHandle? end)
    {
        var taken = end ?? throw new InvalidOperationException("This end of a worker's pipe is not there, or was taken already.");
        end = null;
        return taken;
    }
}
