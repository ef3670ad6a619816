namespace Hardening;

/// <summary>The life of what is started once and stopped once. All who stop it wait for the same stop, and whoever is in the greatest hurry decides how long that takes. Safe for several threads.</summary>
internal sealed class SingleLife
{
    private readonly Lock _gate = new();
    private readonly string _what;
    private readonly Func<CancellationToken, Task> _end;
    private readonly CancellationToken _hurry;
    private readonly Action _cut;
    private Task? _ending;
    private volatile bool _hasBegun;

    /// <param name="what">What it is, as the beginning of a sentence.</param>
    /// <param name="end">Ends it; called once, on a thread of the pool, also where it was never begun. The token is cancelled when somebody is in a hurry.</param>
    public SingleLife(string what, Func<CancellationToken, Task> end)
    {
        var hurry = new CancellationTokenSource(); // without a timer: it holds nothing, and whoever comes late may still cancel it
        (_what, _end, _hurry, _cut) = (what, end, hurry.Token, hurry.Cancel);
    }

    /// <summary>Whether it was begun, whatever became of it since.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>Notes that it begins.</summary>
    /// <param name="owner">Whose life it is.</param>
    /// <exception cref="InvalidOperationException">It was begun before.</exception>
    /// <exception cref="ObjectDisposedException">It has been told to end.</exception>
    public void Begin(object owner)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ending is not null, owner);
            if (_hasBegun)
            {
                throw new InvalidOperationException($"{_what} was started before.");
            }

            _hasBegun = true;
        }
    }

    /// <summary>Ends it, or waits for the end that somebody else has asked for.</summary>
    /// <param name="cancellationToken">The hurry. It cuts the end short for all who wait, and ends the wait of nobody.</param>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        Task ending;
        lock (_gate)
        {
            ending = _ending ??= Task.Run(() => _end(_hurry), CancellationToken.None); // not under the lock
        }

        // Whoever is in the greatest hurry decides, also when another one asked first.
        await using var registration = cancellationToken.UnsafeRegister(static cut => ((Action)cut!)(), _cut).ConfigureAwait(false);
        await ending.ConfigureAwait(false);
    }
}
