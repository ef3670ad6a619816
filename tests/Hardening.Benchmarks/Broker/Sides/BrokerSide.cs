using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hardening.Benchmarks.Pool.Sides;

namespace Hardening.Benchmarks.Broker.Sides;

/// <summary>This program as the callers of one case: it has jobs done for some time, and prints its figures as one line of JSON.</summary>
internal sealed class BrokerSide
{
    private const string Verb = "broker-side";

    private readonly Argument<BrokerWay> _way = new("way");
    private readonly Argument<BrokerPayload> _payload = new("payload");
    private readonly Argument<int> _callers = new("callers");
    private readonly Argument<int> _prefetch = new("prefetch");
    private readonly Argument<double> _seconds = new("seconds");
    private readonly Argument<Uri> _uri = new("broker");
    private readonly Argument<int> _brokerProcess = new("broker-process");
    private readonly Argument<int[]> _hostProcesses = new("host-processes");
    private readonly TimeProvider _time;

    public BrokerSide(TimeProvider time)
    {
        _time = time;
        Command = new Command(Verb) { _way, _payload, _callers, _prefetch, _seconds, _uri, _brokerProcess, _hostProcesses };
        Command.Hidden = true;
        Command.SetAction(RunAsync);
    }

    public Command Command { get; }

    /// <summary>The program, and how it is told what to measure.</summary>
    public static ProcessStartInfo Start(BrokerCase what, double seconds, BrokerStage stage) => PoolSide.Program(
        [Verb, what.Way.ToString(), what.Payload.ToString(), Text(what.Callers), Text(what.Prefetch), Text(seconds), stage.Uri.AbsoluteUri, Text(stage.BrokerProcess), .. stage.HostProcesses.Select(id => Text(id))]);

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var (way, payload, callers) = (arguments.GetValue(_way), arguments.GetValue(_payload), arguments.GetValue(_callers));
        var length = TimeSpan.FromSeconds(arguments.GetValue(_seconds));
        await using IMeasuredCallers jobs = way == BrokerWay.Local
            ? await LocalCallers.StartAsync(payload, callers, stop)
            : await BrokerCallers.StartAsync(arguments.GetRequiredValue(_uri), arguments.GetValue(_prefetch), payload, callers, stop);
        int[] hostProcesses = way == BrokerWay.Local ? [] : arguments.GetRequiredValue(_hostProcesses);
        int[] brokerProcesses = way == BrokerWay.Local ? [] : [arguments.GetValue(_brokerProcess)];
        var loop = new CallerLoop(_time, callers, stop);
        _ = await loop.RunAsync(TimeSpan.FromSeconds(Math.Max(length.TotalSeconds / 3, 0.3)), jobs.RunAsync); // until the code is compiled at its best
        var before = Account.Take(_time, brokerProcesses, hostProcesses);
        var (times, right) = await loop.RunAsync(length, jobs.RunAsync);
        var used = Account.Take(_time, brokerProcesses, hostProcesses) - before;
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(
            new BrokerMeasurement
            {
                Jobs = times.Length,
                Seconds = used.Seconds,
                P50 = Microseconds(times[times.Length / 2]),
                P99 = Microseconds(times[(int)(times.Length * 0.99)]),
                CallerCpu = used.Caller / times.Length,
                BrokerCpu = used.Broker / times.Length,
                HostCpu = used.Host / times.Length,
                DiskBytes = used.DiskBytes / (double)times.Length,
                Wrong = right ? null : "an answer is not what it must be",
            },
            BrokerMeasurement.Form));
        return 0;
    }

    private double Microseconds(long ticks) => ticks * 1e6 / _time.TimestampFrequency;

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    // Microseconds of CPU time, of all that has run so far.
    private readonly record struct Account(double Seconds, double Caller, double Broker, double Host, long DiskBytes)
    {
        public static Account Take(TimeProvider time, int[] broker, int[] host)
        {
            var own = TreeCpu.Each();
            var caller = own[Environment.ProcessId] / 1000.0;
            var workers = (own.Values.Sum() / 1000.0) - caller; // where the pool is a local one
            return new Account(
                time.GetTimestamp() / (double)time.TimestampFrequency, caller, TreeCpu.Of(broker).TotalMicroseconds, host.Length > 0 ? TreeCpu.Of(host).TotalMicroseconds : workers, DiskWrites.Of(broker));
        }

        public static Account operator -(Account later, Account earlier) => new(
            later.Seconds - earlier.Seconds, later.Caller - earlier.Caller, later.Broker - earlier.Broker, later.Host - earlier.Host, later.DiskBytes - earlier.DiskBytes);
    }
}
