using Hardening.Processes;

namespace Hardening.Stalls;

/// <summary>How the witness is started: which program, which arguments, which environment.</summary>
internal static class WitnessProgram
{
    // Whoever instruments, tunes or debugs the application does not mean its witness; null takes a variable away.
    private static readonly Dictionary<string, string?> Environment = new()
    {
        ["DOTNET_STARTUP_HOOKS"] = null, ["CORECLR_ENABLE_PROFILING"] = null, ["CORECLR_PROFILER"] = null, ["CORECLR_PROFILER_PATH"] = null, ["DOTNET_DiagnosticPorts"] = null, ["DOTNET_EnableEventPipe"] = null,
        ["DOTNET_DbgEnableMiniDump"] = null, ["DOTNET_gcServer"] = "0", ["DOTNET_gcConcurrent"] = "0", ["DOTNET_GCHeapHardLimit"] = "0x20000000", ["DOTNET_GCConserveMemory"] = "5", ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
    };

    /// <summary>Beside the application, whether it is there or not.</summary>
    public static string Location { get; } = Path.Combine(AppContext.BaseDirectory, "hardening-witness", "hardening-witness.dll");

    /// <param name="address">Where it reaches the application.</param>
    /// <param name="restart">When it is restarted.</param>
    /// <exception cref="PlatformNotSupportedException">The application was published in a way that leaves nothing to start a witness with, or it does not run on Linux.</exception>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static RestartingProcessOptions OptionsFor(string address, RestartPolicy restart)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("The witness takes stacks on Linux only.");
        }

        if (!File.Exists(Location))
        {
            throw new FileNotFoundException($"The witness is not at {Location}: the build of the application copies it there from the package Hardening.Runtime.Witness; deploy that directory with the application.", Location);
        }

        var options = new RestartingProcessOptions { LogOutput = true, StopGracePeriod = TimeSpan.FromSeconds(1), Restart = restart };
        foreach (var (name, value) in Environment)
        {
            options.Environment[name] = value;
        }

        if (DotnetHost.Shared is var (host, version))
        {
            options.FileName = host;
            foreach (var argument in (ReadOnlySpan<string>)["exec", "--fx-version", version, Location, address])
            {
                options.Arguments.Add(argument);
            }
        }
        else
        {
            options.FileName = DotnetHost.WithHooks("The witness");
            options.Environment["DOTNET_STARTUP_HOOKS"] = Location;
            options.Environment["HARDENING_WITNESS"] = address;
        }

        return options;
    }
}
