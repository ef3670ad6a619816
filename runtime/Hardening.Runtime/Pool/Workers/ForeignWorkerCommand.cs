using Hardening.Processes;

namespace Hardening.Pool.Workers;

/// <summary>A program in any language.</summary>
internal sealed class ForeignWorkerCommand(string file, IReadOnlyList<string> arguments) : WorkerCommand
{
    private static readonly Dictionary<string, string> NoVariables = [];

    public override string ToString() => string.Join(' ', arguments.Prepend(file));

    internal override WorkerProcess Start(WorkerSetup setup) => StreamWorkerStart.Start(new WorkerProgram(Find(file, setup), arguments, NoVariables), setup);

    /// <summary>The absolute path of a program.</summary>
    /// <param name="file">A path, or a name.</param>
    /// <param name="setup">For which pool.</param>
    /// <exception cref="WorkerStartException">There is none.</exception>
    public static string Find(string file, WorkerSetup setup)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, file);
        return File.Exists(beside) ? beside
            : file.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? throw new WorkerStartException($"The program of the workers of pool '{setup.Pool}' is not at '{beside}': give its path, or deploy it with the application.")
            : CommandLine.FindOnPath(file)
            ?? throw new WorkerStartException($"The program of the workers of pool '{setup.Pool}', '{file}', is neither in the application's directory '{AppContext.BaseDirectory}' nor in a directory of PATH: install it, or give its path.");
    }
}
