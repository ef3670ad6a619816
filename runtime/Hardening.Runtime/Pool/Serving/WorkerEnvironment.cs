using Hardening.Interop;

namespace Hardening.Pool.Serving;

/// <summary>The variables by which a pool tells a process that it is a worker (docs/worker-protocol.md).</summary>
internal static class WorkerEnvironment
{
    /// <summary>"v=1;channel=ring;fd=3" or "v=1;channel=stdio".</summary>
    public const string Channel = "HARDENING_WORKER";

    /// <summary>The assembly-qualified name of the handler's type, in a worker that is this application.</summary>
    public const string Handler = "HARDENING_WORKER_HANDLER";

    /// <summary>The pool's name.</summary>
    public const string Pool = "HARDENING_WORKER_POOL";

    /// <summary>What the application has as <see cref="Hooks"/>, which the worker's children get.</summary>
    public const string FormerHooks = "HARDENING_WORKER_HOOKS";

    /// <summary>The names of other variables that only the worker itself is meant to have.</summary>
    public const string Settings = "HARDENING_WORKER_SETTINGS";

    public const string Hooks = "DOTNET_STARTUP_HOOKS";

    public const string Ring = "v=1;channel=ring;fd=3";

    public const string Stream = "v=1;channel=stdio";

    public static bool IsWorker => Environment.GetEnvironmentVariable(Channel) is not null;

    /// <summary>Takes a variable out of the environment: what this process starts is no worker of the pool.</summary>
    public static string? Take(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        if (value is not null)
        {
            Environment.SetEnvironmentVariable(name, null);
            Libc.RemoveVariable(name);
        }

        return value;
    }

    /// <summary>Makes the environment that of the application again, as the worker's own children are to have it.</summary>
    public static void Restore()
    {
        _ = Take(Pool);
        _ = Take(Handler);
        foreach (var name in Take(Settings)?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            _ = Take(name);
        }

        if (Take(FormerHooks) is { } hooks)
        {
            _ = Take(Hooks);
            Environment.SetEnvironmentVariable(Hooks, hooks.Length > 0 ? hooks : null);
        }
    }
}
