using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Threading;

namespace Charts.Rendering;

/// <summary>Keeps at most so many builders; who finds none makes one, who brings one too many loses it.</summary>
public sealed class TextPool(int capacity)
{
    private const int LargestKept = 64 * 1024;

    private readonly ConcurrentQueue<StringBuilder> _idle = new();
    private int _count;

    public Lease Rent()
    {
        if (_idle.TryDequeue(out var text))
        {
            Interlocked.Decrement(ref _count);
            return new Lease(this, text);
        }

        return new Lease(this, new StringBuilder());
    }

    private void Return(StringBuilder text)
    {
        if (text.Capacity > LargestKept || Interlocked.Increment(ref _count) > capacity)
        {
            return;
        }

        text.Clear();
        _idle.Enqueue(text);
    }

    public readonly struct Lease(TextPool pool, StringBuilder text) : IDisposable
    {
        public StringBuilder Text => text;

        public void Dispose() => pool.Return(text);
    }
}

public sealed class BitmapPool : IDisposable
{
    private readonly object _gate = new();
    private readonly Bitmap?[] _slots;
    private readonly int _width;
    private readonly int _height;
    private int _free;
    private bool _disposed;

    public BitmapPool(int slots, int width, int height)
    {
        _slots = new Bitmap?[slots];
        (_width, _height) = (width, height);
    }

    public Bitmap Rent()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_free > 0)
            {
                var bitmap = _slots[--_free]!;
                _slots[_free] = null;
                return bitmap;
            }
        }

        return new Bitmap(_width, _height);
    }

    public void Return(Bitmap bitmap)
    {
        lock (_gate)
        {
            if (!_disposed && _free < _slots.Length)
            {
                _slots[_free++] = bitmap;
                return;
            }
        }

        bitmap.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_free > 0)
            {
                _slots[--_free]!.Dispose();
            }
        }
    }
}

public sealed class Bitmap(int width, int height) : IDisposable
{
    private byte[]? _pixels = ArrayPool<byte>.Shared.Rent(width * height * 4);

    public Span<byte> Pixels => _pixels.AsSpan(0, width * height * 4);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels)
        {
            ArrayPool<byte>.Shared.Return(pixels);
        }
    }
}
