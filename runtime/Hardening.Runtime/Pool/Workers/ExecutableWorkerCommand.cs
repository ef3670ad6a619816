using Hardening.Processes;

namespace Hardening.Pool.Workers;

/// <summary>Another .NET program, whose <c>Main</c> is a worker.</summary>
internal sealed class ExecutableWorkerCommand(string path, IReadOnlyList<string> arguments) : WorkerCommand
{
    public override string ToString() => string.Join(' ', arguments.Prepend(path));

    internal override WorkerProcess Start(WorkerSetup setup)
    {
        var file = Path.Combine(AppContext.BaseDirectory, path);
        if (!File.Exists(file))
        {
            throw new WorkerStartException($"The worker of the pool '{setup.Pool}' is not at '{file}': give its path, or deploy it with the application.");
        }

        if (!file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            return RingWorkerStart.Start(new WorkerProgram(file, arguments, RingWorkerStart.Variables()), setup);
        }

        var host = DotnetHost.Shared?.Path
            ?? throw new PlatformNotSupportedException($"The worker '{file}' needs the host of an installed runtime, and this application brings its own: name its executable instead of the assembly.");
        return RingWorkerStart.Start(new WorkerProgram(host, ["exec", file, .. arguments], RingWorkerStart.Variables()), setup);
    }
}
