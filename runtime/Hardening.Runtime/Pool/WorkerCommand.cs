using System.Diagnostics.CodeAnalysis;
using Hardening.Pool.Workers;

namespace Hardening.Pool;

/// <summary>What a pool starts as its workers.</summary>
public abstract partial class WorkerCommand
{
    private protected WorkerCommand()
    {
    }

    /// <summary>This application's own executable again, which runs the handler instead of <c>Main</c>: the pool sees to that, nothing has to be added.</summary>
    /// <remarks>Native AOT and trimmed applications have no startup hooks; there <c>Main</c> begins with <see cref="PoolWorker.RunIfWorker()"/>.</remarks>
    /// <typeparam name="THandler">Made once in each worker, by its constructor without parameters.</typeparam>
    public static WorkerCommand ThisApplication<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] THandler>()
        where THandler : IJobHandler => new ApplicationWorkerCommand(typeof(THandler));

    /// <summary>Another .NET program, whose <c>Main</c> calls <see cref="PoolWorker.Run"/>.</summary>
    /// <param name="path">Its executable, or its assembly (.dll), which the host of this application's runtime then runs; relative to the application's directory.</param>
    /// <param name="arguments">Each one argument, without quoting.</param>
    public static WorkerCommand Executable(string path, params IEnumerable<string> arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(arguments);
        return new ExecutableWorkerCommand(path, [.. arguments]);
    }

    /// <summary>A Python script: a function of it, marked with <c>@job</c>, does the jobs (docs/runtime/pool.md). Python 2.7, or 3.6 and later; nothing has to be installed for it.</summary>
    /// <param name="script">Its path; relative to the application's directory.</param>
    /// <param name="interpreter">A path, relative to the application's directory, or a name that is looked up there and in PATH.</param>
    /// <param name="arguments">For the script, in <c>sys.argv</c>; each one argument, without quoting.</param>
    public static WorkerCommand Python(string script, string interpreter = "python3", params IEnumerable<string> arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(script);
        ArgumentException.ThrowIfNullOrEmpty(interpreter);
        ArgumentNullException.ThrowIfNull(arguments);
        return new PythonWorkerCommand(script, interpreter, [.. arguments]);
    }

    /// <summary>Any program that speaks the protocol of workers over its standard input and output (docs/worker-protocol.md).</summary>
    /// <param name="file">A path, relative to the application's directory, or a name that is looked up there and in PATH.</param>
    /// <param name="arguments">Each one argument, without quoting.</param>
    public static WorkerCommand Command(string file, params IEnumerable<string> arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentNullException.ThrowIfNull(arguments);
        return new ForeignWorkerCommand(file, [.. arguments]);
    }

    /// <summary>What is started, for messages.</summary>
    public abstract override string ToString();

    /// <summary>Starts a worker, which has not said anything yet. Takes about a millisecond, the first time some 50 more: the supervisor starts with it.</summary>
    /// <exception cref="WorkerStartException">It could not be started; the message says why.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux, or the application was published so that it cannot be started.</exception>
    internal abstract WorkerProcess Start(WorkerSetup setup);
}
