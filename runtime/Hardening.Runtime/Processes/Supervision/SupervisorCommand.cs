namespace Hardening.Processes.Supervision;

/// <summary>How the supervisor is started: which program, which arguments, which environment.</summary>
/// <param name="Arguments">The first is the absolute path of the program.</param>
/// <param name="Environment">As <c>NAME=value</c>.</param>
internal sealed record SupervisorCommand(IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment)
{
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
        var path = DotnetHost.HookPath;
        if (!File.Exists(path))
        {
            throw new SupervisorException($"The supervisor of child processes is not at {path}: the build of the application copies it there from the package Hardening.Runtime; deploy that directory with the application.");
        }

        List<string> environment = [.. Inherited.Where(name => System.Environment.GetEnvironmentVariable(name) is not null).Select(name => $"{name}={System.Environment.GetEnvironmentVariable(name)}"), .. Settings];
        List<string> arguments = [];
        if (DotnetHost.Shared is var (host, version))
        {
            arguments.AddRange([host, "exec", "--fx-version", version, path]);
        }
        else
        {
            arguments.Add(DotnetHost.WithHooks("The supervisor of child processes"));
            environment.Add($"DOTNET_STARTUP_HOOKS={path}");
        }

        return new SupervisorCommand([.. containment == Containment.PidNamespace ? Unshare() : [], .. arguments], environment);
    }

    private static string[] Unshare()
    {
        string[] places = ["/usr/bin/unshare", "/bin/unshare"];
        var unshare = places.FirstOrDefault(File.Exists)
            ?? throw new SupervisorException("Containment by a PID namespace was asked for, and needs unshare of util-linux, which is not there: install util-linux, or ask for another containment.");
        string[] user = System.Environment.IsPrivilegedProcess ? [] : ["--user", "--map-current-user"];
        return [unshare, .. user, "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--propagation", "slave", "--"];
    }
}
