using System.Collections.Concurrent;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Operations.Health;

public sealed record Endpoint(string Name, string Host, int Port);

public enum Health
{
    Unknown,
    Up,
    Slow,
    Down,
}

public sealed class HealthMonitor : BackgroundService
{
    private readonly IReadOnlyList<Endpoint> _endpoints;
    private readonly ILogger<HealthMonitor> _logger;
    private readonly ConcurrentDictionary<string, Health> _states = new();
    private readonly System.Timers.Timer _pings;
    private readonly ManualResetEventSlim _ready = new();

    public HealthMonitor(IReadOnlyList<Endpoint> endpoints, ILogger<HealthMonitor> logger)
    {
        _endpoints = endpoints;
        _logger = logger;
        _pings = new System.Timers.Timer(TimeSpan.FromSeconds(2)); // HRD2011
        _pings.Elapsed += (_, _) => PingAll();
    }

    public Health this[string name] => _states.GetValueOrDefault(name);

    public void Ready() => _ready.Set();

    public override void Dispose()
    {
        _pings.Dispose();
        _ready.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _ready.Wait(stoppingToken); // HRD2008
        _pings.Start();
        StartSummary();
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var endpoint in _endpoints)
            {
                _states[endpoint.Name] = await ConnectAsync(endpoint, stoppingToken);
            }

            await Task.Delay(TimeSpan.FromSeconds(30), stoppingToken);
        }

        _pings.Stop();
    }

    private void StartSummary()
    {
        _ = new Timer(Summarize, _states, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)); // HRD2012
    }

    private void Summarize(object? state)
    {
        var down = _states.Count(pair => pair.Value == Health.Down);
        if (down > 0)
        {
            _logger.LogWarning("{Down} of {All} endpoints are down.", down, _endpoints.Count);
        }
    }

    private void PingAll()
    {
        using var ping = new Ping();
        foreach (var endpoint in _endpoints)
        {
            var reply = ping.Send(endpoint.Host, 1000);
            _states[endpoint.Name] = reply switch
            {
                { Status: IPStatus.Success, RoundtripTime: < 200 } => Health.Up,
                { Status: IPStatus.Success } => Health.Slow,
                _ => Health.Down,
            };
        }
    }

    private static async Task<Health> ConnectAsync(Endpoint endpoint, CancellationToken token)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(endpoint.Host, endpoint.Port, token);
            return Health.Up;
        }
        catch (SocketException)
        {
            return Health.Down;
        }
    }
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.Linq;
global using System.Threading;
global using System.Threading.Tasks;
