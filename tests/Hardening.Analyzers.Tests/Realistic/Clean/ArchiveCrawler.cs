using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Research.Crawling;

public sealed record Paper(string Id, string Title, string[] References);

public interface IPaperCache
{
    ValueTask<Paper?> FindAsync(string id);
}

/// <summary>Follows references eight at a time; a crawl that is started again ends the one before.</summary>
public sealed class ArchiveCrawler(HttpClient http, IPaperCache cache) : IDisposable
{
    private const int AtOnce = 8;

    private readonly Dictionary<string, Paper> _papers = new(StringComparer.Ordinal);
    private CancellationTokenSource _current = new();

    public async Task<int> CrawlAsync(IReadOnlyCollection<string> ids, int depth, CancellationToken token)
    {
        Restart();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, _current.Token);
        var next = ids;
        for (; depth > 0 && next.Count > 0; depth--)
        {
            var found = new List<Paper>();
            foreach (var chunk in next.Chunk(AtOnce))
            {
                found.AddRange((await Task.WhenAll(chunk.Select(id => LoadAsync(id, linked.Token)))).OfType<Paper>());
            }

            foreach (var paper in found)
            {
                _papers.TryAdd(paper.Id, paper);
            }

            next = found.SelectMany(paper => paper.References).Where(id => !_papers.ContainsKey(id)).Distinct().ToList();
        }

        return _papers.Count;
    }

    public async Task<Paper?> FirstAsync(string id, TimeSpan patience, CancellationToken token)
    {
        using var limited = LimitedTo(patience, token);
        var local = cache.FindAsync(id);
        if (local.IsCompletedSuccessfully && local.Result is { } known)
        {
            return known;
        }

        var remote = LoadAsync(id, limited.Token);
        var stored = local.AsTask();
        var first = await Task.WhenAny(remote, stored);
        return first == stored && stored.Result is { } paper ? paper : await remote;
    }

    public async Task<string> TitlesAsync(string first, string second, string third)
    {
        var papers = await Task.WhenAll(LoadAsync(first, _current.Token), LoadAsync(second, _current.Token), LoadAsync(third, _current.Token));
        return string.Join("; ", papers.Select(paper => paper?.Title));
    }

    public void Dispose()
    {
        _current.Cancel();
        _current.Dispose();
    }

    private static CancellationTokenSource LimitedTo(TimeSpan patience, CancellationToken token)
    {
        var limited = CancellationTokenSource.CreateLinkedTokenSource(token);
        limited.CancelAfter(patience);
        return limited;
    }

    private void Restart()
    {
        var last = Interlocked.Exchange(ref _current, new CancellationTokenSource(TimeSpan.FromHours(1)));
        last.Cancel();
        last.Dispose();
    }

    private async Task<Paper?> LoadAsync(string id, CancellationToken token)
    {
        if (await cache.FindAsync(id) is { } known)
        {
            return known;
        }

        using var response = await http.GetAsync($"papers/{id}", token);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        var lines = (await response.Content.ReadAsStringAsync(token)).Split('\n');
        return new Paper(id, lines[0], lines[1..]);
    }
}
