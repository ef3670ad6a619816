using Hardening.Interop;
using Hardening.Supervisor;

/// <summary>
/// The other way in, for an application that brings its own runtime: its host starts a second time with this assembly as a startup hook, which runs before <c>Main</c> and never returns to it.
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
    }
}
