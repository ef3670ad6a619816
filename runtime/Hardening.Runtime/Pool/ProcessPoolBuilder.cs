using System.Diagnostics.CodeAnalysis;

namespace Hardening.Pool;

/// <summary>Says what the workers of a pool of the host are, and how it differs from its configuration section.</summary>
public sealed class ProcessPoolBuilder
{
    internal ProcessPoolBuilder(string name) => Name = name;

    /// <summary>The name of the pool.</summary>
    public string Name { get; }

    internal WorkerCommand? Worker { get; private set; }

    internal Action<ProcessPoolOptions>? Configuration { get; private set; }

    /// <inheritdoc cref="WorkerCommand.ThisApplication{THandler}"/>
    public ProcessPoolBuilder UseWorker<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] THandler>()
        where THandler : IJobHandler => Use(WorkerCommand.ThisApplication<THandler>());

    /// <inheritdoc cref="WorkerCommand.Executable"/>
    public ProcessPoolBuilder UseExecutable(string path, params IEnumerable<string> arguments) => Use(WorkerCommand.Executable(path, arguments));

    /// <inheritdoc cref="WorkerCommand.Python"/>
    public ProcessPoolBuilder UsePython(string script, string interpreter = "python3", params IEnumerable<string> arguments) => Use(WorkerCommand.Python(script, interpreter, arguments));

    /// <inheritdoc cref="WorkerCommand.Command"/>
    public ProcessPoolBuilder UseCommand(string file, params IEnumerable<string> arguments) => Use(WorkerCommand.Command(file, arguments));

    /// <summary>Its workers are these.</summary>
    /// <exception cref="InvalidOperationException">The pool has its workers already.</exception>
    public ProcessPoolBuilder Use(WorkerCommand worker)
    {
        ArgumentNullException.ThrowIfNull(worker);
        Worker = Worker is null ? worker : throw new InvalidOperationException($"The workers of pool '{Name}' are {Worker} already, and cannot be {worker} too: add a pool for each.");
        return this;
    }

    /// <summary>Sets options in code, after the configuration section.</summary>
    public ProcessPoolBuilder Configure(Action<ProcessPoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Configuration += configure;
        return this;
    }
}
