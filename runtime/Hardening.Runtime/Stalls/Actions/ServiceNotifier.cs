using System.Globalization;
using System.Text;
using Hardening.Stalls.Reports;
using Microsoft.Extensions.Logging;

namespace Hardening.Stalls.Actions;

/// <summary>Tells the service manager (systemd) how the service is: sd_notify(3).</summary>
internal sealed partial class ServiceNotifier : IDisposable
{
    private const int MaxStatus = 300; // characters: the manager keeps one line

    // The manager is asked for more time in parts: it gives up on what falls silent.
    private static readonly TimeSpan s_extendEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StallReportMetrics _metrics;
    private readonly TimeSpan _pingEvery; // zero: the manager expects none
    private readonly NotifySocket _pings; // the watchdog's thread alone; what others send is rare and has sockets of its own, so that nobody waits for anybody
    private readonly long _start;
    private volatile bool _isUp; // neither starting nor stopping
    private long _nextPing;
    private long _nextExtension;
    private long _failures;
    private int _failureTold;

    internal ServiceNotifier(string socket, TimeSpan watchdog, TimeProvider time, ILogger logger, StallReportMetrics metrics)
    {
        (_time, _logger, _metrics) = (time, logger, metrics);
        _pingEvery = watchdog / 2;
        _pings = new NotifySocket(socket);
        _start = _nextPing = _nextExtension = time.GetTimestamp();
    }

    /// <summary>The notifier that the environment asks for (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID); null when no service manager listens.</summary>
    public static ServiceNotifier? FromEnvironment(TimeProvider time, ILogger logger, StallReportMetrics metrics) =>
        Create(Environment.GetEnvironmentVariable, Environment.ProcessId, time, logger, metrics);

    internal static ServiceNotifier? Create(Func<string, string?> environment, int processId, TimeProvider time, ILogger logger, StallReportMetrics metrics)
    {
        var socket = environment("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(socket))
        {
            return null;
        }

        if (!NotifySocket.IsAddress(socket))
        {
            LogBadAddress(logger, socket);
            return null;
        }

        // Meant for another process: one of which this one is a child.
        var isOurs = environment("WATCHDOG_PID") is not { Length: > 0 } process || process == processId.ToString(CultureInfo.InvariantCulture);
        var watchdog = isOurs && long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds <= TimeSpan.MaxValue.Ticks / 10
            ? TimeSpan.FromMicroseconds(microseconds)
            : TimeSpan.Zero;
        return new ServiceNotifier(socket, watchdog, time, logger, metrics);
    }

    /// <summary>How often the manager wants to hear of the service; zero when it does not.</summary>
    public TimeSpan PingEvery => _pingEvery;

    /// <summary>How many messages were lost.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The service is up: once the host has started. Any thread.</summary>
    public void Ready()
    {
        _isUp = true;
        Send("READY=1"u8);
    }

    /// <summary>The service goes down: once the host stops. Any thread.</summary>
    public void Stopping()
    {
        _isUp = false;
        Send("STOPPING=1"u8);
    }

    /// <summary>
    /// To be called at each check of the watchdog, by its thread. Sends <c>WATCHDOG=1</c> when half of its period has passed, and every critical activity moves or what holds it up is outside the process.
    /// Allocates nothing, blocks never, throws never.
    /// </summary>
    /// <param name="allCriticalFresh">Whether every critical activity moves.</param>
    /// <param name="present">The cause of the stall that is on, once it is known.</param>
    public void Tick(bool allCriticalFresh, StallCause? present)
    {
        var now = _time.GetTimestamp();
        var isOutside = present is { } cause && cause.IsOutside();
        if (_pingEvery > TimeSpan.Zero && (allCriticalFresh || isOutside) && now >= _nextPing)
        {
            _nextPing = After(now, Ping("WATCHDOG=1"u8) || _pingEvery < s_retryAfter ? _pingEvery : s_retryAfter);
        }

        if (isOutside && !_isUp && now >= _nextExtension)
        {
            _nextExtension = After(now, s_extendEvery);
            Ping("EXTEND_TIMEOUT_USEC=30000000"u8);
        }
    }

    /// <summary>The manager is to act as if the watchdog had not been told in time. Any thread.</summary>
    /// <returns>Whether it was told.</returns>
    public bool Trigger() => Send("WATCHDOG=trigger"u8);

    /// <summary>A line that <c>systemctl status</c> shows. Any thread.</summary>
    public void Status(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        Send(Encoding.UTF8.GetBytes($"STATUS={(line.Length > MaxStatus ? line[..(MaxStatus - 1)] + "…" : line)}"));
    }

    public void Dispose() => _pings.Dispose();

    private long After(long now, TimeSpan time) => now + (long)(time.TotalSeconds * _time.TimestampFrequency);

    // Not logged: a logger may block, and this thread may not.
    private bool Ping(ReadOnlySpan<byte> message) => Counted(_pings.TrySend(message));

    private bool Send(ReadOnlySpan<byte> message)
    {
        using var socket = new NotifySocket(_pings.Address);
        var sent = Counted(socket.TrySend(message));
        if (!sent && Interlocked.Exchange(ref _failureTold, 1) == 0)
        {
            LogNotSent(socket.Address, _time.GetElapsedTime(_start));
        }

        return sent;
    }

    private bool Counted(bool sent)
    {
        if (!sent)
        {
            Interlocked.Increment(ref _failures);
            _metrics.NotifyFailed();
        }

        return sent;
    }

    [LoggerMessage(2020, LogLevel.Error, "NOTIFY_SOCKET is '{Address}', which is neither a path nor an abstract name (@name): the service manager is told nothing.")]
    private static partial void LogBadAddress(ILogger logger, string address);

    [LoggerMessage(2021, LogLevel.Warning, "The service manager could not be told at '{Address}', {Uptime} after the start; further failures are counted only (hardening.stall.notify_failures).")]
    private partial void LogNotSent(string address, TimeSpan uptime);
}
