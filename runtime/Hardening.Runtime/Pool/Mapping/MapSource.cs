namespace Hardening.Pool.Mapping;

/// <summary>Where the requests of a map come from. For one thread at a time.</summary>
internal abstract class MapSource<TRequest> : IAsyncDisposable
{
    public abstract TRequest Current { get; }

    /// <summary>Whether its thread may be blocked in <see cref="MoveNextAsync"/>, with no token to free it.</summary>
    public abstract bool MayBlock { get; }

    public abstract ValueTask<bool> MoveNextAsync();

    public abstract ValueTask DisposeAsync();
}

internal sealed class EnumerableMapSource<TRequest>(IEnumerable<TRequest> requests) : MapSource<TRequest>
{
    private IEnumerator<TRequest>? _enumerator;

    public override TRequest Current => _enumerator!.Current;

    public override bool MayBlock => true;

    public override ValueTask<bool> MoveNextAsync() => ValueTask.FromResult((_enumerator ??= requests.GetEnumerator()).MoveNext());

    public override ValueTask DisposeAsync()
    {
        _enumerator?.Dispose();
        return default;
    }
}

internal sealed class AsyncEnumerableMapSource<TRequest>(IAsyncEnumerable<TRequest> requests, CancellationToken stop) : MapSource<TRequest>
{
    private IAsyncEnumerator<TRequest>? _enumerator;

    public override TRequest Current => _enumerator!.Current;

    public override bool MayBlock => false;

    public override ValueTask<bool> MoveNextAsync() => (_enumerator ??= requests.GetAsyncEnumerator(stop)).MoveNextAsync();

    public override ValueTask DisposeAsync() => _enumerator?.DisposeAsync() ?? default;
}
