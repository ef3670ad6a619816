namespace Inspection.Work;

/// <summary>The program that packs frames for the archive, which both servers start: one for each job, the other once.</summary>
public static class ArchiveWorker
{
    /// <summary>Each of this many inspected frames is archived.</summary>
    public const int Every = 60;

    /// <summary>The environment variable that says which run started a process, so that what is left of it can be told from everything else on the machine.</summary>
    public const string RunVariable = "INSPECTION_RUN";

    /// <summary>The shell that runs it.</summary>
    public const string Shell = "/bin/sh";

    /// <summary>Where it is.</summary>
    public static string Script { get; } = Path.Combine(AppContext.BaseDirectory, "archive-worker.sh");
}
