using System.Diagnostics.CodeAnalysis;

namespace Hardening.Pool.Serving;

/// <summary>Makes the handler that the pool has named.</summary>
internal static class HandlerLookup
{
    /// <summary>What makes the handler of this name; it throws where there is none, or no such type here.</summary>
    public static Func<IJobHandler> Named(string? name) => () => Create(name
        ?? throw new InvalidOperationException("The pool did not name a handler: it starts this program by WorkerCommand.Executable, so call PoolWorker.Run with one."));

    [UnconditionalSuppressMessage("Trimming", "IL2057", Justification = "WorkerCommand.ThisApplication keeps the type and its constructor: both processes are the same application.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "As above.")]
    private static IJobHandler Create(string name)
    {
        var type = Type.GetType(name) ?? throw new InvalidOperationException($"The handler '{name}' is not in this application: the pool and its workers must be of one build.");
        return (IJobHandler)Activator.CreateInstance(type)!;
    }
}
