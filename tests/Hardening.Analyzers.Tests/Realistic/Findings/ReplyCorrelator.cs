using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Messaging.Rpc;

/// <summary>Sends requests over one stream and gives each the reply with its number.</summary>
public sealed class ReplyCorrelator : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, TaskCompletionSource<byte[]>> _open = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reader;
    private Action<byte[]>? _notified;
    private int _next;

    public ReplyCorrelator(Stream stream)
    {
        _stream = stream;
        _reader = ReadAsync(_stop.Token);
    }

    public event Action<byte[]> Notified
    {
        add
        {
            lock (_gate)
            {
                _notified += value;
            }
        }
        remove
        {
            lock (_gate)
            {
                _notified -= value;
            }
        }
    }

    public async Task<byte[]> RequestAsync(ReadOnlyMemory<byte> body, CancellationToken token)
    {
        var reply = new TaskCompletionSource<byte[]>(); // HRD2015
        int number;
        lock (_gate)
        {
            number = ++_next;
            _open.Add(number, reply);
        }

        var frame = new byte[8 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, number);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), body.Length);
        body.CopyTo(frame.AsMemory(8));
        await _stream.WriteAsync(frame, token);
        return await reply.Task.WaitAsync(token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reader.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        FailAll(new ObjectDisposedException(nameof(ReplyCorrelator)));
        _stop.Dispose();
        await _stream.DisposeAsync();
    }

    private async Task ReadAsync(CancellationToken token)
    {
        var header = new byte[8];
        while (!token.IsCancellationRequested)
        {
            await _stream.ReadExactlyAsync(header, token);
            var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4))];
            await _stream.ReadExactlyAsync(body, token);
            Dispatch(BinaryPrimitives.ReadInt32LittleEndian(header), body);
        }
    }

    private void Dispatch(int number, byte[] body)
    {
        lock (_gate)
        {
            if (number == 0)
            {
                _notified?.Invoke(body); // HRD1005
            }
            else if (_open.Remove(number, out var reply))
            {
                reply.TrySetResult(body);
            }
        }
    }

    private void FailAll(Exception reason)
    {
        TaskCompletionSource<byte[]>[] left;
        lock (_gate)
        {
            left = [.. _open.Values];
            _open.Clear();
        }

        foreach (var reply in left)
        {
            reply.TrySetException(reason);
        }
    }
}
