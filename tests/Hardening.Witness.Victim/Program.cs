using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hardening.Processes;
using Hardening.Stalls;
using Microsoft.Extensions.Logging;

namespace Hardening.Witness.Victim;

/// <summary>An application with a fault and a witness. Takes commands by lines, and answers each with a line of JSON.</summary>
internal static class Program
{
    private static readonly JsonSerializerOptions Format = new() { IncludeFields = false };

    private static async Task Main(string[] arguments)
    {
        var (fault, count) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture));
        var options = JsonSerializer.Deserialize<VictimOptions>(arguments[2])!;
        using var log = new ErrorLog();
        var logger = new Logger<WitnessStackSource>(log);
        await using var source = new WitnessStackSource(options.ToWitness(), TimeProvider.System, logger, meters: null, options.Wrap.Length == 0 ? null : address => Wrapped(address, options));
        using var heart = new Heart();
        await source.StartAsync(CancellationToken.None);
        while (options.FrozenAfter > 0 && !source.IsReady)
        {
            await Task.Delay(10); // a witness that begins while nothing runs is not greeted
        }

        Faults.Begin(fault, count);
        while (Console.ReadLine() is { } line)
        {
            var command = line.Split(' ');
            object answer = command[0] switch
            {
                "capture" => Capture(source, heart, int.Parse(command[1], CultureInfo.InvariantCulture)),
                "look" => new VictimLook(source.IsReady, source.ProcessId, Directory.GetFileSystemEntries("/proc/self/fd").Length, Directory.GetFileSystemEntries("/proc/self/task").Length, heart.Take()),
                _ => throw new ArgumentException($"There is no command '{line}'.", nameof(arguments)),
            };
            Console.WriteLine(JsonSerializer.Serialize(answer, Format));
        }
    }

    private static VictimCapture Capture(WitnessStackSource source, Heart heart, int limit)
    {
        heart.Take();
        var capture = source.Capture(new ThreadStackRequest { ThreadIds = [], Limit = TimeSpan.FromMilliseconds(limit) }, CancellationToken.None);
        return new VictimCapture(capture, heart.Take());
    }

    private static RestartingProcessOptions Wrapped(string address, VictimOptions options)
    {
        var command = WitnessProgram.OptionsFor(address, options.ToWitness().Restart);
        foreach (var (place, argument) in options.Wrap.Skip(1).Append(command.FileName).Index())
        {
            command.Arguments.Insert(place, argument);
        }

        command.FileName = options.Wrap[0];
        return command;
    }

    /// <summary>A thread that wakes each 2 ms, and notes by how much it was late at most: how long the application was held still, as it felt it.</summary>
    private sealed class Heart : IDisposable
    {
        private readonly ManualResetEventSlim _stop = new();
        private readonly Thread _thread;
        private long _gap;
        private long _beats;

        public Heart()
        {
            _thread = new Thread(Beat) { IsBackground = true, Name = "heart" };
            _thread.Start();
        }

        /// <summary>The longest gap up to a beat after this call, in ms; begins anew.</summary>
        public double Take()
        {
            var beats = Volatile.Read(ref _beats);
            SpinWait.SpinUntil(() => Volatile.Read(ref _beats) > beats, TimeSpan.FromSeconds(10));
            return Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _gap, 0)).TotalMilliseconds;
        }

        public void Dispose()
        {
            _stop.Set();
            _thread.Join(TimeSpan.FromSeconds(5));
            _stop.Dispose();
        }

        private void Beat()
        {
            var last = Stopwatch.GetTimestamp();
            while (!_stop.Wait(2))
            {
                var now = Stopwatch.GetTimestamp();
                Interlocked.Exchange(ref _gap, Math.Max(Interlocked.Read(ref _gap), now - last));
                last = now;
                Volatile.Write(ref _beats, _beats + 1);
            }
        }
    }

    private sealed class ErrorLog : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Console.Error.WriteLine($"{eventId.Id} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}

internal sealed record VictimCapture(ThreadStackCapture Capture, double Gap);

internal sealed record VictimLook(bool IsReady, int? WitnessId, int Descriptors, int Threads, double Gap);

/// <param name="Wrap">What the witness is started with: another command in front of its own.</param>
internal sealed record VictimOptions(string[] Wrap, int CoolDown = 0, int WalkLimit = 2000, int FrozenAfter = 0, string? WillDirectory = null, bool UseSampleProfiler = true, int MaxThreads = 2000)
{
    public WitnessOptions ToWitness() => new()
    {
        CoolDown = TimeSpan.FromMilliseconds(CoolDown),
        WalkLimit = TimeSpan.FromMilliseconds(WalkLimit),
        FrozenAfter = FrozenAfter == 0 ? null : TimeSpan.FromMilliseconds(FrozenAfter),
        WillDirectory = WillDirectory,
        UseSampleProfiler = UseSampleProfiler,
        MaxThreads = MaxThreads,
        Restart = new RestartPolicy { FirstDelay = TimeSpan.FromMilliseconds(100) },
    };
}
