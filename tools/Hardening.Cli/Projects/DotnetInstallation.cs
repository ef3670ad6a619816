using System.Runtime.InteropServices;

namespace Hardening.Cli.Projects;

/// <summary>The installation of .NET that this program runs on.</summary>
internal static class DotnetInstallation
{
    /// <summary>Its folder: that of the runtime is <c>shared/Microsoft.NETCore.App/10.0.0/</c> in it.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Its host where it has an SDK; otherwise the one on the PATH.</summary>
    public static string Host => Directory.Exists(Path.Combine(Root, "sdk")) && Path.Combine(Root, "dotnet") is var host && File.Exists(host) ? host : "dotnet";
}
