using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Host.Mef;

namespace Hardening.Cli.Projects;

/// <summary>Loads a solution, a project, or a folder: through the SDK's own build, and loosely what cannot be built.</summary>
internal sealed class ProjectLoader(TimeProvider time, LoadOptions? options = null)
{
    private readonly LoadOptions _options = options ?? new LoadOptions();

    /// <param name="path">A <c>.sln</c>, <c>.slnx</c>, <c>.slnf</c>, <c>.csproj</c>, or a folder.</param>
    /// <param name="progress">Told in one line what is going on.</param>
    /// <param name="stop">Stops it; what was started is ended.</param>
    /// <exception cref="CommandFailedException">There is nothing to load.</exception>
    public async Task<LoadedCode> LoadAsync(string path, Action<string> progress, CancellationToken stop)
    {
        var target = LoadTarget.Find(path);
        var owned = new Owned();
        try
        {
            var load = new Load(target, owned, progress, stop);
            if (_options.IsLoose || target.Projects is [])
            {
                await load.AddLooseAsync(Path.GetFileName(target.Root), target.Root, [.. SourceFolders.SourceFiles(target.Root, _ => false)], []);
            }
            else
            {
                await load.AddBuiltAsync(new SdkBuild(owned.Scratch, _options, time, progress));
            }

            return load.Finish();
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    /// <summary>What lives as long as the code that was loaded.</summary>
    private sealed class Owned : IDisposable
    {
        public AdhocWorkspace Workspace { get; } = new(MefHostServices.DefaultHost);

        public ScratchFolder Scratch { get; } = new();

        public GeneratorLoader Loader { get; } = new();

        public void Dispose()
        {
            Workspace.Dispose();
            Loader.Dispose();
            Scratch.Dispose();
        }
    }

    /// <summary>One run of the loader.</summary>
    private sealed class Load(LoadTarget target, Owned owned, Action<string> progress, CancellationToken stop)
    {
        private readonly List<string> _notes = [.. target.Notes];
        private readonly List<LoadedProject> _projects = [];
        private readonly LooseProjects _loose = new();

        public async Task AddBuiltAsync(SdkBuild build)
        {
            progress($"building {(target.BuildFile is { } file ? Path.GetFileName(file) : $"{target.Projects.Count} projects")}");
            var errors = await build.RunAsync(target.BuildFile ?? SolutionOfAll(), target.Root, stop);
            var captures = CapturedCompilation.Read(Path.Combine(owned.Scratch.Path, "captured")).ToLookup(capture => capture.Project, StringComparer.Ordinal);
            var built = new BuiltProjects(owned.Loader, owned.Scratch);
            foreach (var project in target.Projects)
            {
                stop.ThrowIfCancellationRequested();
                if (captures[project].ToList() is { Count: > 0 } runs)
                {
                    AddRuns(built, project, runs, errors);
                }
                else
                {
                    await AddUnbuiltAsync(project, errors);
                }
            }

            _notes.AddRange(built.Failures);
            if (target.IsFolder)
            {
                var folders = target.Projects.Select(project => Path.GetDirectoryName(project)!).ToHashSet(StringComparer.Ordinal);
                await AddLooseAsync(Path.GetFileName(target.Root), target.Root, [.. SourceFolders.SourceFiles(target.Root, folders.Contains)], ["its files belong to no project, so they were read loosely"]);
            }
        }

        public async Task AddLooseAsync(string name, string path, IReadOnlyList<string> files, IReadOnlyList<string> notes)
        {
            if (files is [])
            {
                return;
            }

            progress($"reading {files.Count} files of {name}");
            var info = await _loose.MakeAsync(name, path, files, stop);
            owned.Workspace.AddProject(info);
            _projects.Add(new LoadedProject(info.Id, name, path, null, LoadMode.Loose, notes));
        }

        public LoadedCode Finish() =>
            _projects is []
                ? throw new CommandFailedException($"there is no C# code in '{target.Root}'{(_notes is [] ? "" : $": {_notes[0]}")}")
                : new LoadedCode(target.Root, owned.Workspace, _projects, _notes, [owned]);

        private void AddRuns(BuiltProjects built, string project, List<CapturedCompilation> runs, IReadOnlyList<BuildError> errors)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var failed = errors.Where(error => error.Project == project && error.Framework is not null && runs.TrueForAll(run => run.Framework != error.Framework)).DistinctBy(error => error.Framework)
                .Select(error => $"{error.Framework} does not build and was left out: {error.Text}").ToList();
            foreach (var run in runs)
            {
                var info = built.Make(run, runs.Count > 1 ? $"{name} ({run.Framework})" : name);
                owned.Workspace.AddProject(info);
                _projects.Add(new LoadedProject(info.Id, name, project, run.Framework, LoadMode.Built, failed));
            }
        }

        private static string Unexplained(IReadOnlyList<BuildError> errors) =>
            errors is [var first, ..]
                ? $"the build did not compile it; maybe it refers to a project that failed: {first.Text}"
                : "the build did not compile it: it may not be part of this configuration";

        private Task AddUnbuiltAsync(string project, IReadOnlyList<BuildError> errors)
        {
            var (folder, name) = (Path.GetDirectoryName(project)!, Path.GetFileNameWithoutExtension(project));
            var others = target.Projects.Select(other => Path.GetDirectoryName(other)!).Where(other => other != folder).ToHashSet(StringComparer.Ordinal);
            var error = errors.FirstOrDefault(error => error.Project == project) ?? errors.FirstOrDefault(error => error.Project is null);
            var why = $"{name} could not be built, so it was read loosely: {error?.Text ?? Unexplained(errors)}";
            return AddLooseAsync(name, project, [.. SourceFolders.SourceFiles(folder, others.Contains)], [why]);
        }

        // Each in a folder of its own: a solution has no two of one name in one folder.
        private string SolutionOfAll()
        {
            var projects = target.Projects.Select((project, index) => new XElement("Folder", new XAttribute("Name", $"/{index}/"), new XElement("Project", new XAttribute("Path", project))));
            return owned.Scratch.File("all.slnx", new XElement("Solution", projects).ToString());
        }
    }
}
