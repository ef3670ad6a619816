using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Analytics;

public sealed record Click(string Visitor, string Page, DateTimeOffset At);

public sealed record Visit(string Visitor, int Pages, TimeSpan Duration);

public interface IVisitStore
{
    Task StoreAsync(IReadOnlyList<Visit> visits, CancellationToken token);
}

/// <summary>Clicks come in, visits go out. Every stage holds a limited number of items.</summary>
public sealed class ClickstreamPipeline(IVisitStore store, TimeProvider time)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    private readonly Channel<Click> _clicks = Channel.CreateBounded<Click>(new BoundedChannelOptions(10_000)
    {
        FullMode = BoundedChannelFullMode.DropOldest,
        SingleReader = true,
    });

    private readonly Channel<Visit[]> _visits = Channel.CreateBounded<Visit[]>(8);
    private long _rejected;

    public long Rejected => Interlocked.Read(ref _rejected);

    public void Add(Click click)
    {
        if (!_clicks.Writer.TryWrite(click))
        {
            Interlocked.Increment(ref _rejected);
        }
    }

    public void Complete() => _clicks.Writer.TryComplete();

    public async Task RunAsync(CancellationToken token)
    {
        var storing = StoreAllAsync(token);
        try
        {
            await SessionizeAsync(token);
            _visits.Writer.Complete();
        }
        catch (Exception failure)
        {
            _visits.Writer.Complete(failure);
        }

        await storing;
    }

    private async Task SessionizeAsync(CancellationToken token)
    {
        var open = new Dictionary<string, List<Click>>(StringComparer.Ordinal);
        await foreach (var click in _clicks.Reader.ReadAllAsync(token))
        {
            if (!open.TryGetValue(click.Visitor, out var clicks))
            {
                open.Add(click.Visitor, clicks = []);
            }

            clicks.Add(click);
            var ended = TakeEnded(open, time.GetUtcNow());
            if (ended.Length > 0)
            {
                await _visits.Writer.WriteAsync(ended, token);
            }
        }

        await _visits.Writer.WriteAsync([.. open.Select(pair => ToVisit(pair.Key, pair.Value))], token);
    }

    private async Task StoreAllAsync(CancellationToken token)
    {
        while (await _visits.Reader.WaitToReadAsync(token))
        {
            while (_visits.Reader.TryRead(out var visits))
            {
                await store.StoreAsync(visits, token);
            }
        }
    }

    private static Visit[] TakeEnded(Dictionary<string, List<Click>> open, DateTimeOffset now)
    {
        var ended = open.Where(pair => now - pair.Value[^1].At > Idle).Select(pair => ToVisit(pair.Key, pair.Value)).ToArray();
        foreach (var visit in ended)
        {
            open.Remove(visit.Visitor);
        }

        return ended;
    }

    private static Visit ToVisit(string visitor, List<Click> clicks) => new(visitor, clicks.Count, clicks[^1].At - clicks[0].At);
}
