namespace Hardening.Pool.Workers;

/// <summary>A Python script, which hardening_worker.py runs.</summary>
internal sealed class PythonWorkerCommand(string script, string interpreter, IReadOnlyList<string> arguments) : WorkerCommand
{
    private const string Encoding = "PYTHONIOENCODING";

    // What a script prints must not end its job, whatever the locale of a service is; what the environment says already is stronger.
    private static readonly Dictionary<string, string> Variables =
        Environment.GetEnvironmentVariable(Encoding) is null ? new() { [Encoding] = "utf-8:backslashreplace" } : [];

    /// <summary>Where the program is that makes a worker of a script.</summary>
    public static string Runner { get; } = Path.Combine(AppContext.BaseDirectory, "hardening-worker", "hardening_worker.py");

    public override string ToString() => string.Join(' ', arguments.Prepend(script).Prepend(interpreter));

    internal override WorkerProcess Start(WorkerSetup setup)
    {
        var file = Path.Combine(AppContext.BaseDirectory, script);
        return !File.Exists(file) ? throw new WorkerStartException($"The script of the workers of pool '{setup.Pool}' is not at '{file}': give its path, or deploy it with the application.")
            : !File.Exists(Runner) ? throw new WorkerStartException($"'{Runner}' is missing, which comes with Hardening.Runtime and runs the script: deploy the whole output of the application.")
            // Unbuffered: what a script that hangs has printed is in the exception that says so.
            : StreamWorkerStart.Start(new WorkerProgram(ForeignWorkerCommand.Find(interpreter, setup), ["-u", Runner, file, .. arguments], Variables), setup);
    }
}
