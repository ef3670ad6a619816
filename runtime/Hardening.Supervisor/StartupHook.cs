using Hardening.Interop;
using Hardening.Supervisor;

/// <summary>
/// The other way in. For an application that brings its own runtime, and for the workers of its pools: its host starts a second time with this assembly as a startup hook, which runs before <c>Main</c> and never returns to it.
/// The name and the place of the type are the runtime's (docs/design/features/host-startup-hook.md of dotnet/runtime).
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Program.Variable) is not null)
        {
            Libc.Exit(Program.Run());
        }

        if (Environment.GetEnvironmentVariable("HARDENING_WORKER") is not null)
        {
            Work();
        }
    }

    // A worker of one of the application's pools: the runtime is the application's own, and so is the handler.
    private static void Work()
    {
        try
        {
            var worker = Type.GetType("Hardening.Pool.PoolWorker, Hardening.Runtime", throwOnError: true)!;
            worker.GetMethod("RunIfWorker", Type.EmptyTypes)!.CreateDelegate<Func<bool>>()();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            Environment.Exit(70); // EX_SOFTWARE
        }

        Environment.Exit(0);
    }
}
