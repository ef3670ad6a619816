using System.Runtime.InteropServices;

namespace DeployService;

/// <summary>Ctrl-C and SIGTERM: the first ends the run and all that it has started; a second one ends this process at once, and the supervisor ends the rest.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signals;
    private volatile int _exitCode;

    public Interruption() =>
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Take), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take)];

    public CancellationToken Token => _source.Token;

    /// <summary>128 and the signal's number, as shells have it; 0 when there was none.</summary>
    public int ExitCode => _exitCode;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _source.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        _exitCode = context.Signal == PosixSignal.SIGINT ? 130 : 143;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            Environment.Exit(_exitCode);
        }

        _source.Cancel();
    }
}
