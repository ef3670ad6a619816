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

    /// <summary>The startup hooks of the application, in a worker that is started by one of ours.</summary>
    public const string Hooks = "HARDENING_WORKER_HOOKS";

    public static bool IsWorker => Environment.GetEnvironmentVariable(Channel) is not null;
}
