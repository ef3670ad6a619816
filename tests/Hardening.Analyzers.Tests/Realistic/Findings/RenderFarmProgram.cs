using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

var scenes = args.Length > 0 ? Directory.GetFiles(args[0], "*.scene") : [];
var workers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8;

ThreadPool.SetMinThreads(workers * 64, 1000); // HRD2006
using (var self = Process.GetCurrentProcess())
{
    self.PriorityClass = ProcessPriorityClass.RealTime; // HRD2017
}

var queue = new BlockingCollection<string>(boundedCapacity: 16);
var renderer = new Renderer(queue);
renderer.Start(Math.Clamp(workers, 1, 16));
foreach (var scene in scenes)
{
    queue.Add(scene);
}

queue.CompleteAdding();
Console.WriteLine($"{renderer.Finish(TimeSpan.FromMinutes(30))} of {scenes.Length} scenes are rendered.");
return renderer.Failures == 0 ? 0 : 1;

internal sealed class Renderer(BlockingCollection<string> queue)
{
    private readonly List<Thread> _threads = [];
    private int _done;
    private int _failures;

    public int Failures => Volatile.Read(ref _failures);

    public void Start(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var thread = new Thread(Work) { IsBackground = true, Name = $"render {i}" };
            thread.Priority = ThreadPriority.Highest; // HRD2017
            _threads.Add(thread);
            thread.Start();
        }
    }

    public int Finish(TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        foreach (var thread in _threads)
        {
            var left = limit - clock.Elapsed;
            if (left <= TimeSpan.Zero || !thread.Join(left))
            {
                Interlocked.Increment(ref _failures);
            }
        }

        return Volatile.Read(ref _done);
    }

    private void Work()
    {
        foreach (var scene in queue.GetConsumingEnumerable())
        {
            try
            {
                Render(scene);
                Interlocked.Increment(ref _done);
            }
            catch (Exception failure) when (failure is IOException or FormatException)
            {
                Interlocked.Increment(ref _failures);
                Console.Error.WriteLine($"{scene}: {failure.Message}");
            }
        }
    }

    private static void Render(string scene)
    {
        var picture = new double[640 * 480];
        foreach (var line in File.ReadLines(scene))
        {
            var sphere = Array.ConvertAll(line.Split(' '), text => double.Parse(text, CultureInfo.InvariantCulture));
            for (var i = 0; i < picture.Length; i++)
            {
                var (x, y) = (i % 640 - sphere[0], i / 640 - sphere[1]);
                picture[i] = Math.Max(picture[i], sphere[2] - Math.Sqrt(x * x + y * y));
            }
        }

        var bytes = new byte[picture.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Math.Clamp(picture[i], 0, 255);
        }

        File.WriteAllBytes(Path.ChangeExtension(scene, ".raw"), bytes);
    }
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Threading;
