using Hardening.Pool.Channels;
using Hardening.Processes.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Workers;

/// <summary>A worker's process, with the line to it and what it writes. Disposing ends nothing: <see cref="Tree"/> does; it frees the line and the descriptors, once nobody is in a call of <see cref="Channel"/>.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly WorkerOutput _output;

    public WorkerProcess(ChildTree tree, WorkerChannel channel, SafeFileHandle pidFd, WorkerOutput output) => (Tree, Channel, PidFd, _output) = (tree, channel, pidFd, output);

    public ChildTree Tree { get; }

    public WorkerChannel Channel { get; }

    /// <summary>Becomes readable when the root has ended. Its own duplicate: valid until <see cref="Dispose"/>.</summary>
    public SafeFileHandle PidFd { get; }

    public int ProcessId => Tree.ProcessId;

    /// <summary>The last lines that it wrote to its outputs, at most 20; empty when none. What it wrote before it ended is there a moment after its end: see <see cref="OutputEnded"/>.</summary>
    public string LastOutput() => _output.LastLines();

    /// <summary>All that it and its descendants wrote has been read, or no more of it can be. Never faults.</summary>
    public Task OutputEnded => _output.Ended;

    public void Dispose()
    {
        Channel.Dispose();
        PidFd.Dispose();
    }
}
