using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Device.Telemetry;

public sealed record Sample(string Name, double Value, long At);

/// <summary>Collects samples and sends them in parts; a sending that runs is not started a second time.</summary>
public sealed class TelemetryUploader(HttpClient http, int capacity) : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<Sample> _samples = new();
    private readonly SemaphoreSlim _uploads = new(2, 2);
    private readonly CancellationTokenSource _stop = new();
    private Thread? _collector;
    private Task _flushing = Task.CompletedTask;
    private bool _started;
    private long _lost;
    private int _sending;

    public long Lost => Interlocked.Read(ref _lost);

    public void Start(Func<IReadOnlyList<Sample>> collect)
    {
        if (_started)
        {
            return;
        }

        lock (_gate)
        {
            if (_started)
            {
                return;
            }

            _started = true;
            _collector = new Thread(() => Collect(collect)) { Name = "telemetry", IsBackground = true };
            _collector.Start();
        }
    }

    public Sample? Next()
    {
        while (!_stop.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (_samples.Count == 0)
                {
                    Monitor.Wait(_gate, 1_000);
                }

                if (_samples.TryDequeue(out var sample))
                {
                    return sample;
                }
            }
        }

        return null;
    }

    public void OnConnected(object? sender, EventArgs e)
    {
        if (Interlocked.CompareExchange(ref _sending, 1, 0) != 0)
        {
            return;
        }

        _flushing = Task.Run(FlushAsync);
    }

    public async Task<double[]> SendAsync(IReadOnlyList<Sample[]> parts, CancellationToken token)
    {
        var sending = parts.Take(4).Select(part => SendPartAsync(part, token)).ToList();
        await Task.WhenAll(sending);
        return sending.Select(sent => sent.Result).Where(seconds => seconds > 0).ToArray();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _collector?.Join(TimeSpan.FromSeconds(2));
        _flushing.Wait(TimeSpan.FromSeconds(2));
        _uploads.Dispose();
        _stop.Dispose();
    }

    private void Collect(Func<IReadOnlyList<Sample>> collect)
    {
        while (!_stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(1)))
        {
            foreach (var sample in collect())
            {
                lock (_gate)
                {
                    if (_samples.Count >= capacity)
                    {
                        _samples.Dequeue();
                        _lost++;
                    }

                    _samples.Enqueue(sample);
                    Monitor.Pulse(_gate);
                }
            }
        }
    }

    private async Task FlushAsync()
    {
        try
        {
            Sample[] samples;
            lock (_gate)
            {
                samples = _samples.ToArray();
                _samples.Clear();
            }

            await SendAsync(samples.Chunk(500).ToList(), _stop.Token);
        }
        finally
        {
            Volatile.Write(ref _sending, 0);
        }
    }

    private async Task<double> SendPartAsync(Sample[] part, CancellationToken token)
    {
        var entered = false;
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            await _uploads.WaitAsync(token);
            entered = true;
            using var response = await http.PostAsJsonAsync("telemetry", part, token);
            return response.IsSuccessStatusCode ? TimeProvider.System.GetElapsedTime(started).TotalSeconds : 0;
        }
        finally
        {
            if (entered)
            {
                _uploads.Release();
            }
        }
    }
}
