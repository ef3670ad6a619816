using System.Collections;
using System.ComponentModel;
using Hardening.Pool.Serving;
using Hardening.Processes;
using Hardening.Processes.Supervision;

namespace Hardening.Pool.Workers;

/// <summary>What is executed as a worker, in the application's directory and environment.</summary>
/// <param name="Path">The absolute path of the executable.</param>
/// <param name="Arguments">Without the program's own name.</param>
/// <param name="Variables">In addition to the application's own environment, or in place of what it has.</param>
internal sealed record WorkerProgram(string Path, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Starts it.</summary>
    /// <param name="setup">For which pool.</param>
    /// <param name="channel">What the worker is told of the channel: "v=1;…".</param>
    /// <param name="pipes">Its standard streams.</param>
    /// <param name="descriptors">What become its descriptors 3, 4 and so on.</param>
    /// <exception cref="WorkerStartException">It could not be started; the message says why.</exception>
    public ChildTree Start(WorkerSetup setup, string channel, WorkerPipes pipes, params IReadOnlyList<System.Runtime.InteropServices.SafeHandle> descriptors)
    {
        var child = new ChildSpecification
        {
            Path = Path,
            Arguments = [Path, .. Arguments],
            Environment = [.. Environment(setup, channel).Select(variable => $"{variable.Key}={variable.Value}")],
            WorkingDirectory = Directory.GetCurrentDirectory(),
            GracePeriod = setup.StopGracePeriod,
            Limits = setup.Limits,
        };
        try
        {
            return Supervisor.Start(child, [pipes.ChildInput, pipes.ChildOutput, pipes.ChildError, .. descriptors]);
        }
        catch (Win32Exception e)
        {
            throw new WorkerStartException(CommandLine.NotStarted(child.Path, child.WorkingDirectory, e.NativeErrorCode).Message, innerException: e);
        }
        catch (Exception e) when (e is SupervisorException or ArgumentException)
        {
            throw new WorkerStartException($"'{Path}' was not started as a worker of the pool '{setup.Pool}': {e.Message}", innerException: e);
        }
    }

    private Dictionary<string, string> Environment(WorkerSetup setup, string channel)
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        foreach (var (name, value) in Variables)
        {
            variables[name] = value;
        }

        variables[WorkerEnvironment.Channel] = channel;
        variables[WorkerEnvironment.Pool] = setup.Pool;
        return variables;
    }
}
