using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Trading.Quotes;

public sealed class PricePoller : IDisposable
{
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<string, decimal> _prices = new(StringComparer.OrdinalIgnoreCase);
    private readonly Timer _timer;
    private volatile string[] _symbols = [];
    private int _round;

    public PricePoller(HttpClient http, TimeSpan period)
    {
        _http = http;
        _timer = new Timer(Poll, null, TimeSpan.Zero, period); // HRD2011
    }

    public event Action<string, decimal>? Moved;

    public int Round => Volatile.Read(ref _round);

    public void Watch(IEnumerable<string> symbols) => _symbols = symbols.Distinct().ToArray();

    public decimal? Last(string symbol) => _prices.TryGetValue(symbol, out var price) ? price : null;

    public async Task<IReadOnlyDictionary<string, decimal>> RefreshAsync(IReadOnlyList<string> symbols, CancellationToken token)
    {
        var quotes = await Task.WhenAll(symbols.Select(symbol => QuoteAsync(symbol, token))); // HRD2003
        for (var i = 0; i < symbols.Count; i++)
        {
            Publish(symbols[i], quotes[i]);
        }

        return symbols.Zip(quotes).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    public void Dispose() => _timer.Dispose();

    private void Poll(object? state)
    {
        Interlocked.Increment(ref _round);
        foreach (var symbol in _symbols)
        {
            try
            {
                Publish(symbol, Quote(symbol));
            }
            catch (HttpRequestException)
            {
                _prices.TryRemove(symbol, out _);
            }
        }
    }

    private decimal Quote(string symbol)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"quotes/{symbol}");
        using var response = _http.Send(request);
        response.EnsureSuccessStatusCode();
        using var body = response.Content.ReadAsStream();
        Span<byte> text = stackalloc byte[64];
        var length = body.Read(text);
        return decimal.Parse(text[..length], CultureInfo.InvariantCulture);
    }

    private async Task<decimal> QuoteAsync(string symbol, CancellationToken token) =>
        decimal.Parse(await _http.GetStringAsync($"quotes/{symbol}", token), CultureInfo.InvariantCulture);

    private void Publish(string symbol, decimal price)
    {
        if (_prices.TryGetValue(symbol, out var old) && old == price)
        {
            return;
        }

        _prices[symbol] = price;
        Moved?.Invoke(symbol, price);
    }
}
