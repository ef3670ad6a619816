using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Hardening.Pool.Serving;
using Hardening.Processes;

namespace Hardening.Pool.Workers;

/// <summary>This application again: its own executable, or what it was started with, and our startup hook, which runs the handler before <c>Main</c> and never comes back.</summary>
internal sealed class ApplicationWorkerCommand : WorkerCommand
{
    private readonly Type _handler;
    private readonly string _name;

    [DynamicDependency(nameof(PoolWorker.RunIfWorker) + "()", typeof(PoolWorker))] // for the startup hook
    public ApplicationWorkerCommand(Type handler)
    {
        _name = handler.AssemblyQualifiedName is { } name && !handler.IsAbstract && handler.GetConstructor(Type.EmptyTypes) is not null
            ? name
            : throw new ArgumentException($"A worker makes its handler by a public constructor without parameters, which '{handler}' does not have.");
        _handler = handler;
    }

    public override string ToString() => _handler.Name;

    internal override WorkerProcess Start(WorkerSetup setup)
    {
        if (!File.Exists(DotnetHost.HookPath))
        {
            throw new WorkerStartException($"The startup hook of a pool's workers is not at {DotnetHost.HookPath}: the build of the application copies it there from the package Hardening.Runtime; deploy that directory with the application.");
        }

        var variables = RingWorkerStart.Variables();
        variables[WorkerEnvironment.Handler] = _name;
        variables[WorkerEnvironment.FormerHooks] = Environment.GetEnvironmentVariable(WorkerEnvironment.Hooks) ?? "";
        variables[WorkerEnvironment.Hooks] = DotnetHost.HookPath;
        return RingWorkerStart.Start(Program(variables, $"hardening-worker={setup.Pool}"), setup);
    }

    // The last argument is for who looks at the processes: Main never sees it.
    private static WorkerProgram Program(Dictionary<string, string> variables, string label)
    {
        var own = DotnetHost.WithHooks("A worker of a pool", "; or begin Main with PoolWorker.RunIfWorker");
        var assembly = Assembly.GetEntryAssembly()?.Location;
        return string.IsNullOrEmpty(assembly) || IsHostOf(own, assembly) || DotnetHost.Shared is not { } shared
            ? new WorkerProgram(own, [label], variables)
            : new WorkerProgram(shared.Path, ["exec", .. Context(assembly), assembly, label], variables);
    }

    private static bool IsHostOf(string executable, string assembly) =>
        Path.GetDirectoryName(executable) == Path.GetDirectoryName(assembly) && Path.GetFileName(executable) == Path.GetFileNameWithoutExtension(assembly);

    // A program that runs others' assemblies, such as a test runner, was started with their dependencies and their configuration in place of its own.
    private static IEnumerable<string> Context(string assembly)
    {
        var dependencies = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];
        if (string.IsNullOrEmpty(dependencies) || dependencies == Path.ChangeExtension(assembly, ".deps.json") || !File.Exists(dependencies))
        {
            return [];
        }

        var configuration = dependencies[..^".deps.json".Length] + ".runtimeconfig.json";
        return File.Exists(configuration) ? ["--runtimeconfig", configuration, "--depsfile", dependencies] : ["--depsfile", dependencies];
    }
}
