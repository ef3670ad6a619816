using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Scanning;

/// <summary>From a compiler's severities.</summary>
internal static class Severities
{
    /// <returns>Null for what is not shown.</returns>
    public static FindingSeverity? Of(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => FindingSeverity.Error,
        DiagnosticSeverity.Warning => FindingSeverity.Warning,
        DiagnosticSeverity.Info => FindingSeverity.Info,
        _ => null,
    };
}
