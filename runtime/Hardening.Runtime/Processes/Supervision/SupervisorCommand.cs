using System.Runtime.InteropServices;

namespace Hardening.Processes.Supervision;

/// <summary>How the supervisor is started: which program, which arguments, which environment.</summary>
/// <param name="Arguments">The first is the absolute path of the program.</param>
/// <param name="Environment">As <c>NAME=value</c>.</param>
internal sealed record SupervisorCommand(IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment)
{
    private const string Assembly = "hardening-supervisor";

    // Whoever instruments, tunes or debugs the application does not mean its supervisor: of the application's environment it gets what a runtime needs to start, and nothing else.
    private static readonly string[] Inherited =
        ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "DOTNET_BUNDLE_EXTRACT_BASE_DIR"];

    // No second heap, no background threads, nothing to attach to. Variables, and not only the supervisor's runtimeconfig.json: under the application's own host it has the application's.
    private static readonly string[] Settings =
        [
            "HARDENING_SUPERVISOR=serve", "DOTNET_gcServer=0", "DOTNET_gcConcurrent=0", "DOTNET_GCHeapHardLimit=0x2000000", "DOTNET_GCgen0size=0x40000", "DOTNET_TieredPGO=0",
            "DOTNET_EnableDiagnostics=0", "DOTNET_EnableWriteXorExecute=0", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
        ];

    /// <exception cref="PlatformNotSupportedException">The application was published in a way that leaves nothing to start a supervisor with.</exception>
    /// <exception cref="SupervisorException">A file is missing.</exception>
    public static SupervisorCommand For(Containment containment)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, Assembly);
        var path = Path.Combine(directory, Assembly + ".dll");
        if (!File.Exists(path))
        {
            throw new SupervisorException($"The supervisor of child processes is not at {path}: the build of the application copies it there from the package Hardening.Runtime; deploy that directory with the application.");
        }

        List<string> environment = [.. Inherited.Where(name => System.Environment.GetEnvironmentVariable(name) is not null).Select(name => $"{name}={System.Environment.GetEnvironmentVariable(name)}"), .. Settings];
        List<string> arguments = [];
        if (SharedHost() is var (host, version))
        {
            arguments.AddRange([host, "exec", "--fx-version", version, path]);
        }
        else
        {
            arguments.Add(OwnHost());
            environment.Add($"DOTNET_STARTUP_HOOKS={path}");
        }

        return new SupervisorCommand([.. containment == Containment.PidNamespace ? Unshare() : [], .. arguments], environment);
    }

    // …/shared/Microsoft.NETCore.App/10.0.0/, and the host beside "shared".
    private static (string Host, string Version)? SharedHost()
    {
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/'));
        var host = runtime is { Parent: { Name: "Microsoft.NETCore.App", Parent: { Name: "shared", Parent: { } root } } } ? Path.Combine(root.FullName, "dotnet") : null;
        return File.Exists(host) ? (host, runtime.Name) : null;
    }

    private static string OwnHost()
    {
        if (!RuntimeFeatureIsJit)
        {
            throw new PlatformNotSupportedException("The supervisor of child processes is a .NET program, and a native AOT application has no runtime to start it with: publish the application self-contained or framework-dependent.");
        }

        if (AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var hasHooks) && !hasHooks)
        {
            throw new PlatformNotSupportedException("The supervisor of child processes starts as a startup hook of this self-contained application, and trimming has removed startup hooks: set <StartupHookSupport>true</StartupHookSupport> in its project.");
        }

        return System.Environment.ProcessPath ?? throw new PlatformNotSupportedException("The supervisor of child processes starts with the application's own executable, whose path the system does not tell.");
    }

    private static bool RuntimeFeatureIsJit => System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported;

    private static string[] Unshare()
    {
        string[] places = ["/usr/bin/unshare", "/bin/unshare"];
        var unshare = places.FirstOrDefault(File.Exists)
            ?? throw new SupervisorException("Containment by a PID namespace was asked for, and needs unshare of util-linux, which is not there: install util-linux, or ask for another containment.");
        string[] user = System.Environment.IsPrivilegedProcess ? [] : ["--user", "--map-current-user"];
        return [unshare, .. user, "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--propagation", "slave", "--"];
    }
}
