using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Projects;

/// <summary>How code came to be bound.</summary>
internal enum LoadMode
{
    /// <summary>With the very arguments that the SDK's build gave its compiler.</summary>
    Built,

    /// <summary>All files of a folder together, against the reference assemblies of .NET and ASP.NET: what they get from packages is unknown.</summary>
    Loose,
}

/// <summary>
/// Code that was loaded: a workspace of its projects, each with all that its compiler was given. Nothing in it is written to until someone does. Owns the workspace, and the temporary
/// folder with what the build made: references and generated files are read from there until this is disposed.
/// </summary>
internal sealed class LoadedCode(string root, Workspace workspace, IReadOnlyList<LoadedProject> projects, IReadOnlyList<string> notes, IReadOnlyList<IDisposable>? owned = null) : IDisposable
{
    /// <summary>The folder in the project tree for files that are not source (<see cref="IsSource"/>).</summary>
    internal const string BuildFolder = "obj";

    /// <summary>The folder that paths are told relative to.</summary>
    public string Root { get; } = root;

    public Workspace Workspace { get; } = workspace;

    /// <summary>A project that is built for several frameworks is here several times.</summary>
    public IReadOnlyList<LoadedProject> Projects { get; } = projects;

    /// <summary>What was not loaded, or not as wanted, each with its reason and what to do.</summary>
    public IReadOnlyList<string> Notes { get; } = notes;

    /// <summary>Whether a file is what people wrote: not made by the build, by a source generator, or by this program.</summary>
    public static bool IsSource(TextDocument document) => document is not SourceGeneratedDocument && document.Folders is not [BuildFolder, ..];

    public void Dispose()
    {
        Workspace.Dispose();
        foreach (var thing in owned ?? [])
        {
            thing.Dispose();
        }
    }
}

/// <summary>One project, for one framework.</summary>
/// <param name="Id">Its place in the workspace.</param>
/// <param name="Name">Its name for people, the same for all frameworks.</param>
/// <param name="Path">Its project file, or the folder of loose code.</param>
/// <param name="Framework">Such as <c>net10.0</c>; null for loose code.</param>
/// <param name="Mode">How it was loaded.</param>
/// <param name="Notes">What is special about it, such as why it is loose.</param>
internal sealed record LoadedProject(ProjectId Id, string Name, string Path, string? Framework, LoadMode Mode, IReadOnlyList<string> Notes);
