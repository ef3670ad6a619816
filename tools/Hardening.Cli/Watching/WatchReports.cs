using Hardening.Stalls;
using Hardening.Stalls.Reports;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>Writes reports of stalls where the user wants them, in the form of the watchdog's (docs/runtime/stall-report.md).</summary>
internal sealed class WatchReports
{
    private const int MaxReports = 200; // of one watch; the directory keeps more

    private readonly StallReportFiles _files;
    private readonly Dictionary<string, string> _written = new(StringComparer.Ordinal);

    /// <exception cref="CommandFailedException">The directory cannot be made.</exception>
    public WatchReports(string directory, TimeProvider time)
    {
        try
        {
            _files = new StallReportFiles(new StallReportOptions { Directory = Directory.CreateDirectory(directory).FullName, MaxFiles = 10_000 }, Environment.CurrentDirectory, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"Reports cannot be written to '{directory}': {e.Message.TrimEnd('.')}. Give --report a directory that you may write to");
        }
    }

    /// <summary>The files, the oldest first.</summary>
    public IReadOnlyList<string> Files => [.. _written.Values.Order(StringComparer.Ordinal)];

    /// <summary>Why one could not be written; null when all could.</summary>
    public string? Failure { get; private set; }

    /// <summary>Reports that were not written, for there are enough of them.</summary>
    public int Omitted { get; private set; }

    public void Write(StallReport report, StallWindow? window)
    {
        if (!_written.ContainsKey(report.Id) && _written.Count >= MaxReports)
        {
            Omitted++;
            return;
        }

        try
        {
            _written[report.Id] = _files.Write(report, window, static () => true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = $"A report could not be written: {e.Message}";
        }
    }
}
