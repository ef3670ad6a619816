namespace Hardening.Processes;

/// <summary>One loop of a <see cref="RestartingProcess"/>, from a start to the stop that ends it. Its loop disposes of it; what is asked of it later does nothing.</summary>
internal sealed class RestartSession : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOver;

    public RestartSession()
    {
        Stopping = _stop.Token;
        Hurrying = _hurry.Token;
    }

    /// <summary>Never faults. Set once, before others see it.</summary>
    public Task Loop { get; set; } = Task.CompletedTask;

    /// <summary>Completes when the first process runs or could not be started, or nothing more will be.</summary>
    public TaskCompletionSource FirstTry { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CancellationToken Stopping { get; }

    /// <summary>Completes when <see cref="Stopping"/> is cancelled.</summary>
    public Task StopAsked => _stopAsked.Task;

    /// <summary>Cuts the grace period short.</summary>
    public CancellationToken Hurrying { get; }

    /// <summary>It starts nothing more.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }

    public void Stop()
    {
        IsOver = true;
        Cancel(_stop); // first: who sees that it was asked must see the token cancelled
        _stopAsked.TrySetResult();
    }

    public void Hurry() => Cancel(_hurry);

    public void Dispose()
    {
        _stop.Dispose();
        _hurry.Dispose();
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // the loop has ended
        }
    }
}
