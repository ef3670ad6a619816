using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;

namespace News.Import;

public sealed record Article(string Feed, string Title, Uri Link, DateTimeOffset Published);

public interface IArticleStore
{
    Task<bool> InsertAsync(Article article, CancellationToken token);
}

public sealed class FeedImport(HttpClient http, IArticleStore store)
{
    private readonly List<string> _failed = [];

    public IReadOnlyList<string> Failed => _failed;

    public async Task<int> RunAsync(IReadOnlyList<Uri> feeds, CancellationToken token)
    {
        var inserted = 0;
        foreach (var feed in feeds)
        {
            var limited = CancellationTokenSource.CreateLinkedTokenSource(token); // HRD2016
            limited.CancelAfter(TimeSpan.FromSeconds(20));
            try
            {
                foreach (var article in await ReadAsync(feed, limited.Token))
                {
                    if (await store.InsertAsync(article, limited.Token))
                    {
                        inserted++;
                    }
                }
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                _failed.Add(feed.Host);
            }
        }

        return inserted;
    }

    public async Task<IReadOnlyDictionary<Uri, long>> ImageSizesAsync(IEnumerable<Article> articles, CancellationToken token)
    {
        var images = articles.Select(article => new Uri(article.Link, "teaser.jpg")).Distinct().ToList();
        var tasks = new List<Task<(Uri Image, long Size)>>();
        foreach (var image in images)
        {
            tasks.Add(SizeAsync(image, token));
        }

        var sizes = await Task.WhenAll(tasks); // HRD2003
        return sizes.ToDictionary(pair => pair.Image, pair => pair.Size);
    }

    public async Task ExportAsync(string folder, IReadOnlyCollection<Article> articles, CancellationToken token)
    {
        Directory.CreateDirectory(folder);
        var pages = from article in articles
                    let name = Path.Combine(folder, $"{article.Published:yyyyMMddHHmmss}.html")
                    select SavePageAsync(article.Link, name, token);
        await Task.WhenAll(pages); // HRD2003
    }

    private async Task SavePageAsync(Uri link, string path, CancellationToken token)
    {
        var page = await http.GetByteArrayAsync(link, token);
        await File.WriteAllBytesAsync(path, page, token);
    }

    private async Task<(Uri Image, long Size)> SizeAsync(Uri image, CancellationToken token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, image);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
        return (image, response.Content.Headers.ContentLength ?? 0);
    }

    private async Task<IReadOnlyList<Article>> ReadAsync(Uri feed, CancellationToken token)
    {
        await using var stream = await http.GetStreamAsync(feed, token);
        var document = await XDocument.LoadAsync(stream, LoadOptions.None, token);
        return [.. document.Descendants("item").Select(item => new Article(
            feed.Host,
            (string?)item.Element("title") ?? "",
            new Uri((string?)item.Element("link") ?? feed.ToString()),
            DateTimeOffset.TryParse((string?)item.Element("pubDate"), out var at) ? at : DateTimeOffset.UtcNow))];
    }
}
