namespace DeployService.Legacy;

/// <summary>What became of a deployment.</summary>
/// <param name="ExitCode">The exit code of the script; null: it took too long.</param>
/// <param name="Log">What it printed.</param>
public sealed record LegacyResult(int? ExitCode, string Log);
