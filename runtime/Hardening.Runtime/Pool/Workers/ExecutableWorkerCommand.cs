namespace Hardening.Pool.Workers;

/// <summary>Another .NET program.</summary>
internal sealed class ExecutableWorkerCommand(string path, IReadOnlyList<string> arguments) : WorkerCommand
{
    public override string ToString() => string.Join(' ', arguments.Prepend(path));

    internal override WorkerProcess Start(WorkerSetup setup) => throw new NotImplementedException();
}
