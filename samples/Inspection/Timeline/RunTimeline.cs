namespace Inspection.Timeline;

/// <summary>What happened when: one server's run, second by second.</summary>
/// <param name="Seconds">The figures of each second, in order.</param>
/// <param name="Silences">When a camera had no results, in the order in which that ended. Those are the stalls that <see cref="Reporting.RunReport.Stalls"/> counts.</param>
/// <param name="Stalls">The reports of the watchdog, in the order in which the stalls began. One covers all that stood still at once.</param>
/// <param name="StallsLeftOut">How many more reports there were: of a run that does nothing but stand still, the first are told.</param>
internal sealed record RunTimeline(IReadOnlyList<SecondFigures> Seconds, IReadOnlyList<CameraSilence> Silences, IReadOnlyList<StallMark> Stalls, int StallsLeftOut)
{
    public static RunTimeline Empty { get; } = new([], [], [], 0);
}

/// <summary>One second of a run.</summary>
/// <param name="UntilSeconds">When it ended, in seconds from the start.</param>
/// <param name="ForSeconds">How long it was: as good as one, but for the last.</param>
/// <param name="Cameras">Camera by camera, in the order of the run's.</param>
internal sealed record SecondFigures(double UntilSeconds, double ForSeconds, IReadOnlyList<CameraSecond> Cameras);

/// <summary>What one camera did in that second.</summary>
/// <param name="Fps">Results per second.</param>
/// <param name="Lost">Frames that were found to be lost before the application.</param>
/// <param name="Dropped">Frames that were received and given up.</param>
/// <param name="Missed">Frames that it owes, being silent: an estimate.</param>
internal sealed record CameraSecond(double Fps, long Lost, long Dropped, long Missed);

/// <summary>A camera had no results for longer than it may.</summary>
/// <param name="Camera">The camera.</param>
/// <param name="AtSeconds">Since when, in seconds from the start.</param>
/// <param name="ForSeconds">For how long; to the end of the run, if it was still so.</param>
internal sealed record CameraSilence(string Camera, double AtSeconds, double ForSeconds);

/// <summary>A stall: one report.</summary>
/// <param name="AtSeconds">When it began, in seconds from the start.</param>
/// <param name="ForSeconds">How long it lasted; to the end of the run, if it had not ended by then.</param>
/// <param name="HasEnded">Whether everything moved again before the run was over.</param>
/// <param name="Cause">The cause.</param>
/// <param name="Headline">The first line of the report.</param>
/// <param name="Activities">What stood still, the first to stall first.</param>
/// <param name="Report">The name of the report's files, without their extension.</param>
internal sealed record StallMark(double AtSeconds, double ForSeconds, bool HasEnded, string Cause, string Headline, IReadOnlyList<string> Activities, string Report);
