using System.Diagnostics;

namespace DeployService.Serving;

/// <summary>The script that deploys a release, which both servers run.</summary>
internal static class DeployScript
{
    /// <summary>The environment variable that tells the processes of a deployment from those of the service.</summary>
    public const string ReleaseVariable = "DEPLOY_RELEASE";

    /// <summary>The shell that runs it.</summary>
    public const string Shell = "/bin/sh";

    /// <summary>Where it is.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "deploy", "deploy.sh");

    /// <summary>How it is started for a release.</summary>
    public static ProcessStartInfo For(int release) => new(Shell, [Path, $"{release}"]) { Environment = { [ReleaseVariable] = $"{release}" } };
}
