using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Dataflow;

namespace Maps.Offline;

public readonly record struct TileId(int Zoom, int X, int Y)
{
    public override string ToString() => $"{Zoom}/{X}/{Y}";
}

public sealed record Tile(TileId Id, byte[] Image);

public sealed class TileDownloader(HttpClient http, string folder) : IDisposable
{
    private readonly SemaphoreSlim _throttle = new(6);

    public async Task<IReadOnlyList<Tile>> FetchAsync(IEnumerable<TileId> ids, CancellationToken token)
    {
        var tiles = await Task.WhenAll(ids.Select(id => FetchThrottledAsync(id, token)));
        return tiles;
    }

    public async Task SaveAllAsync(IReadOnlyCollection<TileId> ids, CancellationToken token)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = token };
        await Parallel.ForEachAsync(ids, options, async (id, cancelled) =>
        {
            var image = await http.GetByteArrayAsync($"tiles/{id}", cancelled);
            await SaveAsync(new Tile(id, image), cancelled);
        });
    }

    public async Task<int> MirrorAsync(IAsyncEnumerable<TileId> ids, CancellationToken token)
    {
        var saved = 0;
        var fetch = new TransformBlock<TileId, Tile>(
            id => FetchThrottledAsync(id, token),
            new ExecutionDataflowBlockOptions { BoundedCapacity = 12, MaxDegreeOfParallelism = 6, CancellationToken = token });
        var save = new ActionBlock<Tile>(
            async tile =>
            {
                await SaveAsync(tile, token);
                saved++;
            },
            new ExecutionDataflowBlockOptions { BoundedCapacity = 12, CancellationToken = token });
        fetch.LinkTo(save, new DataflowLinkOptions { PropagateCompletion = true });
        await foreach (var id in ids.WithCancellation(token))
        {
            await fetch.SendAsync(id, token);
        }

        fetch.Complete();
        await save.Completion;
        return saved;
    }

    public async Task<(Tile Map, Tile Relief)> BothAsync(TileId map, TileId relief, CancellationToken token)
    {
        var first = FetchThrottledAsync(map, token);
        var second = FetchThrottledAsync(relief, token);
        await Task.WhenAll(first, second);
        return (await first, await second);
    }

    public void Dispose() => _throttle.Dispose();

    private async Task<Tile> FetchThrottledAsync(TileId id, CancellationToken token)
    {
        await _throttle.WaitAsync(token);
        try
        {
            return new Tile(id, await http.GetByteArrayAsync($"tiles/{id}", token));
        }
        finally
        {
            _throttle.Release();
        }
    }

    private Task SaveAsync(Tile tile, CancellationToken token)
    {
        var path = Path.Combine(folder, $"{tile.Id.Zoom}-{tile.Id.X}-{tile.Id.Y}.png");
        return File.WriteAllBytesAsync(path, tile.Image, token);
    }
}
