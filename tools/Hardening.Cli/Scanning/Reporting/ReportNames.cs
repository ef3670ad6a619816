namespace Hardening.Cli.Scanning.Reporting;

/// <summary>What reports call things.</summary>
internal static class ReportNames
{
    /// <summary>The project's name, with the framework that it was built for.</summary>
    public static string Of(ScannedProject project) => project.Framework is null ? project.Name : $"{project.Name} ({project.Framework})";
}
