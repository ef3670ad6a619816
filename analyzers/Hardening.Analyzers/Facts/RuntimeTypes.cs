namespace Hardening.Analyzers.Facts;

/// <summary>The types of the runtime that rules and fixes name. They refer to no assembly, so a test holds every name here against the real types.</summary>
internal static class RuntimeTypes
{
    public const string SupervisedProcess = "Hardening.Processes.SupervisedProcess";

    /// <summary>What keeps its name and its meaning when a <c>Process</c> becomes a <c>SupervisedProcess</c>, and what the fix writes itself.</summary>
    public static ImmutableArray<string> SupervisedMembers { get; } = ImmutableArray.Create(
        "Start",
        "Id",
        "StartInfo",
        "HasExited",
        "ExitCode",
        "ExitTime",
        "StartTime",
        "UserProcessorTime",
        "PrivilegedProcessorTime",
        "TotalProcessorTime",
        "StandardInput",
        "StandardOutput",
        "StandardError",
        "OutputDataReceived",
        "ErrorDataReceived",
        "BeginOutputReadLine",
        "BeginErrorReadLine",
        "CancelOutputRead",
        "CancelErrorRead",
        "Exited",
        "EnableRaisingEvents",
        "WaitForExit",
        "WaitForExitAsync",
        "Kill",
        "StopAsync",
        "Dispose",
        "DisposeAsync");

    /// <summary>Null where the runtime is not referenced.</summary>
    public static INamedTypeSymbol? SupervisedProcessOf(Compilation compilation) => compilation.GetTypeByMetadataName(SupervisedProcess);
}
