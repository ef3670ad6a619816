using Hardening.Pool.Channels;
using Hardening.Pool.Serving;
using Hardening.Processes.Supervision;

namespace Hardening.Pool.Workers;

/// <summary>Starts workers of .NET: rings in shared memory as descriptor 3, the regions of frames from 4 on, the standard input for what is urgent.</summary>
internal static class RingWorkerStart
{
    // Stronger than the runtimeconfig.json that the worker has from its application; what the environment says already is stronger still. A heap for each processor is for one process on a
    // machine, and not for many. No other setting made a start faster or a worker smaller.
    private static readonly (string Name, string Value)[] Settings = [("DOTNET_gcServer", "0")];

    /// <summary>The variables of a worker's runtime.</summary>
    public static Dictionary<string, string> Variables()
    {
        var variables = Settings.Where(setting => Environment.GetEnvironmentVariable(setting.Name) is null).ToDictionary(setting => setting.Name, setting => setting.Value);
        variables[WorkerEnvironment.Settings] = string.Join(':', variables.Keys);
        return variables;
    }

    /// <inheritdoc cref="WorkerCommand.Start"/>
    public static WorkerProcess Start(WorkerProgram program, WorkerSetup setup)
    {
        RingMemory memory;
        try
        {
            memory = RingMemory.Create(setup.ChannelBytes, setup.MaxMessageBytes);
        }
        catch (InsufficientMemoryException e)
        {
            throw new WorkerStartException($"A worker of the pool '{setup.Pool}' was not started: {e.Message}", innerException: e);
        }

        WorkerPipes? pipes = null;
        WorkerChannel? channel = null;
        ChildTree? tree = null;
        try
        {
            pipes = new WorkerPipes(hasMessages: false);
            tree = program.Start(setup, WorkerEnvironment.Ring, pipes, [memory.File, .. setup.Regions.Select(region => region.File)]);
            channel = new RingChannel(memory, pipes.TakeInput());
            memory.File.Dispose(); // the mapping stays
            return pipes.Complete(tree, channel, setup);
        }
        catch when (channel is null)
        {
            tree?.Kill();
            memory.Dispose();
            throw;
        }
        finally
        {
            pipes?.Dispose();
        }
    }
}
