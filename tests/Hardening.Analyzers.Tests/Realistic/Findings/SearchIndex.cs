using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Wiki.Search;

public sealed record Page(string Title, string Text, string[] Tags);

public sealed class SearchIndex
{
    private readonly object _gate = new();
    private readonly Dictionary<string, List<Page>> _byWord = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Page> _pages = [];
    private readonly Dictionary<string, byte[]> _digests = new(StringComparer.Ordinal);

    public event EventHandler<Page>? Added;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _pages.Count;
            }
        }
    }

    public bool Add(Page page)
    {
        lock (_gate)
        {
            var digest = Digest(page); // HRD1004
            if (_digests.TryGetValue(page.Title, out var known) && known.AsSpan().SequenceEqual(digest))
            {
                return false;
            }

            _digests[page.Title] = digest;
            _pages.Add(page);
            foreach (var word in Words(page.Text))
            {
                Bucket(word).Add(page);
            }
        }

        Added?.Invoke(this, page);
        return true;
    }

    public IEnumerable<Page> Find(string word)
    {
        lock (_gate)
        {
            if (!_byWord.TryGetValue(word, out var pages))
            {
                yield break;
            }

            foreach (var page in pages)
            {
                yield return page; // HRD1005
            }
        }
    }

    public string Dump()
    {
        lock (_gate)
        {
            return JsonSerializer.Serialize(_pages); // HRD1004
        }
    }

    public void ForEach(Action<Page> visit)
    {
        lock (_gate)
        {
            foreach (var page in _pages)
            {
                visit(page); // HRD1005
            }
        }
    }

    public string[] Titles(Func<Page, bool> wanted)
    {
        Page[] all;
        lock (_gate)
        {
            all = [.. _pages];
        }

        return [.. all.Where(wanted).Select(page => page.Title).Order(StringComparer.CurrentCulture)];
    }

    private static byte[] Digest(Page page)
    {
        var text = new StringBuilder(page.Title).Append('\0').Append(page.Text);
        foreach (var tag in page.Tags)
        {
            text.Append('\0').Append(tag);
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static IEnumerable<string> Words(string text) =>
        text.Split([' ', '\t', '\n', '.', ',', ';', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase);

    private List<Page> Bucket(string word)
    {
        if (!_byWord.TryGetValue(word, out var pages))
        {
            _byWord.Add(word, pages = []);
        }

        return pages;
    }
}
