using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace Gallery.Imaging;

public interface IImageCodec
{
    byte[] Shrink(byte[] image, int edge);
}

public sealed partial class ThumbnailService(IImageCodec codec, ILogger<ThumbnailService> logger)
{
    private const int Edge = 256;

    private readonly ConcurrentDictionary<string, byte[]> _thumbnails = new();
    private readonly SemaphoreSlim _disk = new(2);
    private int _failed;

    public int Failed => Volatile.Read(ref _failed);

    public void Import(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories))
        {
            Enqueue(path);
        }
    }

    public byte[]? Find(string path) => _thumbnails.GetValueOrDefault(path);

    public async Task<long> SizeAsync(IReadOnlyCollection<string> paths, CancellationToken token)
    {
        long total = 0;
        foreach (var path in paths)
        {
            total += (await ReadAsync(path, token)).LongLength;
        }

        return total;
    }

    private void Enqueue(string path)
    {
        if (_thumbnails.ContainsKey(path))
        {
            return;
        }

        _ = Task.Run(() => MakeAsync(path)); // HRD2002
    }

    private async Task MakeAsync(string path)
    {
        try
        {
            var image = await ReadAsync(path, CancellationToken.None);
            _thumbnails[path] = codec.Shrink(image, Edge);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _failed);
            logger.LogWarning(failure, "No thumbnail for {Path}.", path);
        }
    }

    private async Task<byte[]> ReadAsync(string path, CancellationToken token)
    {
        await _disk.WaitAsync(token); // HRD1011
        var image = await File.ReadAllBytesAsync(path, token);
        _disk.Release();
        return image;
    }
}

public sealed partial class ThumbnailService
{
    public async Task WarmUpAsync(IAsyncEnumerable<string> paths, CancellationToken token)
    {
        await foreach (var path in paths.WithCancellation(token))
        {
            ThreadPool.QueueUserWorkItem(_ => Warm(path)); // HRD2002
        }
    }

    private void Warm(string path)
    {
        var image = File.ReadAllBytes(path);
        _thumbnails.TryAdd(path, codec.Shrink(image, Edge));
    }
}
