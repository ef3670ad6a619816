using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Hardening.Pool.Serving;
using Hardening.Processes;

namespace Hardening.Pool.Workers;

/// <summary>This application again: its own executable, or what it was started with, and our startup hook, which runs the handler before <c>Main</c> and never comes back.</summary>
internal sealed class ApplicationWorkerCommand : WorkerCommand
{
    private const string Dependencies = ".deps.json";

    private readonly Type _handler;
    private readonly string _name;

    [DynamicDependency(nameof(PoolWorker.RunIfWorker) + "()", typeof(PoolWorker))] // for the startup hook
    public ApplicationWorkerCommand([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type handler)
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
        return DotnetHost.Shared is { } shared && FindAssembly(own) is { } arguments
            ? new WorkerProgram(shared.Path, ["exec", .. arguments, label], variables)
            : new WorkerProgram(own, [label], variables);
    }

    // Null where the executable of this process is the application's own, or holds all of it.
    private static string[]? FindAssembly(string executable)
    {
        var name = Assembly.GetEntryAssembly()?.GetName().Name ?? "";
        if (Path.GetFileName(executable) == name)
        {
            return null;
        }

        var assembly = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        var dependencies = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0] ?? "";
        if (!dependencies.EndsWith(Dependencies, StringComparison.Ordinal) || dependencies == Path.ChangeExtension(assembly, Dependencies))
        {
            return File.Exists(assembly) ? [assembly] : null;
        }

        // A program that runs others' assemblies, such as a test runner, was started with their dependencies and their configuration in place of its own.
        var configuration = dependencies[..^Dependencies.Length] + ".runtimeconfig.json";
        return File.Exists(configuration) ? ["--runtimeconfig", configuration, "--depsfile", dependencies, Path.ChangeExtension(configuration[..^".json".Length], ".dll")] : null;
    }
}
