using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

var degree = args.Length > 1 ? Math.Clamp(int.Parse(args[1], CultureInfo.InvariantCulture), 1, 32) : 4;
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

var addresses = File.ReadLines(args[0]).Where(line => line.Length > 0 && line[0] != '#').Select(line => new Uri(line)).ToArray();
using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };
var warmup = new Warmup(http, degree);
var progress = ReportAsync(warmup, addresses.Length, stop.Token);
try
{
    await warmup.RunAsync(addresses, stop.Token);
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Cancelled.");
    return 130;
}
finally
{
    stop.Cancel();
    await progress;
}

foreach (var (host, slowest) in warmup.SlowestByHost().OrderByDescending(pair => pair.Value))
{
    Console.WriteLine($"{host,-40} {slowest.TotalMilliseconds,8:F0} ms");
}

return warmup.Failures.IsEmpty ? 0 : 1;

static async Task ReportAsync(Warmup warmup, int all, CancellationToken token)
{
    using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
    try
    {
        while (await timer.WaitForNextTickAsync(token))
        {
            Console.Error.WriteLine($"{warmup.Done} of {all}");
        }
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine($"{warmup.Done} of {all}, ended");
    }
}

internal sealed class Warmup(HttpClient http, int degree)
{
    private readonly ConcurrentDictionary<string, TimeSpan> _slowest = new(StringComparer.OrdinalIgnoreCase);
    private int _done;

    public int Done => Volatile.Read(ref _done);

    public ConcurrentBag<string> Failures { get; } = [];

    public IReadOnlyDictionary<string, TimeSpan> SlowestByHost() => _slowest;

    public Task RunAsync(IReadOnlyCollection<Uri> addresses, CancellationToken token) =>
        Parallel.ForEachAsync(addresses, new ParallelOptions { MaxDegreeOfParallelism = degree, CancellationToken = token }, VisitAsync);

    private async ValueTask VisitAsync(Uri address, CancellationToken token)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, token);
            response.EnsureSuccessStatusCode();
            _slowest.AddOrUpdate(address.Host, static (_, time) => time, static (_, old, time) => time > old ? time : old, clock.Elapsed);
        }
        catch (HttpRequestException failure)
        {
            Failures.Add($"{address}: {failure.StatusCode}");
        }
        finally
        {
            Interlocked.Increment(ref _done);
        }
    }
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Linq;
global using System.Net.Http;
global using System.Threading;
global using System.Threading.Tasks;
