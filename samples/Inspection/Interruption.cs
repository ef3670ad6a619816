using System.Runtime.InteropServices;
using Inspection.Measuring;

namespace Inspection;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks everything to drain and end; a second one, or a minute, end the process whatever hangs, and what it has started with it.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1); // many times what ending takes, for a machine that is busy

    private readonly CancellationTokenSource _source = new();
    private readonly TimeProvider _time;
    private readonly string _runId;
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;
    private volatile int _exitCode;
    private ITimer? _limit;

    public Interruption(string runId, TimeProvider time)
    {
        (_runId, _time) = (runId, time);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Take), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take)];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>128 and the signal's number, as shells have it; 0 when there was none.</summary>
    public int ExitCode => _exitCode;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _limit?.Dispose();
        _source.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            End();
        }

        _exitCode = context.Signal == PosixSignal.SIGINT ? 130 : 143;
        _limit = _time.CreateTimer(_ => End(), null, Limit, Timeout.InfiniteTimeSpan);
        _source.Cancel();
    }

    private void End()
    {
        LeftChildren.End(_runId, _time);
        Environment.Exit(_exitCode);
    }
}
