using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Pos.Terminal;

public sealed record TerminalMessage(int Id, string Kind, string Body);

public interface ITerminalLink
{
    event EventHandler<TerminalMessage> Received;

    event EventHandler? Lost;

    ValueTask SendAsync(TerminalMessage message, CancellationToken token);
}

/// <summary>Pays at the card terminal. Answers come on the thread of the driver, which must not run our continuations.</summary>
public sealed class PaymentTerminal : IDisposable
{
    private readonly ITerminalLink _link;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<TerminalMessage>> _open = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _last;

    public PaymentTerminal(ITerminalLink link)
    {
        _link = link;
        _link.Received += OnReceived;
        _link.Lost += OnLost;
    }

    public async Task<bool> PayAsync(decimal amount, TimeSpan limit, CancellationToken token)
    {
        await _ready.Task.WaitAsync(limit, token);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(token);
        timeout.CancelAfter(limit);
        var id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<TerminalMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[id] = answer;
        using var registration = timeout.Token.Register(static state => ((TaskCompletionSource<TerminalMessage>)state!).TrySetCanceled(), answer);
        try
        {
            await _link.SendAsync(new TerminalMessage(id, "pay", amount.ToString("F2")), timeout.Token);
            return (await answer.Task).Kind == "paid";
        }
        finally
        {
            _open.TryRemove(id, out _);
        }
    }

    public static Task<string> AskCashierAsync(Action<Action<string>> dialog)
    {
        var result = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        dialog(text => result.TrySetResult(text));
        return result.Task;
    }

    public void Dispose()
    {
        _link.Received -= OnReceived;
        _link.Lost -= OnLost;
    }

    private void OnReceived(object? sender, TerminalMessage message)
    {
        if (message.Kind == "hello")
        {
            _ready.TrySetResult();
        }
        else if (_open.TryRemove(message.Id, out var answer))
        {
            answer.TrySetResult(message);
        }
    }

    private void OnLost(object? sender, EventArgs e)
    {
        foreach (var (id, answer) in _open)
        {
            if (_open.TryRemove(new KeyValuePair<int, TaskCompletionSource<TerminalMessage>>(id, answer)))
            {
                answer.TrySetException(new IOException("The terminal is gone."));
            }
        }
    }
}
