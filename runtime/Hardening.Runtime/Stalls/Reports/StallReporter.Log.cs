using Hardening.Stalls.Actions;
using Microsoft.Extensions.Logging;

namespace Hardening.Stalls.Reports;

internal sealed partial class StallReporter
{
    [LoggerMessage(2010, LogLevel.Error, "{Headline} (cause: {Cause}, for {Duration} so far; report: {Path})")]
    private partial void LogStalled(string headline, StallCause cause, TimeSpan duration, string path);

    [LoggerMessage(2011, LogLevel.Information, "Over after {Duration}: {Headline} (report: {Path})")]
    private partial void LogEnded(string headline, TimeSpan duration, string path);

    [LoggerMessage(2012, LogLevel.Error, "Report {Report} could not be written to {Directory} ({Outcome}); it is counted as lost, and so are others for which this is not said more than once a minute.")]
    private partial void LogNotWritten(Exception? exception, string report, string directory, CallOutcome outcome);

    [LoggerMessage(2013, LogLevel.Error, "The function {Callback}, called for stall {Report}, did not do its work ({Outcome}); the others are called all the same.")]
    private partial void LogCallbackFailed(Exception? exception, string callback, string report, CallOutcome outcome);

    [LoggerMessage(2014, LogLevel.Error, "What is to be done about stall {Report} failed; the watch goes on.")]
    private partial void LogFailed(Exception exception, string report);

    [LoggerMessage(2015, LogLevel.Critical, "The service manager is told to act, as the policy says: {Headline}")]
    private partial void LogTriggers(string headline);

    [LoggerMessage(2016, LogLevel.Critical, "The process ends, as the policy says: {Headline} (dump: {Dump})")]
    private partial void LogFailsFast(string headline, string dump);

    [LoggerMessage(2017, LogLevel.Error, "There is no dump: {Reason}.")]
    private partial void LogNoDump(Exception? exception, string reason);
}
