using System.Collections.Concurrent;
using System.Threading.Tasks.Dataflow;
using Microsoft.AspNetCore.SignalR;

namespace Markets;

public sealed record Tick(string Symbol, decimal Price, long Sequence);

public sealed record Candle(string Symbol, decimal Open, decimal High, decimal Low, decimal Close);

public interface IFeed
{
    event Action<Tick> Ticked;

    Task SubscribeAsync(string symbol);

    Task<Candle[]> HistoryAsync(string symbol, CancellationToken token);
}

public sealed class MarketDataHub(MarketData data) : Hub
{
    public async Task<Candle[][]> Histories(string[] symbols)
    {
        var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5)); // HRD2016
        var histories = new List<Candle[]>();
        foreach (var symbol in symbols)
        {
            histories.Add(await data.HistoryAsync(symbol, limit.Token));
        }

        return [.. histories];
    }

    public void Follow(string symbol) => data.Follow(symbol, Context.ConnectionId);

    public Tick? Last(string symbol) => data.LastAsync(symbol).Result; // HRD2007
}

public sealed class MarketData : IDisposable
{
    private readonly IFeed _feed;
    private readonly BufferBlock<Tick> _ticks = new(); // HRD2004
    private readonly ConcurrentQueue<string> _follows = new(); // HRD2004
    private readonly ConcurrentDictionary<string, Tick> _last = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Tick>> _first = new();
    private readonly Task _writing;
    private volatile bool _closed;

    public MarketData(IFeed feed)
    {
        _feed = feed;
        _feed.Ticked += OnTicked;
        _writing = Task.Factory.StartNew(async () => await WriteAsync(), TaskCreationOptions.LongRunning); // HRD2010
        var worker = new Thread(SubscribeAll) { IsBackground = true, Priority = ThreadPriority.Highest }; // HRD2017
        worker.Start();
    }

    public void Follow(string symbol, string connection)
    {
        _follows.Enqueue(symbol);
        Task.Factory.StartNew(() => Trace(symbol, connection), TaskCreationOptions.LongRunning); // HRD2002
    }

    public Task<Candle[]> HistoryAsync(string symbol, CancellationToken token) => _feed.HistoryAsync(symbol, token);

    public Task<Tick> LastAsync(string symbol) =>
        _last.TryGetValue(symbol, out var last) ? Task.FromResult(last) : _first.GetOrAdd(symbol, static _ => new TaskCompletionSource<Tick>()).Task; // HRD2015

    public void Dispose()
    {
        _closed = true;
        _feed.Ticked -= OnTicked;
        _ticks.Complete();
        _writing.Wait(TimeSpan.FromSeconds(5));
    }

    private void OnTicked(Tick tick)
    {
        _ticks.Post(tick);
        if (_first.TryRemove(tick.Symbol, out var waiting))
        {
            waiting.TrySetResult(tick);
        }
    }

    private async Task WriteAsync()
    {
        while (await _ticks.OutputAvailableAsync())
        {
            var tick = await _ticks.ReceiveAsync();
            _last.AddOrUpdate(tick.Symbol, tick, (_, old) => tick.Sequence > old.Sequence ? tick : old);
        }
    }

    private void SubscribeAll()
    {
        while (!_closed)
        {
            while (_follows.TryDequeue(out var symbol))
            {
                _feed.SubscribeAsync(symbol).GetAwaiter().GetResult();
            }

            Thread.Sleep(50);
        }
    }

    private static void Trace(string symbol, string connection) => File.AppendAllText("follows.log", $"{connection} {symbol}\n");
}

// === Program.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Threading;
global using System.Threading.Tasks;
using Markets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSignalR();
builder.Services.AddSingleton<MarketData>();
var app = builder.Build();
app.MapHub<MarketDataHub>("/market");
app.Run();
