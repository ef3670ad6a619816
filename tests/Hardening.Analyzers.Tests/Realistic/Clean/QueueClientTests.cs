using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using NUnit.Framework;

namespace Messaging.Tests;

public sealed class QueueClient(int capacity)
{
    private readonly Channel<string> _channel = Channel.CreateBounded<string>(capacity);

    public ValueTask SendAsync(string text, CancellationToken token = default) => _channel.Writer.WriteAsync(text, token);

    public bool TrySend(string text) => _channel.Writer.TryWrite(text);

    public async Task PumpAsync(Func<string, Task> handle, CancellationToken token)
    {
        await foreach (var text in _channel.Reader.ReadAllAsync(token))
        {
            await handle(text);
        }
    }

    public void Complete() => _channel.Writer.Complete();
}

[TestFixture]
public sealed class QueueClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Test]
    public async Task Gives_messages_in_order()
    {
        var client = new QueueClient(16);
        var seen = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync($"message {i}");
        }

        client.Complete();
        await client.PumpAsync(
            text =>
            {
                seen.Add(text);
                return Task.CompletedTask;
            },
            CancellationToken.None);
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 10).Select(i => $"message {i}")));
    }

    [Test]
    public void Waits_when_it_is_full()
    {
        var client = new QueueClient(1);
        Assert.That(client.TrySend("first"));
        var second = client.SendAsync("second").AsTask();
        Assert.That(second.IsCompleted, Is.False);
        using var stop = new CancellationTokenSource(Patience);
        var pump = client.PumpAsync(_ => Task.CompletedTask, stop.Token);
        Assert.That(second.Wait(Patience));
        stop.Cancel();
        Assert.That(async () => await pump, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_handler_that_throws_ends_the_pump()
    {
        var client = new QueueClient(4);
        client.TrySend("bad");
        Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await client.PumpAsync(_ => throw new InvalidOperationException(), CancellationToken.None));
    }

    [Test]
    public async Task Sees_what_was_sent_from_several_tasks()
    {
        var client = new QueueClient(4);
        var seen = new ConcurrentBag<string>();
        var done = new TaskCompletionSource();
        var pump = client.PumpAsync(
            text =>
            {
                seen.Add(text);
                if (seen.Count == 20)
                {
                    done.SetResult();
                }

                return Task.CompletedTask;
            },
            CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => client.SendAsync($"{i}").AsTask()));
        await done.Task.WaitAsync(Patience);
        client.Complete();
        await pump;
        Assert.That(seen, Has.Count.EqualTo(20));
    }

    [TearDown]
    public void LetTheOthersRun() => Thread.Sleep(10);
}
