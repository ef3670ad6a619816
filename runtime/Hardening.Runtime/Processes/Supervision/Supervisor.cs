using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hardening.Processes.Supervision;

/// <summary>The application's one supervisor: started on first use, started again when it was lost.</summary>
internal static class Supervisor
{
    private static readonly Lock Gate = new();
    private static readonly SupervisorMetrics Metrics = new(RuntimeMeter.Create(null));
    private static SupervisorOptions s_options = new();
    private static ILogger s_logger = NullLogger.Instance;
    private static Answer<SupervisorConnection>? s_connection;
    private static long s_left;
    private static long s_lost;
    private static long s_orphans;

    /// <summary>Starts a child. Its standard streams become duplicates of the first three handles, its descriptors 3, 4 and so on of the others; all stay the caller's.</summary>
    /// <exception cref="Win32Exception">The child could not be started; the code is that of execve(2), chdir(2) or clone(2).</exception>
    /// <exception cref="ArgumentException">An argument, a path or a variable contains a null character.</exception>
    /// <exception cref="SupervisorException">There is no supervisor: it could not be started, or does not answer.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux, or the application was published so that no supervisor can be started; the message says what to change.</exception>
    public static ChildTree Start(ChildSpecification child, params ReadOnlySpan<SafeHandle> descriptors) =>
        Connect().TryStart(child, descriptors)
        ?? Connect().TryStart(child, descriptors) // killed since it was last heard of
        ?? throw new SupervisorException("The supervisor of child processes is killed as soon as it has started.");

    /// <summary>The running supervisor; starts one where none runs.</summary>
    public static SupervisorConnection Connect()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Child processes are supervised on Linux alone: use System.Diagnostics.Process on other systems.");
        }

        var mine = new Answer<SupervisorConnection>();
        var current = Claim(mine);
        if (current == mine)
        {
            Open(mine);
        }

        // Another thread's start, which has a limit of its own.
        return current.TryWait(2 * s_options.AnswerTimeout, out var connection)
            ? connection
            : throw new SupervisorException("The supervisor of child processes is being started by another thread, which does not come to an end.");
    }

    public static void Configure(SupervisorOptions options, ILoggerFactory? loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        var checkedOptions = new SupervisorOptionsValidator().Validate(name: null, options);
        if (checkedOptions.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(SupervisorOptions), checkedOptions.Failures);
        }

        lock (Gate)
        {
            if (s_connection is not null && (options.Containment != s_options.Containment || options.AnswerTimeout != s_options.AnswerTimeout))
            {
                throw new InvalidOperationException("The supervisor of child processes runs already, with other options: configure it before the first child is started.");
            }

            s_options = new SupervisorOptions { Containment = options.Containment, AnswerTimeout = options.AnswerTimeout };
            s_logger = loggers?.CreateLogger(typeof(ProcessTree)) ?? s_logger;
        }
    }

    public static ProcessTreeStatus Status
    {
        get
        {
            var connection = s_connection?.Value is { IsLost: false } running ? running : null;
            return new ProcessTreeStatus(
                connection?.SupervisorId, connection?.Containment, connection?.Details.HasFlag(ReadyDetails.Guarded) ?? false, connection?.RunningTrees ?? 0,
                Interlocked.Read(ref s_left), Interlocked.Read(ref s_lost), Interlocked.Read(ref s_orphans));
        }
    }

    private static Answer<SupervisorConnection> Claim(Answer<SupervisorConnection> mine)
    {
        lock (Gate)
        {
            if (s_connection is null or { HasFailed: true } or { Value.IsLost: true })
            {
                s_connection = mine;
            }

            return s_connection;
        }
    }

    private static void Open(Answer<SupervisorConnection> opened)
    {
        try
        {
            var connection = SupervisorConnection.Open(s_options, TreeEnded, Swept);
            s_logger.Started(connection.SupervisorId, connection.Containment);
            if (!connection.Details.HasFlag(ReadyDetails.Guarded))
            {
                s_logger.NotGuarded(connection.SupervisorId);
            }

            if (!connection.Details.HasFlag(ReadyDetails.Branded))
            {
                s_logger.NotBranded(connection.SupervisorId);
            }

            _ = connection.Lost.ContinueWith(
                static (_, supervisor) => Lost((int)supervisor!), connection.SupervisorId, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            opened.Set(connection);
        }
        catch (Exception e)
        {
            opened.Fail(e);
        }
    }

    private static void TreeEnded(TreeEnd end) => Interlocked.Add(ref s_left, end.Left); // logged by name where the process is known

    private static void Swept(int found, int left)
    {
        if (found > 0)
        {
            Interlocked.Add(ref s_orphans, found);
            Interlocked.Add(ref s_left, left);
            ThreadPool.UnsafeQueueUserWorkItem(static swept => TellSwept(swept.Ended, swept.Left), (Ended: found - left, Left: left), preferLocal: false);
        }
    }

    // A logger may take its time, and the listening thread has none to give.
    private static void TellSwept(int ended, int left)
    {
        Metrics.OrphansEnded(ended);
        s_logger.OrphansEnded(ended, left);
    }

    private static void Lost(int supervisor)
    {
        Interlocked.Increment(ref s_lost);
        Metrics.SupervisorLost();
        s_logger.SupervisorLost(supervisor);
    }
}
