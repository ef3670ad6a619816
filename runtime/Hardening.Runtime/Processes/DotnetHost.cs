using System.Runtime.InteropServices;

namespace Hardening.Processes;

/// <summary>What starts another process of .NET from this one: the host that the machine shares, or the application's own.</summary>
internal static class DotnetHost
{
    /// <summary>The assembly of the package that is also a startup hook; whether it is there or not.</summary>
    public static string HookPath { get; } = Path.Combine(AppContext.BaseDirectory, "hardening-supervisor", "hardening-supervisor.dll");

    /// <summary>The host of a runtime that is installed, and the version of that runtime; null where the application brings its own.</summary>
    public static (string Path, string Version)? Shared
    {
        get
        {
            // …/shared/Microsoft.NETCore.App/10.0.0/, and the host beside "shared".
            var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/'));
            var host = runtime is { Parent: { Name: "Microsoft.NETCore.App", Parent: { Name: "shared", Parent: { } root } } } ? Path.Combine(root.FullName, "dotnet") : null;
            return File.Exists(host) ? (host, runtime.Name) : null;
        }
    }

    /// <summary>The executable of this process, where it runs startup hooks.</summary>
    /// <param name="starts">What is to be started with it, at the beginning of a sentence.</param>
    /// <param name="otherwise">What else can be done in an application without startup hooks, in addition to allowing them.</param>
    /// <exception cref="PlatformNotSupportedException">The application was published so that it has no startup hooks.</exception>
    public static string WithHooks(string starts, string otherwise = "")
    {
        // Only a runtime that loads assemblies has a list of them. RuntimeFeature tells what is allowed: a plain build with PublishAot forbids dynamic code, and has a runtime.
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null)
        {
            throw new PlatformNotSupportedException($"{starts} is a .NET program, and a native AOT application has no runtime to start it with: publish the application self-contained or framework-dependent{otherwise}.");
        }

        if (AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var hasHooks) && !hasHooks)
        {
            throw new PlatformNotSupportedException($"{starts} starts as a startup hook of this application, whose settings forbid them, as PublishAot and PublishTrimmed make them: set <StartupHookSupport>true</StartupHookSupport> in its project{otherwise}.");
        }

        return Environment.ProcessPath ?? throw new PlatformNotSupportedException($"{starts} starts with the application's own executable, whose path the system does not tell.");
    }
}
