using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Logistics.Labels;

public sealed record Label(string Parcel, string Zpl);

public interface ILabelPrinter
{
    ValueTask PrintAsync(Label label, CancellationToken token);
}

/// <summary>A ring of labels: those who add wait for room, the one who prints waits for labels.</summary>
public sealed class LabelPrinterQueue : IAsyncDisposable
{
    private readonly ILabelPrinter _printer;
    private readonly Label?[] _ring;
    private readonly SemaphoreSlim _room;
    private readonly SemaphoreSlim _filled = new(0);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _printing;
    private int _head;
    private int _tail;
    private long _printed;

    public LabelPrinterQueue(ILabelPrinter printer, int capacity)
    {
        _printer = printer;
        _ring = new Label?[capacity];
        _room = new SemaphoreSlim(capacity, capacity);
        _printing = PrintAllAsync(_stop.Token);
    }

    public long Printed => Interlocked.Read(ref _printed);

    public async Task AddAsync(Label label, CancellationToken token)
    {
        await _room.WaitAsync(token);
        lock (_gate)
        {
            _ring[_tail] = label;
            _tail = (_tail + 1) % _ring.Length;
        }

        _filled.Release();
    }

    public async Task<int> AddAllAsync(IEnumerable<Label> labels, CancellationToken token)
    {
        var count = 0;
        foreach (var label in labels)
        {
            await AddAsync(label, token);
            count++;
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _printing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _room.Dispose();
        _filled.Dispose();
    }

    private async Task PrintAllAsync(CancellationToken token)
    {
        while (true)
        {
            await _filled.WaitAsync(token);
            var label = TakeNext();
            _room.Release();
            await _printer.PrintAsync(label, token);
            Interlocked.Increment(ref _printed);
        }
    }

    private Label TakeNext()
    {
        lock (_gate)
        {
            var label = _ring[_head] ?? throw new InvalidOperationException("The ring is empty.");
            _ring[_head] = null;
            _head = (_head + 1) % _ring.Length;
            return label;
        }
    }
}
