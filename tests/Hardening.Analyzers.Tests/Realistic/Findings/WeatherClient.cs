using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Travel.Weather
{
    public class Forecast
    {
        public string City { get; set; } = "";

        public DateTime Day { get; set; }

        public double High { get; set; }

        public double Low { get; set; }
    }

    public class WeatherClient
    {
        private const int Attempts = 4;

        private readonly HttpClient _http;
        private readonly Dictionary<string, Forecast[]> _recent = new();
        private readonly SemaphoreSlim _recentGate = new SemaphoreSlim(1, 1);

        public WeatherClient(HttpClient http)
        {
            _http = http;
        }

        public Forecast[] Get(string city)
        {
            var task = GetAsync(city, CancellationToken.None);
            task.Wait(); // HRD2007
            return task.Result;
        }

        public async Task<Forecast[]> GetAsync(string city, CancellationToken token)
        {
            if (FindRecent(city) is { } recent) // HRD2008
            {
                return recent;
            }

            var forecasts = await DownloadAsync(city, token).ConfigureAwait(false);
            await _recentGate.WaitAsync(token).ConfigureAwait(false);
            try
            {
                _recent[city] = forecasts;
            }
            finally
            {
                _recentGate.Release();
            }

            return forecasts;
        }

        public IEnumerable<double> Highs(IEnumerable<string> cities)
        {
            foreach (var city in cities)
            {
                foreach (var forecast in GetAsync(city, CancellationToken.None).GetAwaiter().GetResult()) // HRD2007
                {
                    yield return forecast.High;
                }
            }
        }

        private async Task<Forecast[]> DownloadAsync(string city, CancellationToken token)
        {
            for (var attempt = 1; ; attempt++)
            {
                using var response = await _http.GetAsync("forecast?q=" + Uri.EscapeDataString(city), token).ConfigureAwait(false);
                if (response.StatusCode == HttpStatusCode.TooManyRequests && attempt < Attempts)
                {
                    BackOff(attempt); // HRD2008
                    continue;
                }

                response.EnsureSuccessStatusCode();
                var text = await response.Content.ReadAsStringAsync(token).ConfigureAwait(false);
                return JsonSerializer.Deserialize<Forecast[]>(text) ?? [];
            }
        }

        private static void BackOff(int attempt)
        {
            var milliseconds = 250 * Math.Pow(2, attempt);
            Console.Error.WriteLine("Too many requests, waiting " + milliseconds.ToString(CultureInfo.InvariantCulture) + " ms.");
            Thread.Sleep(TimeSpan.FromMilliseconds(milliseconds));
        }

        private Forecast[]? FindRecent(string city)
        {
            _recentGate.Wait();
            try
            {
                return _recent.TryGetValue(city, out var known) && known[0].Day >= DateTime.Today ? known : null;
            }
            finally
            {
                _recentGate.Release();
            }
        }
    }
}
