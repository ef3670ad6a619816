using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace Mirror.Tool
{
    internal static class Program
    {
        private static readonly ManualResetEventSlim Ended = new ManualResetEventSlim();

        private static int Main(string[] args)
        {
            if (args.Length < 2)
            {
                Console.Error.WriteLine("usage: mirror <list> <folder> [--watch]");
                return 2;
            }

            using (var stop = new CancellationTokenSource())
            using (var http = new HttpClient())
            {
                Console.CancelKeyPress += (sender, e) =>
                {
                    e.Cancel = true;
                    stop.Cancel();
                    Ended.Set();
                };

                var mirror = new FileMirror(http, args[1]);
                try
                {
                    var count = mirror.RunAsync(File.ReadAllLines(args[0]), stop.Token).GetAwaiter().GetResult();
                    Console.WriteLine(count + " files are new.");
                    if (args.Contains("--watch"))
                    {
                        Watch(mirror, args[0], stop.Token);
                    }

                    return 0;
                }
                catch (OperationCanceledException)
                {
                    return 130;
                }
                catch (HttpRequestException failure)
                {
                    Console.Error.WriteLine(failure.Message);
                    return 1;
                }
            }
        }

        private static void Watch(FileMirror mirror, string list, CancellationToken token)
        {
            using (var watcher = new FileSystemWatcher(Path.GetDirectoryName(Path.GetFullPath(list)) ?? ".", Path.GetFileName(list)))
            {
                watcher.Changed += (sender, e) => mirror.Invalidate();
                watcher.EnableRaisingEvents = true;
                Ended.Wait(token);
            }
        }
    }

    internal sealed class FileMirror
    {
        private readonly HttpClient _http;
        private readonly string _folder;
        private readonly HashSet<string> _known = new HashSet<string>(StringComparer.Ordinal);
        private volatile bool _stale;

        public FileMirror(HttpClient http, string folder)
        {
            _http = http;
            _folder = folder;
        }

        public void Invalidate()
        {
            _stale = true;
        }

        public async Task<int> RunAsync(IEnumerable<string> addresses, CancellationToken token)
        {
            if (_stale)
            {
                _known.Clear();
                _stale = false;
            }

            var count = 0;
            foreach (var address in addresses.Where(_known.Add))
            {
                var bytes = await _http.GetByteArrayAsync(address, token);
                var name = Path.Combine(_folder, Path.GetFileName(new Uri(address).LocalPath));
                await File.WriteAllBytesAsync(name, bytes, token);
                count++;
            }

            return count;
        }
    }
}
