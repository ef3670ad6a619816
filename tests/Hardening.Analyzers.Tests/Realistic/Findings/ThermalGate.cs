using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using OpenCvSharp;

namespace Airport.Thermal;

public interface IThermalSensor
{
    string Lane { get; }

    bool TryReceive(TimeSpan limit, out IntPtr pixels, out int width, out int height);
}

public sealed record Reading(string Lane, int Hot);

/// <summary>Looks for hot spots in the pictures of all lanes.</summary>
public sealed class ThermalGate(IReadOnlyList<IThermalSensor> sensors, Action<Reading> report)
{
    private const int BytesPerPixel = 2;

    private int _lanes;

    public int Lanes => Volatile.Read(ref _lanes);

    public Task RunAsync(CancellationToken token) =>
        Task.WhenAll(sensors.Select(sensor => Task.Factory.StartNew( // HRD2002
            () => Watch(sensor, token), token, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    public int[] Compare(IReadOnlyList<Mat> before, IReadOnlyList<Mat> after)
    {
        var changes = new int[before.Count];
        Parallel.For(0, changes.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, index =>
        {
            using var difference = new Mat();
            Cv2.Absdiff(before[index], after[index], difference);
            Cv2.GaussianBlur(difference, difference, new Size(5, 5), 0); // HRD4003
            changes[index] = difference.Rows;
        });
        return changes;
    }

    private void Watch(IThermalSensor sensor, CancellationToken token)
    {
        Interlocked.Increment(ref _lanes);
        while (!token.IsCancellationRequested)
        {
            if (!sensor.TryReceive(TimeSpan.FromSeconds(1), out var pointer, out var width, out var height))
            {
                continue;
            }

            var pixels = new byte[width * height * BytesPerPixel]; // HRD4009
            Marshal.Copy(pointer, pixels, 0, pixels.Length);
            report(new Reading(sensor.Lane, Hot(pixels)));
        }

        Interlocked.Decrement(ref _lanes);
    }

    public static string Describe(Reading reading) => reading.Hot switch
    {
        0 => $"{reading.Lane}: nobody",
        < 50 => $"{reading.Lane}: warm",
        _ => $"{reading.Lane}: hot ({reading.Hot} pixels)",
    };

    private static int Hot(byte[] pixels)
    {
        var hot = 0;
        foreach (var value in MemoryMarshal.Cast<byte, ushort>(pixels))
        {
            if (value > 3_100)
            {
                hot++;
            }
        }

        return hot;
    }
}
