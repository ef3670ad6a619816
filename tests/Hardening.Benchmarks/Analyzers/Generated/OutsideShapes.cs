namespace Hardening.Benchmarks.Analyzers.Generated;

/// <summary>Processes, the network, what ties a module together, and the old part that nobody dares to touch: its mistakes are marked.</summary>
internal static class OutsideShapes
{
    public static string Runner(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Generated.{{m.Name}}Module;

        /// <summary>A tool that is run for each item.</summary>
        public sealed class {{m.Name}}Runner
        {
            private readonly string _tool;
            private readonly TimeSpan _limit = TimeSpan.FromSeconds({{5 + m.Pick(21, 50)}});

            public {{m.Name}}Runner(string tool) => _tool = tool;

            public async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
            {
                var start = new ProcessStartInfo(_tool) { RedirectStandardOutput = true, RedirectStandardError = {{(m.Flip(22) ? "true" : "false")}}, UseShellExecute = false };
                foreach (var argument in arguments)
                {
                    start.ArgumentList.Add(argument);
                }

                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
                limit.CancelAfter(_limit);
                using var process = Process.Start(start) ?? throw new InvalidOperationException(_tool);
                try
                {
                    var output = process.StandardOutput.ReadToEndAsync(limit.Token);
                    var errors = {{(m.Flip(22) ? "process.StandardError.ReadToEndAsync(limit.Token)" : "Task.FromResult(\"\")")}};
                    await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                    return (process.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
                }
                finally
                {
                    if (!process.HasExited)
                    {
                        process.Kill(entireProcessTree: true);
                    }
                }
            }
        }

        """;

    public static string Client(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Net.Http;
        using System.Text.Json;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Generated.{{m.Name}}Module;

        /// <summary>The service behind, asked with patience.</summary>
        public sealed class {{m.Name}}Client
        {
            private readonly HttpClient _http;
            private readonly SemaphoreSlim _slots = new({{1 + m.Pick(23, 8)}});

            public {{m.Name}}Client(HttpClient http) => _http = http;

        {{m.Each(24, 1 + m.Pick(25, 3), (name, i) => $$"""
                public async Task<{{m.Name}}?> Find{{name}}Async(string key, CancellationToken stop)
                {
                    for (var attempt = 1; ; attempt++)
                    {
                        try
                        {
                            var text = await GetAsync($"{{name.ToLowerInvariant()}}/{Uri.EscapeDataString(key)}", stop).ConfigureAwait(false);
                            return Parse(text, key);
                        }
                        catch (HttpRequestException) when (attempt < {{i + 2}})
                        {
                            await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), stop).ConfigureAwait(false);
                        }
                    }
                }

            """)}}
            public async Task<IReadOnlyList<{{m.Name}}>> FindAllAsync(IEnumerable<string> keys, CancellationToken stop)
            {
                var tasks = new List<Task<string>>();
                foreach (var key in keys)
                {
                    tasks.Add(GetAsync(key, stop));
                }

                var found = new List<{{m.Name}}>(tasks.Count);
                foreach (var text in await Task.WhenAll(tasks).ConfigureAwait(false))
                {
                    if (Parse(text, "") is { } item)
                    {
                        found.Add(item);
                    }
                }

                return found;
            }

            private async Task<string> GetAsync(string path, CancellationToken stop)
            {
                await _slots.WaitAsync(stop).ConfigureAwait(false);
                try
                {
                    using var response = await _http.GetAsync(path, stop).ConfigureAwait(false);
                    response.EnsureSuccessStatusCode();
                    return await response.Content.ReadAsStringAsync(stop).ConfigureAwait(false);
                }
                finally
                {
                    _slots.Release();
                }
            }

            private static {{m.Name}}? Parse(string text, string key)
            {
                using var document = JsonDocument.Parse(text);
                return document.RootElement.TryGetProperty("id", out var id) ? new {{m.Name}}(id.GetInt32(), key) : null;
            }
        }

        """;

