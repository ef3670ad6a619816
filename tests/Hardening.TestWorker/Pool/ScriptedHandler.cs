using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Hardening.Camera;
using Hardening.Pool;

namespace Hardening.TestWorker.Pool;

/// <summary>Does what the request says: the good and the bad that a job can do. A word, and mostly an argument; the result is text.</summary>
public sealed class ScriptedHandler : IJobHandler, IDisposable
{
    public const string Usage = "echo TEXT | pid | count | large BYTES | sum | sleep SECONDS | wait | remaining | spin SECONDS | throw TEXT | exit CODE | abort TEXT | overflow | crash | thread TEXT | leak MEGABYTES | "
        + "fork COUNT | daemon DIRECTORY | garbage | out TEXT | error TEXT | flood KILOBYTES | environment NAME | variables | descriptors | disposes FILE | input | collections | hang FILE | once FILE | output | paint VALUE | where | trace";

    private static readonly List<byte[]> Leaked = [];
    private long _jobs;
    private string? _disposed;

    public void Run(JobContext job)
    {
        _jobs++;
        var words = Encoding.UTF8.GetString(job.Request).Split(' ', 2);
        var argument = words.Length > 1 ? words[1] : "";
        Encoding.UTF8.GetBytes(Run(job, words[0], argument), job.Result);
    }

    public void Dispose()
    {
        if (_disposed is not null)
        {
            File.WriteAllText(_disposed, "disposed");
        }
    }

    private string Run(JobContext job, string word, string argument) => word switch
    {
        "echo" => argument,
        "pid" => $"{Environment.ProcessId}",
        "count" => $"{_jobs}", // of jobs that this process has had, this one included
        "large" => new string('x', Number(argument)),
        "sum" => Sum(job),
        "sleep" => Sleep(Seconds(argument)), // whatever anyone says
        "wait" => Wait(job), // until the token says otherwise: cancelled, then
        "remaining" => job.Remaining is { } left ? $"{left.TotalMilliseconds}" : "none",
        "spin" => Spin(Seconds(argument)),
        "throw" => throw new InvalidOperationException(argument),
        "exit" => Exit(Number(argument)),
        "abort" => Abort(argument),
        "overflow" => Overflow(0).ToString(CultureInfo.InvariantCulture),
        "crash" => Crash(),
        "thread" => Thread(argument),
        "leak" => Leak(Number(argument)),
        "fork" => Fork(Number(argument)),
        "daemon" => Daemon(argument),
        "garbage" => Garbage(),
        "out" => Write(Console.Out, argument),
        "error" => Write(Console.Error, argument),
        "flood" => Flood(Number(argument)),
        "environment" => Environment.GetEnvironmentVariable(argument) ?? "(none)",
        "variables" => string.Join('\n', Environment.GetEnvironmentVariables().Keys.Cast<string>()),
        "descriptors" => string.Join(' ', Directory.GetFiles("/proc/self/fd").Select(path => $"{Path.GetFileName(path)}={new FileInfo(path).LinkTarget}")),
        "disposes" => _disposed = argument, // writes the file when it is disposed
        "input" => Console.In.ReadToEnd(),
        "collections" => $"{GC.CollectionCount(0)} {GC.GetAllocatedBytesForCurrentThread()}",
        "hang" => Hang(argument), // writes the file, and goes on for ever
        "once" => Once(argument), // ends the worker where there is no such file, and makes it
        "trace" => $"{job.TraceParent ?? "-"} {job.TraceState ?? "-"}",
        "output" => $"{job.Output.Length}",
        "paint" => Paint(job, (byte)Number(argument)), // a frame of 16 x 4 pixels
        "where" => MemoryMap.Describe(job.Frame(0).Pixels), // which file the pixels lie in, and where
        _ => throw new ArgumentException($"There is no command '{word}'. {Usage}"),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));

    private static string Sum(JobContext job)
    {
        var sums = new long[job.FrameCount];
        for (var i = 0; i < sums.Length; i++)
        {
            foreach (var pixel in job.Frame(i).Pixels)
            {
                sums[i] += pixel;
            }
        }

        return string.Join(' ', sums);
    }

    private static string Paint(JobContext job, byte value)
    {
        job.Output[..64].Fill(value);
        job.ReturnOutput(width: 16, height: 4, stride: 16, PixelFormat.Mono8, length: 64);
        return "painted";
    }

    private static string Sleep(TimeSpan time)
    {
        System.Threading.Thread.Sleep(time);
        return "slept";
    }

    private static string Hang(string file)
    {
        Mark(file);
        return Sleep(TimeSpan.FromMinutes(10));
    }

    private static string Once(string file)
    {
        if (File.Exists(file))
        {
            return "done";
        }

        Mark(file);
        return Exit(3);
    }

    // Whoever sees the file sees all of it.
    private static void Mark(string file)
    {
        File.WriteAllText(file + ".new", $"{Environment.ProcessId}");
        File.Move(file + ".new", file, overwrite: true);
    }

    private static string Wait(JobContext job)
    {
        job.Cancellation.WaitHandle.WaitOne();
        job.Cancellation.ThrowIfCancellationRequested();
        return "";
    }

    private static string Spin(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
        }

        return "spun";
    }

    private static string Exit(int code)
    {
        Environment.Exit(code);
        return "";
    }

    private static string Abort(string message)
    {
        Environment.FailFast(message);
        return "";
    }

    private static int Overflow(int depth) => depth < 0 ? 0 : Overflow(depth + 1) + 1;

    private static string Crash()
    {
        Marshal.WriteByte(-1, 1); // an address that no process has: native code gone wrong
        return "";
    }

    private static string Thread(string message)
    {
        new Thread(() => throw new InvalidOperationException(message)).Start();
        System.Threading.Thread.Sleep(TimeSpan.FromMinutes(1));
        return "";
    }

    private static string Leak(int megabytes)
    {
        for (var i = 0; i < megabytes; i++)
        {
            var memory = new byte[1 << 20];
            Array.Fill(memory, (byte)1);
            Leaked.Add(memory);
        }

        return $"{Environment.WorkingSet}";
    }

    private static string Fork(int count)
    {
        using var shell = Process.Start("/bin/sh", ["-c", $"for i in $(seq {count}); do sleep 1000 & done; wait"]);
        return $"{shell.Id}";
    }

    // A child that has left the worker's session, with a marked directory to find it by.
    private static string Daemon(string directory)
    {
        using var child = Process.Start(new ProcessStartInfo("/usr/bin/setsid", ["--fork", "/bin/sleep", "1000"]) { WorkingDirectory = directory });
        if (!child!.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            child.Kill(entireProcessTree: true);
        }

        return directory;
    }

    // Over the rings and what both ends say of them; what they are made of stays.
    private static string Garbage()
    {
        const int Described = 128; // bytes
        var ring = File.ReadLines("/proc/self/maps").First(line => line.Contains("hardening-ring", StringComparison.Ordinal)).Split('-', ' ');
        var (begin, end) = (long.Parse(ring[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), long.Parse(ring[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        var noise = new byte[end - begin - Described];
        new Random(1).NextBytes(noise);
        using var memory = File.OpenHandle("/proc/self/mem", FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.Write(memory, noise, begin + Described);
        return "garbage";
    }

    private static string Write(TextWriter writer, string text)
    {
        writer.WriteLine(text);
        return text;
    }

    private static string Flood(int kilobytes)
    {
        var line = new string('y', 1023);
        for (var i = 0; i < kilobytes; i++)
        {
            Console.Out.WriteLine(line);
        }

        return $"{kilobytes}";
    }
}
