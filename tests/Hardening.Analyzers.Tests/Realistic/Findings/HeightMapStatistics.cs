using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Survey.Terrain;

public readonly record struct Tile(int Column, int Row, string Path);

public sealed record TerrainSummary(double Lowest, double Highest, double Mean, int Samples);

public sealed class HeightMapStatistics
{
    private readonly object _gate = new();
    private readonly Dictionary<Tile, TerrainSummary> _byTile = [];
    private double _sum;
    private int _samples;

    public double Mean(float[] heights)
    {
        _sum = 0;
        _samples = 0;
        Parallel.For(0, heights.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            lock (_gate) // HRD1006
            {
                _sum += heights[i];
                _samples++;
            }
        });
        return _samples == 0 ? double.NaN : _sum / _samples;
    }

    public int[] Histogram(IReadOnlyList<float> heights, int buckets)
    {
        var counts = new int[buckets];
        var (low, high) = (heights.Min(), heights.Max());
        var width = Math.Max((high - low) / buckets, float.Epsilon);
        Parallel.ForEach(heights, height =>
        {
            lock (counts) // HRD1006
            {
                var bucket = Math.Min((int)((height - low) / width), buckets - 1);
                counts[bucket]++;
            }
        });
        return counts;
    }

    public void Summarize(IReadOnlyCollection<Tile> tiles)
    {
        Parallel.ForEach(tiles, tile => // HRD2005
        {
            var heights = Load(tile);
            var summary = SummaryOf(heights);
            lock (_gate)
            {
                _byTile[tile] = summary;
            }
        });
    }

    public TerrainSummary? Find(int column, int row)
    {
        lock (_gate)
        {
            return _byTile.Where(pair => pair.Key.Column == column && pair.Key.Row == row).Select(pair => pair.Value).FirstOrDefault();
        }
    }

    private static TerrainSummary SummaryOf(float[] heights)
    {
        var (low, high, sum) = (double.MaxValue, double.MinValue, 0.0);
        foreach (var height in heights)
        {
            low = Math.Min(low, height);
            high = Math.Max(high, height);
            sum += height;
        }

        return new TerrainSummary(low, high, heights.Length == 0 ? 0 : sum / heights.Length, heights.Length);
    }

    private static float[] Load(Tile tile)
    {
        var bytes = File.ReadAllBytes(tile.Path);
        var heights = new float[bytes.Length / sizeof(float)];
        Buffer.BlockCopy(bytes, 0, heights, 0, heights.Length * sizeof(float));
        return heights;
    }
}
