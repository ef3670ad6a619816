using Hardening.Stalls;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>What a process of .NET tells of itself through its diagnostic port, and its stacks, as far as the user permits to ask.</summary>
internal sealed class DotnetEye : IRuntimeSampler, ILockWaits, IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5); // between two stops of the process
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_witnessLimit = TimeSpan.FromSeconds(10); // without it by then, each look says what is missing
    private static readonly TimeSpan s_witnessLook = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time;
    private readonly DotnetEvents _events;
    private readonly WitnessStackSource? _witness;
    private Taken? _taken; // the last that came
    private Task _capture = Task.CompletedTask;
    private long? _last;
    private string? _stacksMissing;

    private DotnetEye(DotnetEvents events, WitnessStackSource? witness, TimeProvider time) => (_events, _witness, _time) = (events, witness, time);

    public IReadOnlyList<string> Missing => [.. new[] { _events.Missing, _stacksMissing }.OfType<string>()];

    string? ILockWaits.Missing => _events.Missing;

    /// <summary>Opens the session, and starts the program that takes stacks where these are wanted.</summary>
    public static async Task<DotnetEye> OpenAsync(int processId, WatchDetail detail, TimeProvider time, CancellationToken stop)
    {
        var witness = detail == WatchDetail.Stacks ? new WitnessStackSource(new WitnessOptions { CoolDown = TimeSpan.Zero, FrozenAfter = null }, time, logger: null, meters: null, command: null, processId) : null;
        var eye = new DotnetEye(new DotnetEvents(processId, time), witness, time);
        try
        {
            if (witness is not null)
            {
                await witness.StartAsync(stop).ConfigureAwait(false);
            }

            await Task.Run(() => eye._events.AwaitReady(stop), stop).ConfigureAwait(false);
            var begin = time.GetTimestamp();
            while (witness is { IsReady: false } && time.GetElapsedTime(begin) < s_witnessLimit)
            {
                await Task.Delay(s_witnessLook, time, stop).ConfigureAwait(false); // its first look takes long, and would not be of what it is wanted for
            }

            return eye;
        }
        catch
        {
            await eye.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Read(ref RuntimeSample runtime) => _events.Read(ref runtime);

    public IReadOnlyList<LockWait> Since(long time) => _events.Since(time);

    /// <summary>Asks for stacks, unless they have just been taken.</summary>
    /// <param name="deliver">Gets them, by the thread that calls <see cref="Deliver"/>.</param>
    public void WantStacks(Action<ThreadStackCapture> deliver)
    {
        if (_witness is not { } witness || !_capture.IsCompleted || (_last is { } last && _time.GetElapsedTime(last) < s_pause))
        {
            return;
        }

        _last = _time.GetTimestamp();
        _capture = Task.Run(() => Volatile.Write(ref _taken, new Taken(deliver, witness.Capture(new ThreadStackRequest { ThreadIds = [], Limit = s_limit }, CancellationToken.None))));
    }

    /// <summary>Hands over what has come.</summary>
    public void Deliver()
    {
        if (Interlocked.Exchange(ref _taken, null) is { } taken)
        {
            _stacksMissing = taken.Capture.Threads.Count > 0 ? null : $"Stacks: {taken.Capture.Missing}";
            taken.Deliver(taken.Capture);
        }
    }

    /// <summary>Waits for stacks that are under way, and hands them over.</summary>
    public void DeliverLast()
    {
        _ = _capture.Wait(s_limit);
        Deliver();
    }

    public async ValueTask DisposeAsync()
    {
        if (_witness is not null)
        {
            await _witness.DisposeAsync().ConfigureAwait(false);
        }

        await Task.Run(_events.Dispose).ConfigureAwait(false); // it waits for its thread
    }

    private sealed record Taken(Action<ThreadStackCapture> Deliver, ThreadStackCapture Capture);
}
