namespace Hardening.Benchmarks.Analyzers.Generated;

/// <summary>State under locks: what the rules of locks must look at, done right.</summary>
internal static class SharedStateShapes
{
    public static string Store(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;

        namespace Generated.{{m.Name}}Module;

        /// <summary>All items in memory; what it writes, it writes outside of its lock.</summary>
        public sealed class {{m.Name}}Store : I{{m.Name}}Sink
        {
            private readonly {{(m.Flip(6) ? "Lock" : "object")}} _gate = new();
            private readonly Dictionary<string, {{m.Name}}> _items = new(StringComparer.Ordinal);
            private readonly {{m.Name}}Journal _journal;
            private long _version;

            public {{m.Name}}Store({{m.Name}}Journal journal) => _journal = journal;

            public int Count
            {
                get
                {
                    lock (_gate)
                    {
                        return _items.Count;
                    }
                }
            }

            public event EventHandler<{{m.Name}}>? Changed;

            public void Accept({{m.Name}} item)
            {
                lock (_gate)
                {
                    _items[item.Key] = item;
                    Touch();
                }

                _journal.Append("accept " + item.Key);
                Changed?.Invoke(this, item);
            }

            public bool TryTake(string key, out {{m.Name}}? item)
            {
                lock (_gate)
                {
                    if (!_items.Remove(key, out item))
                    {
                        return false;
                    }

                    Touch();
                }

                _journal.Append("take " + key);
                return true;
            }

        {{m.Each(7, 1 + m.Pick(8, 4), (name, i) => $$"""
                public double Total{{name}}{{i}}(Func<{{m.Name}}, bool> filter)
                {
                    List<{{m.Name}}> copy;
                    lock (_gate)
                    {
                        copy = _items.Values.ToList();
                    }

                    var total = 0.0;
                    foreach (var item in copy.Where(filter))
                    {
                        total += Weigh(item, {{i + 1}});
                    }

                    return total;
                }

            """)}}
            public void Save()
            {
                string[] lines;
                lock (_gate)
                {
                    lines = _items.Values.Select(Describe).ToArray();
                }

                _journal.Rewrite(lines);
            }

            private static double Weigh({{m.Name}} item, int factor) => factor > 3 ? item.Id / (double)factor : Weigh(item, factor + 1) * 2;

            private string Describe({{m.Name}} item) => $"{_version}: {item}";

            private void Touch()
            {
                _version++;
                if (_version % 1000 == 0)
                {
                    _items.TrimExcess();
                }
            }
        }

        """;

    public static string Journal(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Generated.{{m.Name}}Module;

        /// <summary>The file behind the store.</summary>
        public sealed class {{m.Name}}Journal
        {
            private readonly string _path;
            private readonly SemaphoreSlim _one = new(1, 1);
            private int _lines;

            public {{m.Name}}Journal(string path) => _path = path;

            public void Append(string line)
            {
                if (Interlocked.Increment(ref _lines) > {{1000 * (1 + m.Pick(9, 9))}})
                {
                    Rotate();
                }

                File.AppendAllText(_path, line + Environment.NewLine);
            }

            public void Rewrite(IReadOnlyList<string> lines)
            {
                var next = _path + ".next";
                File.WriteAllLines(next, lines);
                Replace(next);
            }

            public async Task AppendAsync(string line, CancellationToken stop)
            {
                await _one.WaitAsync(stop).ConfigureAwait(false);
                try
                {
                    await File.AppendAllTextAsync(_path, line + Environment.NewLine, stop).ConfigureAwait(false);
                }
                finally
                {
                    _one.Release();
                }
            }

            public async IAsyncEnumerable<string> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
            {
                await using var file = File.OpenRead(_path);
                using var reader = new StreamReader(file);
                while (await reader.ReadLineAsync(stop).ConfigureAwait(false) is { } line)
                {
                    yield return line;
                }
            }

            private void Rotate()
            {
                Interlocked.Exchange(ref _lines, 0);
                Replace(_path + "." + DateTime.UtcNow.Ticks);
                if (_lines > 0)
                {
                    Append("rotated"); // and so each of the two can call the other
                }
            }

            private void Replace(string next)
            {
                if (File.Exists(next))
                {
                    File.Move(next, _path, overwrite: true);
                }
            }
        }

        """;

    public static string Cache(Module m) =>
        $$"""
        #nullable enable
        using System;
        using System.Collections.Concurrent;
        using System.Collections.Generic;
        using System.Threading;

        namespace Generated.{{m.Name}}Module;

        /// <summary>What was computed once, for readers on many threads.</summary>
        public sealed class {{m.Name}}Cache : IDisposable
        {
            private readonly ReaderWriterLockSlim _lock = new();
            private readonly Dictionary<int, string> _texts = [];
            private readonly ConcurrentDictionary<string, Lazy<{{m.Name}}>> _items = new(StringComparer.Ordinal);
            private volatile int _hits;
            private bool _disposed;

            public int Hits => _hits;

            public {{m.Name}} Get(string key) => _items.GetOrAdd(key, k => new Lazy<{{m.Name}}>(() => Create(k))).Value;

            public string Text(int id)
            {
                _lock.EnterReadLock();
                try
                {
                    if (_texts.TryGetValue(id, out var known))
                    {
                        Interlocked.Increment(ref _hits);
                        return known;
                    }
                }
                finally
                {
                    _lock.ExitReadLock();
                }

                var text = Compute(id);
                _lock.EnterWriteLock();
                try
                {
                    _texts[id] = text;
                }
                finally
                {
                    _lock.ExitWriteLock();
                }

                return text;
            }

            public bool TryTrim(TimeSpan limit)
            {
                if (!Monitor.TryEnter(_texts, limit))
                {
                    return false;
                }

                try
                {
                    if (_texts.Count > {{100 * (1 + m.Pick(10, 9))}})
                    {
                        _texts.Clear();
                    }

                    return true;
                }
                finally
                {
                    Monitor.Exit(_texts);
                }
            }

            public void Dispose()
            {
                if (!_disposed)
                {
                    _disposed = true;
                    _lock.Dispose();
                }
            }

            private static {{m.Name}} Create(string key) => new(key.Length, key) { State = {{m.Name}}State.Open };

            private static string Compute(int id)
            {
                Span<char> digits = stackalloc char[16];
                var length = 0;
                for (var rest = Math.Abs(id); rest > 0; rest /= {{2 + m.Pick(11, 9)}})
                {
                    digits[length++ & 15] = (char)('a' + (rest % 26));
                }

                return new string(digits[..Math.Min(length, 16)]);
            }
        }

        """;
}
