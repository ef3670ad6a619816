using System.Collections.Concurrent;
using System.Security.Cryptography;

var source = args[0];
var target = args[1];
var manifest = new Manifest();
var gate = new object();

Parallel.ForEach(Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories), file => // HRD2005
{
    var name = Path.GetRelativePath(source, file);
    var digest = DigestOf(file);
    if (manifest.IsCurrent(name, digest))
    {
        return;
    }

    Store(file, name);
    manifest.Set(name, digest);
});

var uploads = new List<Task>();
foreach (var name in manifest.Changed)
{
    uploads.Add(Task.Run(() => UploadAsync(name)));
}

Task.WaitAll(uploads.ToArray());
Report();
return 0;

void Store(string file, string name)
{
    var copy = Path.Combine(target, name);
    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
    lock (gate)
    {
        Copy(); // HRD1003
    }

    void Copy() => File.Copy(file, copy, overwrite: true);
}

string DigestOf(string file)
{
    using var stream = File.OpenRead(file);
    return Convert.ToHexString(SHA256.HashData(stream));
}

async Task UploadAsync(string name)
{
    using var http = new HttpClient();
    await using var content = File.OpenRead(Path.Combine(target, name));
    using var response = await http.PutAsync($"https://backup.example.com/{Uri.EscapeDataString(name)}", new StreamContent(content));
    response.EnsureSuccessStatusCode();
}

void Report()
{
    foreach (var name in manifest.Changed.Order(StringComparer.Ordinal))
    {
        Console.WriteLine(name);
    }
}

internal sealed class Manifest
{
    private readonly object _gate = new();
    private readonly Dictionary<string, string> _digests = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _changed = [];

    public IReadOnlyCollection<string> Changed => _changed;

    public bool IsCurrent(string name, string digest)
    {
        lock (_gate)
        {
            return _digests.TryGetValue(name, out var known) && known == digest;
        }
    }

    public void Set(string name, string digest)
    {
        lock (_gate)
        {
            _digests[name] = digest;
        }

        _changed.Add(name);
    }
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Linq;
global using System.Net.Http;
global using System.Threading.Tasks;
