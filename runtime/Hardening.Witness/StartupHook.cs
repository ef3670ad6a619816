using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Hardening.Witness;

/// <summary>
/// The other way in. For an application that brings its own runtime: its host starts a second time with this assembly as a startup hook, which runs before <c>Main</c> and never returns to it.
/// The name and the place of the type are the runtime's (docs/design/features/host-startup-hook.md of dotnet/runtime).
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("HARDENING_WITNESS") is { } address)
        {
            var directory = Path.GetDirectoryName(typeof(StartupHook).Assembly.Location)!;
            // The application's own list of assemblies does not have those beside the witness.
            AssemblyLoadContext.Default.Resolving += (context, name) => Path.Combine(directory, name.Name + ".dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
            Environment.Exit(Run(address));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // what it uses is found only now
    private static int Run(string address) => Program.Run(address);
}
