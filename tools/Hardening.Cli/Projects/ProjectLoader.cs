namespace Hardening.Cli.Projects;

/// <summary>Loads a solution, a project, or a folder.</summary>
internal sealed class ProjectLoader(TimeProvider time)
{
    /// <param name="path">A <c>.sln</c>, <c>.slnx</c>, <c>.csproj</c>, or a folder.</param>
    /// <param name="progress">Told in one line what is going on.</param>
    /// <param name="stop">Stops it; what was started is ended.</param>
    /// <exception cref="CommandFailedException">There is nothing to load.</exception>
    public Task<LoadedCode> LoadAsync(string path, Action<string> progress, CancellationToken stop) => throw new NotImplementedException($"{time}{path}{progress}{stop}");
}
