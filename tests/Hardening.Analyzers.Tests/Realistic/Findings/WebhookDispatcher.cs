using System.Collections.Concurrent;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

ThreadPool.SetMinThreads(1000, 1000); // HRD2006

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHttpClient();
builder.Services.AddSingleton<HookRegistry>();
builder.Services.AddSingleton<HookSender>();
var app = builder.Build();

app.MapPost("/hooks", (Hook hook, HookRegistry registry) => registry.Add(hook) ? Results.Created($"/hooks/{hook.Name}", hook) : Results.Conflict());

app.MapDelete("/hooks/{name}", (string name, HookRegistry registry) => registry.Remove(name) ? Results.NoContent() : Results.NotFound());

app.MapPost("/events/{topic}", (string topic, HookEvent raised, HookRegistry registry, HookSender sender) =>
{
    foreach (var hook in registry.Of(topic))
    {
        Task.Run(() => sender.SendAsync(hook, raised)); // HRD2002
    }

    return Results.Accepted();
});

app.MapPost("/events/{topic}/sync", async (string topic, HookEvent raised, HookRegistry registry, HookSender sender, CancellationToken aborted) =>
{
    var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10)); // HRD2016
    using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, timeout.Token);
    var sent = 0;
    foreach (var hook in registry.Of(topic))
    {
        await sender.SendAsync(hook, raised, either.Token);
        sent++;
    }

    return Results.Ok(sent);
});

app.MapGet("/failures", (HookSender sender) => sender.Failures);
await app.RunAsync();

public sealed record Hook(string Name, string Topic, Uri Address);

public sealed record HookEvent(Guid Id, string Kind, DateTimeOffset At);

public sealed class HookRegistry
{
    private readonly ConcurrentDictionary<string, Hook> _hooks = new(StringComparer.OrdinalIgnoreCase);

    public bool Add(Hook hook) => _hooks.TryAdd(hook.Name, hook);

    public bool Remove(string name) => _hooks.TryRemove(name, out _);

    public IEnumerable<Hook> Of(string topic) => _hooks.Values.Where(hook => hook.Topic == topic);
}

public sealed class HookSender(IHttpClientFactory clients)
{
    private int _failures;

    public int Failures => Volatile.Read(ref _failures);

    public async Task SendAsync(Hook hook, HookEvent raised, CancellationToken token = default)
    {
        using var client = clients.CreateClient("hooks");
        try
        {
            using var response = await client.PostAsJsonAsync(hook.Address, raised, token);
            response.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException)
        {
            Interlocked.Increment(ref _failures);
        }
    }
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.Linq;
global using System.Net.Http;
global using System.Threading;
global using System.Threading.Tasks;
