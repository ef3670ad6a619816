using System;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Identity.Client;

public sealed record Token(string Value, DateTimeOffset Expires);

/// <summary>One token for all; the first who finds it expired fetches a new one, the others wait for that.</summary>
public sealed class TokenVault(HttpClient http, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);

    private readonly AsyncLock _refresh = new();
    private Token? _token;

    public async ValueTask<string> GetAsync(CancellationToken cancellation)
    {
        if (Valid() is { } valid)
        {
            return valid.Value;
        }

        using (await _refresh.EnterAsync(cancellation).ConfigureAwait(false))
        {
            if (Valid() is { } fetched)
            {
                return fetched.Value;
            }

            var token = await FetchAsync(cancellation).ConfigureAwait(false);
            Volatile.Write(ref _token, token);
            return token.Value;
        }
    }

    public async Task<bool> TryForgetAsync(string value, CancellationToken cancellation)
    {
        using var entered = await _refresh.TryEnterAsync(TimeSpan.FromSeconds(1), cancellation).ConfigureAwait(false);
        if (entered is null || _token?.Value != value)
        {
            return false;
        }

        _token = null;
        return true;
    }

    public void Dispose() => _refresh.Dispose();

    private Token? Valid() => Volatile.Read(ref _token) is { } token && token.Expires - Early > time.GetUtcNow() ? token : null;

    private async Task<Token> FetchAsync(CancellationToken cancellation)
    {
        using var response = await http.PostAsJsonAsync("connect/token", new { grant_type = "client_credentials" }, cancellation).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<Token>(cancellation).ConfigureAwait(false)
            ?? throw new HttpRequestException("The answer has no token.");
    }
}

internal sealed class AsyncLock : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private readonly Releaser _releaser;

    public AsyncLock() => _releaser = new Releaser(_semaphore);

    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _semaphore.WaitAsync(cancellation).ConfigureAwait(false);
        return _releaser;
    }

    public async ValueTask<IDisposable?> TryEnterAsync(TimeSpan patience, CancellationToken cancellation) =>
        await _semaphore.WaitAsync(patience, cancellation).ConfigureAwait(false) ? _releaser : null;

    public void Dispose() => _semaphore.Dispose();

    private sealed class Releaser(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
