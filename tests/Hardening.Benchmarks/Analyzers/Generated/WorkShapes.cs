namespace Hardening.Benchmarks.Analyzers.Generated;

/// <summary>Threads, queues and timers: what the rules of threads must look at, done right.</summary>
internal static class WorkShapes
{
    public static string Pump(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Concurrent;
        using System.Threading;
        using Generated.{{m.Below}}Module;

        namespace Generated.{{m.Name}}Module;

        /// <summary>A bounded queue and the one thread that empties it.</summary>
        public sealed class {{m.Name}}Pump : IDisposable
        {
            private readonly BlockingCollection<{{m.Name}}> _queue = new(boundedCapacity: {{16 << m.Pick(12, 5)}});
            private readonly CancellationTokenSource _stop = new();
            private readonly {{m.Name}}Store _store;
            private readonly {{m.Below}}Cache _texts;
            private readonly Thread _thread;
            private long _done;

            public {{m.Name}}Pump({{m.Name}}Store store, {{m.Below}}Cache texts)
            {
                (_store, _texts) = (store, texts);
                _thread = new Thread(Run) { IsBackground = true, Name = nameof({{m.Name}}Pump) };
            }

            public long Done => Interlocked.Read(ref _done);

            public void Start() => _thread.Start();

            public bool Offer({{m.Name}} item, TimeSpan limit) => !_stop.IsCancellationRequested && _queue.TryAdd(item, (int)limit.TotalMilliseconds, _stop.Token);

            public void Dispose()
            {
                _queue.CompleteAdding();
                _stop.Cancel();
                if (_thread.IsAlive && !_thread.Join(TimeSpan.FromSeconds({{2 + m.Pick(13, 5)}})))
                {
                    throw new TimeoutException("The pump does not end.");
                }

                _stop.Dispose();
                _queue.Dispose();
            }

            private void Run()
            {
                try
                {
                    foreach (var item in _queue.GetConsumingEnumerable(_stop.Token))
                    {
                        Handle(item);
                    }
                }
                catch (OperationCanceledException) when (_stop.IsCancellationRequested)
                {
                    // asked to end
                }
            }

            private void Handle({{m.Name}} item)
            {
                var text = _texts.Text(item.Id);
                if (text.Length > 0)
                {
                    _store.Accept(item);
                }

                Interlocked.Increment(ref _done);
            }
        }

        """;

    public static string Feed(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Channels;
        using System.Threading.Tasks;

        namespace Generated.{{m.Name}}Module;

        /// <summary>A channel between those that find and those that handle.</summary>
        public sealed class {{m.Name}}Feed
        {
            private readonly Channel<{{m.Name}}> _channel = Channel.CreateBounded<{{m.Name}}>(new BoundedChannelOptions({{8 << m.Pick(14, 6)}})
            {
                SingleReader = {{(m.Flip(15) ? "true" : "false")}},
                FullMode = BoundedChannelFullMode.{{(m.Flip(16) ? "Wait" : "DropOldest")}},
            });

            public async Task WriteAsync(IAsyncEnumerable<{{m.Name}}> items, CancellationToken stop)
            {
                try
                {
                    await foreach (var item in items.WithCancellation(stop).ConfigureAwait(false))
                    {
                        await _channel.Writer.WriteAsync(item, stop).ConfigureAwait(false);
                    }
                }
                finally
                {
                    _channel.Writer.TryComplete();
                }
            }

            public async Task<int> HandleAsync(Func<{{m.Name}}, CancellationToken, Task> handle, int workers, CancellationToken stop)
            {
                var count = 0;
                var running = new Task[Math.Clamp(workers, 1, Environment.ProcessorCount)];
                for (var i = 0; i < running.Length; i++)
                {
                    running[i] = DrainAsync();
                }

                await Task.WhenAll(running).ConfigureAwait(false);
                return count;

                async Task DrainAsync()
                {
                    await foreach (var item in _channel.Reader.ReadAllAsync(stop).ConfigureAwait(false))
                    {
                        await handle(item, stop).ConfigureAwait(false);
                        Interlocked.Increment(ref count);
                    }
                }
            }

        {{m.Each(17, m.Pick(18, 4), (name, i) => $$"""
                public async Task<List<{{m.Name}}>> Take{{name}}Async(int most, CancellationToken stop)
                {
                    var taken = new List<{{m.Name}}>(most);
                    while (taken.Count < most && await _channel.Reader.WaitToReadAsync(stop).ConfigureAwait(false))
                    {
                        while (taken.Count < most && _channel.Reader.TryRead(out var item))
                        {
                            if (item.Scaled{{m.Names(1, 1).First()}} > {{i}})
                            {
                                taken.Add(item);
                            }
                        }
                    }

                    return taken;
                }

            """)}}
        }

        """;

    public static string Poller(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using Generated.{{m.Below}}Module;

        namespace Generated.{{m.Name}}Module;

        /// <summary>Looks from time to time, never twice at once.</summary>
        public sealed class {{m.Name}}Poller : IAsyncDisposable
        {
            private readonly PeriodicTimer _period = new(TimeSpan.FromMilliseconds({{100 * (1 + m.Pick(19, 20))}}));
            private readonly Timer _watch;
            private readonly {{m.Name}}Store _store;
            private readonly {{m.Below}}Store _below;
            private Task? _loop;
            private int _busy;

            public {{m.Name}}Poller({{m.Name}}Store store, {{m.Below}}Store below)
            {
                (_store, _below) = (store, below);
                _watch = new Timer(_ => Watch(), null, Timeout.Infinite, Timeout.Infinite);
            }

            public void Start(CancellationToken stop)
            {
                _loop = PollAsync(stop);
                _watch.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            }

            public async ValueTask DisposeAsync()
            {
                _period.Dispose();
                await _watch.DisposeAsync().ConfigureAwait(false);
                if (_loop is { } loop)
                {
                    await loop.ConfigureAwait(false);
                }
            }

            private async Task PollAsync(CancellationToken stop)
            {
                while (await _period.WaitForNextTickAsync(stop).ConfigureAwait(false))
                {
                    if (_store.TryTake("next", out var item) && item is { IsOpen: true })
                    {
                        item.State = {{m.Name}}State.Closed;
                        _store.Accept(item);
                    }
                }
            }

            private void Watch()
            {
                if (Interlocked.Exchange(ref _busy, 1) == 1)
                {
                    return;
                }

                try
                {
                    if (_below.Count > {{10 * (1 + m.Pick(20, 30))}})
                    {
                        _below.Save();
                    }
                }
                finally
                {
                    Volatile.Write(ref _busy, 0);
                }
            }
        }

        """;
}
