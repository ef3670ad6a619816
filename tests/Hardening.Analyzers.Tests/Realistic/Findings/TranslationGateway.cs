using System.Net.Http.Json;
using System.Text.Json.Serialization;

namespace Localization;

/// <summary>Asks the translation service, which allows us four requests at a time.</summary>
public sealed class TranslationGateway(HttpClient http) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _slots = new(4, 4);
    private readonly SemaphoreSlim _glossaryGate = new(1, 1);
    private readonly Dictionary<string, string> _glossary = new(StringComparer.OrdinalIgnoreCase);

    public async Task<string> TranslateAsync(string text, string language, CancellationToken token)
    {
        await _slots.WaitAsync(Patience, token); // HRD1010
        try
        {
            var answer = await http.PostAsJsonAsync("v2/translate", new Request(text, language), token);
            answer.EnsureSuccessStatusCode();
            var body = await answer.Content.ReadFromJsonAsync<Response>(token);
            return body?.Text ?? text;
        }
        finally
        {
            _slots.Release();
        }
    }

    public async Task<string?> DefineAsync(string term, CancellationToken token)
    {
        await _glossaryGate.WaitAsync(token); // HRD1011
        if (_glossary.TryGetValue(term, out var known))
        {
            _glossaryGate.Release();
            return known;
        }

        var definition = await http.GetStringAsync($"v2/glossary/{Uri.EscapeDataString(term)}", token);
        _glossary[term] = definition;
        _glossaryGate.Release();
        return definition;
    }

    public async Task ForgetAsync(IEnumerable<string> terms, CancellationToken token)
    {
        try
        {
            await _glossaryGate.WaitAsync(token); // HRD1011
            foreach (var term in terms)
            {
                _glossary.Remove(term);
            }
        }
        finally
        {
            _glossaryGate.Release();
        }
    }

    public async Task<IReadOnlyDictionary<string, string>> SnapshotAsync(CancellationToken token)
    {
        await _glossaryGate.WaitAsync(token);
        try
        {
            return new Dictionary<string, string>(_glossary);
        }
        finally
        {
            _glossaryGate.Release();
        }
    }

    public void Dispose()
    {
        _slots.Dispose();
        _glossaryGate.Dispose();
    }

    private sealed record Request([property: JsonPropertyName("q")] string Text, [property: JsonPropertyName("target")] string Language);

    private sealed record Response([property: JsonPropertyName("translated")] string Text);
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.Net.Http;
global using System.Threading;
global using System.Threading.Tasks;
