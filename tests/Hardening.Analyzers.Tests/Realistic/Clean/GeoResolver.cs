using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Geo;

public sealed record Place(string City, string Country, double Latitude, double Longitude);

/// <summary>Looks an address up once; who asks meanwhile gets the same task.</summary>
public sealed class GeoResolver(HttpClient http, int most)
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> CountryNames = new(LoadNames, LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly ConcurrentDictionary<IPAddress, Lazy<Task<Place?>>> _places = new();
    private readonly ConcurrentDictionary<(double, double), double> _elevations = new();
    private object? _nearestGate;
    private Dictionary<string, Place>? _capitals;
    private bool _capitalsLoaded;

    public async Task<Place?> ResolveAsync(IPAddress address, CancellationToken token)
    {
        if (_places.Count > most)
        {
            _places.Clear();
        }

        var lazy = _places.GetOrAdd(address, key => new Lazy<Task<Place?>>(() => FetchAsync(key)));
        try
        {
            return await lazy.Value.WaitAsync(token);
        }
        catch (HttpRequestException)
        {
            _places.TryRemove(new KeyValuePair<IPAddress, Lazy<Task<Place?>>>(address, lazy));
            throw;
        }
    }

    public static string NameOf(string country) => CountryNames.Value.TryGetValue(country, out var name) ? name : country;

    public Place? CapitalOf(string country)
    {
        var capitals = LazyInitializer.EnsureInitialized(ref _capitals, ref _capitalsLoaded, ref _nearestGate, LoadCapitals);
        return capitals!.TryGetValue(country, out var capital) ? capital : null;
    }

    public double Elevation(double latitude, double longitude) =>
        _elevations.GetOrAdd((Math.Round(latitude, 1), Math.Round(longitude, 1)), static point =>
        {
            var (x, y) = point;
            return Math.Max(0, 300 * Math.Sin(x / 7) + 200 * Math.Cos(y / 11));
        });

    private async Task<Place?> FetchAsync(IPAddress address)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var response = await http.GetAsync($"lookup/{address}", limit.Token);
        return response.StatusCode == HttpStatusCode.NotFound
            ? null
            : await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Place>(limit.Token);
    }

    private static Dictionary<string, Place> LoadCapitals() => new(StringComparer.OrdinalIgnoreCase)
    {
        ["AT"] = new Place("Vienna", "AT", 48.2, 16.4),
        ["CH"] = new Place("Bern", "CH", 46.9, 7.4),
        ["DE"] = new Place("Berlin", "DE", 52.5, 13.4),
        ["FR"] = new Place("Paris", "FR", 48.9, 2.4),
        ["IT"] = new Place("Rome", "IT", 41.9, 12.5),
    };

    private static IReadOnlyDictionary<string, string> LoadNames()
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in "AT=Austria,CH=Switzerland,DE=Germany,FR=France,IT=Italy".Split(','))
        {
            names.Add(pair[..2], pair[3..]);
        }

        return names;
    }
}
