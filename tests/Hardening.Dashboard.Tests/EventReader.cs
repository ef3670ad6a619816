using System.Net;
using System.Text.Json;

namespace Hardening.Dashboard.Tests;

/// <summary>A browser as far as server-sent events go.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventReader(HttpResponseMessage response, StreamReader reader) => (_response, _reader) = (response, reader);

    public static async Task<EventReader> OpenAsync(DashboardHost host, CancellationToken timeout)
    {
        var response = await host.Client.GetAsync(new Uri("hardening/api/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, timeout);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/event-stream"));
        return new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync(timeout)));
    }

    /// <summary>The next event; null when the stream has ended in order.</summary>
    public async Task<(string Name, string Data)?> NextAsync(CancellationToken timeout)
    {
        var (name, data) = ("", "");
        while (await _reader.ReadLineAsync(timeout) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data = line["data: ".Length..];
            }
            else if (line.Length == 0 && name.Length > 0)
            {
                return (name, data);
            }
        }

        return null;
    }

    /// <summary>The data of the next event of a name that is as wanted.</summary>
    public async Task<JsonElement> NextAsync(string name, Func<JsonElement, bool> isWanted, CancellationToken timeout)
    {
        while (true)
        {
            var next = await NextAsync(timeout);
            Assert.That(next, Is.Not.Null, $"the stream ended before '{name}' came");
            if (next!.Value.Name == name)
            {
                using var document = JsonDocument.Parse(next.Value.Data);
                if (isWanted(document.RootElement))
                {
                    return document.RootElement.Clone();
                }
            }
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