    public static string Service(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Generated.{{m.Below}}Module;

        namespace Generated.{{m.Name}}Module;

        /// <summary>What the module offers to the others: everything goes through here.</summary>
        public class {{m.Name}}Service
        {
            private readonly {{m.Name}}Store _store;
            private readonly {{m.Name}}Runner _runner;
            private readonly {{m.Name}}Client _client;
            private readonly {{m.Below}}Store _below;
            private readonly List<I{{m.Name}}Sink> _sinks = [];
            private readonly object _sync = new();
            private {{m.Name}}? _last;

            public {{m.Name}}Service({{m.Name}}Store store, {{m.Name}}Runner runner, {{m.Name}}Client client, {{m.Below}}Store below) =>
                (_store, _runner, _client, _below) = (store, runner, client, below);

            public void Add(I{{m.Name}}Sink sink)
            {
                lock (_sync)
                {
                    _sinks.Add(sink);
                }
            }

            public async Task<bool> HandleAsync(string key, CancellationToken stop)
            {
                var item = await _client.Find{{m.Names(24, 1).First()}}Async(key, stop).ConfigureAwait(false);
                if (item is null || !Validate(item))
                {
                    return false;
                }

                var (exitCode, output) = await _runner.RunAsync([key, item.ToString()], stop).ConfigureAwait(false);
                if (exitCode == 0)
                {
                    Publish(item with { Changed = DateTimeOffset.UtcNow });
                }

                return output.Length > 0;
            }

            public void Finish()
            {
                _store.Save();
                FinishBelow(_below.Count);
            }

            protected virtual bool Validate({{m.Name}} item) => item.Id >= 0 && {{m.Name}}Calculator.Range([item.Id, {{m.Pick(26, 100)}}]).Low >= 0;

            private void Publish({{m.Name}} item)
            {
                I{{m.Name}}Sink[] sinks;
                lock (_sync)
                {
                    Remember(item);
                    sinks = [.. _sinks];
                }

                _store.Accept(item);
                foreach (var sink in sinks)
                {
                    sink.Accept(item);
                }
            }

            private void Remember({{m.Name}} item)
            {
                if (_last is null || new {{m.Name}}Order().Compare(_last, item) < 0)
                {
                    _last = item;
                }
            }

            private void FinishBelow(int count)
            {
                if (count > 0 && Enumerable.Range(0, count).Any(i => i % {{2 + m.Pick(27, 9)}} == 0))
                {
                    _below.Save();
                }
            }
        }

        """;

    public static string Legacy(Module m) =>
        $$"""
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.IO;
        using System.Threading;

        namespace Generated.{{m.Name}}Module;

        public class {{m.Name}}Legacy
        {
            private readonly object _gate = new object();
            private readonly List<string> _log = new List<string>();
            private int _count;

        {{m.When(28, $$"""
                public void Count()
                {
                    lock (this) // HRD1001
                    {
                        _count++;
                    }
                }

            """)}}
        {{m.When(29, $$"""
                public void Log(string line)
                {
                    lock (_gate)
                    {
                        _log.Add(line);
                        File.AppendAllText("{{m.Noun}}.log", line); // HRD1003
                    }
                }

            """)}}
        {{m.When(30, $$"""
                public void HandleAll(IEnumerable<string> items)
                {
                    foreach (var item in items)
                    {
                        new Thread(() => Remember(item)).Start(); // HRD2001
                    }
                }

            """)}}
            public int Total(int seed)
            {
                for (var i = 0; i < _log.Count; i++)
                {
                    seed = seed * 31 + _log[i].Length;
                }

                return seed + _count;
            }

            private void Remember(string item)
            {
                if (item.Length > {{m.Pick(31, 40)}})
                {
                    Interlocked.Increment(ref _count);
                }
            }
        }

        """;
}
