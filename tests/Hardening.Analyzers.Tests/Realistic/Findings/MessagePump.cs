using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Messaging.Pump;

public interface IMessageBus
{
    ValueTask<Envelope?> ReceiveAsync(CancellationToken token);

    ValueTask ConfirmAsync(Envelope envelope, CancellationToken token);
}

public sealed record Envelope(Guid Id, string Topic, string Body);

public interface IHandler
{
    string Topic { get; }

    ValueTask HandleAsync(JsonElement body, CancellationToken token);
}

public sealed class MessagePump : IDisposable
{
    private readonly IMessageBus _bus;
    private readonly Dictionary<string, IHandler> _handlers = new(StringComparer.Ordinal);
    private readonly Channel<Envelope> _received = Channel.CreateBounded<Envelope>(new BoundedChannelOptions(32) { SingleWriter = true });
    private readonly CancellationTokenSource _stop = new();
    private Thread? _receiver;
    private Task? _dispatcher;

    public MessagePump(IMessageBus bus, IEnumerable<IHandler> handlers)
    {
        _bus = bus;
        foreach (var handler in handlers)
        {
            _handlers.Add(handler.Topic, handler);
        }
    }

    public long Handled { get; private set; }

    public long Unknown { get; private set; }

    public void Start()
    {
        _receiver = new Thread(async () => await ReceiveAsync(_stop.Token)) { Name = "receiver", IsBackground = true }; // HRD2010
        _receiver.Priority = ThreadPriority.Highest; // HRD2017
        _receiver.Start();
        _dispatcher = Task.Run(() => DispatchAsync(_stop.Token));
    }

    public async Task StopAsync(TimeSpan limit)
    {
        await _stop.CancelAsync();
        if (_dispatcher is { } dispatcher)
        {
            await dispatcher.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task ReceiveAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            if (await _bus.ReceiveAsync(token) is { } envelope)
            {
                await _received.Writer.WriteAsync(envelope, token);
            }
        }
    }

    private async Task DispatchAsync(CancellationToken token)
    {
        await foreach (var envelope in _received.Reader.ReadAllAsync(token))
        {
            if (!_handlers.TryGetValue(envelope.Topic, out var handler))
            {
                Unknown++;
                continue;
            }

            using var body = JsonDocument.Parse(envelope.Body);
            await handler.HandleAsync(body.RootElement, token);
            await _bus.ConfirmAsync(envelope, token);
            Handled++;
        }
    }
}
