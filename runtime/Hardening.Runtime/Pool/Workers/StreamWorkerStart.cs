using Hardening.Pool.Channels;
using Hardening.Pool.Serving;

namespace Hardening.Pool.Workers;

/// <summary>Starts workers that speak over their standard input and output; the regions of frames are their descriptors from 3 on.</summary>
internal static class StreamWorkerStart
{
    /// <inheritdoc cref="WorkerCommand.Start"/>
    public static WorkerProcess Start(WorkerProgram program, WorkerSetup setup)
    {
        using var pipes = new WorkerPipes(hasMessages: true);
        var tree = program.Start(setup, WorkerEnvironment.Stream, pipes, [.. setup.Regions.Select(region => region.File)]);
        StreamChannel channel;
        try
        {
            channel = new StreamChannel(pipes.TakeInput(), pipes.TakeOutput(), setup.MaxMessageBytes);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            tree.Kill();
            throw new WorkerStartException($"A worker of the pool '{setup.Pool}' was ended: {e.Message}. Raise the limit of open files (ulimit -n), or look for what is not closed.", innerException: e);
        }

        return pipes.Complete(tree, channel, setup);
    }
}
