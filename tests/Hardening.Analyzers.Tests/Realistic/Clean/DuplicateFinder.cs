using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace Photos.Duplicates;

public sealed record Group(string Digest, IReadOnlyList<string> Files);

public sealed class DuplicateFinder(int degree)
{
    public IReadOnlyList<Group> Find(string folder, CancellationToken token)
    {
        var bySize = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .GroupBy(file => new FileInfo(file).Length)
            .Where(group => group.Count() > 1)
            .SelectMany(group => group)
            .ToArray();
        var digests = new ConcurrentDictionary<string, ConcurrentBag<string>>(StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = degree, CancellationToken = token };
        Parallel.ForEach(bySize, options, file =>
        {
            var digest = Digest(file);
            digests.GetOrAdd(digest, static _ => []).Add(file);
        });
        return [.. digests.Where(pair => pair.Value.Count > 1).Select(pair => new Group(pair.Key, [.. pair.Value.Order(StringComparer.Ordinal)]))];
    }

    public long[] Brightness(IReadOnlyList<byte[]> pictures)
    {
        var histogram = new long[256];
        var gate = new Lock();
        Parallel.For(
            0,
            pictures.Count,
            static () => new long[256],
            (index, _, local) =>
            {
                foreach (var value in pictures[index])
                {
                    local[value]++;
                }

                return local;
            },
            local =>
            {
                lock (gate)
                {
                    for (var i = 0; i < histogram.Length; i++)
                    {
                        histogram[i] += local[i];
                    }
                }
            });
        return histogram;
    }

    public IReadOnlyList<string> Corrupt(IReadOnlyList<byte[]> pictures, IReadOnlyList<string> names)
    {
        var corrupt = new List<string>();
        Parallel.For(0, pictures.Count, i =>
        {
            var sum = 0u;
            foreach (var value in pictures[i])
            {
                sum = (sum << 5) ^ (sum >> 27) ^ value;
            }

            if (sum == 0)
            {
                lock (corrupt)
                {
                    corrupt.Add(names[i]);
                }
            }
        });
        return corrupt;
    }

    public int[] Sizes(IReadOnlyList<byte[]> pictures) =>
        pictures.AsParallel().AsOrdered().WithDegreeOfParallelism(degree).Select(picture => picture.Length).ToArray();

    private static string Digest(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}
