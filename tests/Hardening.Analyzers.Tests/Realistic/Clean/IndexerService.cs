using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace Archive.Indexing
{
    /// <summary>A fixed number of threads that read documents and note their words.</summary>
    public sealed class IndexerService : IDisposable
    {
        private const int Capacity = 256;

        private readonly BlockingCollection<string> _files = new BlockingCollection<string>(Capacity);
        private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _words = new ConcurrentDictionary<string, ConcurrentBag<string>>();
        private readonly List<Thread> _workers = new List<Thread>();
        private readonly CancellationTokenSource _stop = new CancellationTokenSource();
        private int _indexed;
        private int _failed;

        public IndexerService(int workers)
        {
            int count = Math.Min(workers, Environment.ProcessorCount);
            for (int i = 0; i < count; i++)
            {
                Thread worker = new Thread(Work);
                worker.Name = "indexer " + i;
                worker.IsBackground = true;
                _workers.Add(worker);
                worker.Start();
            }
        }

        public int Indexed
        {
            get { return Volatile.Read(ref _indexed); }
        }

        public int Failed
        {
            get { return Volatile.Read(ref _failed); }
        }

        public bool Add(string file, TimeSpan patience)
        {
            return _files.TryAdd(file, (int)patience.TotalMilliseconds, _stop.Token);
        }

        public IReadOnlyCollection<string> Find(string word)
        {
            ConcurrentBag<string> files;
            return _words.TryGetValue(word, out files) ? (IReadOnlyCollection<string>)files.ToArray() : new string[0];
        }

        public bool Stop(TimeSpan limit)
        {
            _files.CompleteAdding();
            bool all = true;
            foreach (Thread worker in _workers)
            {
                all &= worker.Join(limit);
            }

            _stop.Cancel();
            return all;
        }

        public void Dispose()
        {
            Stop(TimeSpan.FromSeconds(5));
            _files.Dispose();
            _stop.Dispose();
        }

        private void Work()
        {
            try
            {
                foreach (string file in _files.GetConsumingEnumerable(_stop.Token))
                {
                    Index(file);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }

        private void Index(string file)
        {
            try
            {
                HashSet<string> words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (string line in File.ReadLines(file))
                {
                    words.UnionWith(line.Split(new[] { ' ', '\t' }, StringSplitOptions.RemoveEmptyEntries));
                }

                foreach (string word in words)
                {
                    _words.GetOrAdd(word, key => new ConcurrentBag<string>()).Add(file);
                }

                Interlocked.Increment(ref _indexed);
            }
            catch (IOException)
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }
}
