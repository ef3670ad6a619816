using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Resilience;

public sealed class RetryOptions
{
    public int Attempts { get; init; } = 4;

    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan PerAttempt { get; init; } = TimeSpan.FromSeconds(5);
}

public sealed class RetryPolicy(RetryOptions options, TimeProvider time)
{
    private readonly Random _random = Random.Shared;
    private long _retries;

    public long Retries => Interlocked.Read(ref _retries);

    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken token)
    {
        List<Exception>? failures = null;
        for (var attempt = 1; ; attempt++)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(token);
            limited.CancelAfter(options.PerAttempt);
            try
            {
                return await action(limited.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (IsTransient(failure, token))
            {
                (failures ??= []).Add(failure);
                if (attempt == options.Attempts)
                {
                    throw new AggregateException($"All {attempt} attempts failed.", failures);
                }
            }

            Interlocked.Increment(ref _retries);
            await Task.Delay(Pause(attempt), time, token).ConfigureAwait(false);
        }
    }

    public T Run<T>(Func<T> action)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return action();
            }
            catch (IOException) when (attempt < options.Attempts)
            {
                Interlocked.Increment(ref _retries);
            }

            Thread.Sleep(Pause(attempt));
        }
    }

    private TimeSpan Pause(int attempt)
    {
        var pause = options.First * Math.Pow(2, attempt - 1);
        var jitter = 0.8 + _random.NextDouble() * 0.4;
        return TimeSpan.FromTicks(Math.Min((pause * jitter).Ticks, options.Longest.Ticks));
    }

    private static bool IsTransient(Exception failure, CancellationToken token) =>
        failure is HttpRequestException or IOException or TimeoutException
        || failure is OperationCanceledException && !token.IsCancellationRequested;
}

public sealed class ConfigFile(string path, RetryPolicy retry)
{
    private string? _text;

    public string Text => _text ??= retry.Run(() => File.ReadAllText(path));

    public void Save(string text)
    {
        retry.Run(() =>
        {
            File.WriteAllText(path, text);
            return true;
        });
        _text = text;
    }
}
