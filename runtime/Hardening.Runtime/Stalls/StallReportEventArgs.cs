namespace Hardening.Stalls;

/// <summary>A report of a stall.</summary>
public sealed class StallReportEventArgs(StallReport report) : EventArgs
{
    /// <summary>The report: of a stall that goes on, or of one that is over (<see cref="StallReport.HasEnded"/>).</summary>
    public StallReport Report { get; } = report;
}
