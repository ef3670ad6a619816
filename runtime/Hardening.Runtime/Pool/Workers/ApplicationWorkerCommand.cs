namespace Hardening.Pool.Workers;

/// <summary>This application again, in worker mode.</summary>
internal sealed class ApplicationWorkerCommand(Type handler) : WorkerCommand
{
    public override string ToString() => handler.Name;

    internal override WorkerProcess Start(WorkerSetup setup) => throw new NotImplementedException();
}
