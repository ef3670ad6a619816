using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace Logistics.Scales;

/// <summary>Scales connect here and send a line per weighing. So many at a time, and all of them end before we do.</summary>
public sealed class ScaleServer(IPEndPoint address, int most, ILogger<ScaleServer> logger) : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener = new(address);
    private readonly SemaphoreSlim _slots = new(most, most);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _open = [];
    private readonly Dictionary<string, decimal> _weights = new(StringComparer.Ordinal);
    private Task _accepting = Task.CompletedTask;

    public void Start()
    {
        _listener.Start(backlog: 16);
        _accepting = AcceptAsync(_stop.Token);
    }

    public decimal? Last(string scale)
    {
        lock (_gate)
        {
            return _weights.TryGetValue(scale, out var weight) ? weight : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] open;
        lock (_gate)
        {
            open = [.. _open];
        }

        await Task.WhenAll(open).WaitAsync(Grace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _slots.Dispose();
    }

    private async Task AcceptAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            await _slots.WaitAsync(token);
            var client = await _listener.AcceptTcpClientAsync(token);
            var serving = ServeAsync(client, token);
            lock (_gate)
            {
                _open.Add(serving);
            }

            _ = serving.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Forget(Task serving)
    {
        lock (_gate)
        {
            _open.Remove(serving);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken token)
    {
        try
        {
            using (client)
            using (var reader = new StreamReader(client.GetStream(), Encoding.ASCII))
            {
                while (await reader.ReadLineAsync(token) is { } line)
                {
                    Note(line.Split(' ').FirstOrDefault() ?? "", line);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or FormatException)
        {
            logger.LogWarning(failure, "A scale was lost.");
        }
        finally
        {
            _slots.Release();
        }
    }

    private void Note(string scale, string line)
    {
        var weight = decimal.Parse(line.AsSpan(scale.Length), CultureInfo.InvariantCulture);
        lock (_gate)
        {
            _weights[scale] = weight;
        }
    }
}
