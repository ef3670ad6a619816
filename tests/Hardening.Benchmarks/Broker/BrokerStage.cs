using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hardening.Benchmarks.Measuring;
using Hardening.BrokerHost;
using Hardening.Processes;
using Hardening.Testing.Broker;

namespace Hardening.Benchmarks.Broker;

/// <summary>A broker and a host that serves, both as processes of their own, and both gone with this program.</summary>
internal sealed class BrokerStage : IAsyncDisposable
{
    // What a test's broker spares, this one has: the size of its log, as RabbitMQ has it where nothing is said.
    private static readonly TestBrokerOptions Options = new() { Settings = ["raft.wal_max_size_bytes = 536870912"] };

    private readonly TestBroker _broker;
    private readonly SupervisedProcess _host;

    private BrokerStage(TestBroker broker, SupervisedProcess host, HostReady ready)
    {
        (_broker, _host) = (broker, host);
        HostProcesses = ready.SupervisorId is { } supervisor ? [ready.ProcessId, supervisor] : [ready.ProcessId];
    }

    public Uri Uri => _broker.Uri;

    public int BrokerProcess => _broker.ProcessId;

    /// <summary>The host, and who owns its workers.</summary>
    public IReadOnlyList<int> HostProcesses { get; }

    /// <summary>Starts both.</summary>
    /// <param name="prefetches">A pool for each.</param>
    /// <param name="limit">How long the host may take until it serves.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="BenchmarkException">The host does not serve.</exception>
    public static async Task<BrokerStage> StartAsync(IReadOnlyList<int> prefetches, TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        var broker = await TestBroker.StartAsync(stop, Options);
        SupervisedProcess? host = null;
        try
        {
            host = SupervisedProcess.Start(HostCommand(broker.Uri, prefetches), new SupervisionOptions { Name = "host", StopGracePeriod = TimeSpan.Zero });
            using var timeout = new CancellationTokenSource(limit, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
            var line = await host.StandardOutput.ReadLineAsync(end.Token) ?? throw new BenchmarkException($"the host ended instead of serving: {await host.StandardError.ReadToEndAsync(end.Token)}");
            return new BrokerStage(broker, host, JsonSerializer.Deserialize<HostReady>(line)!);
        }
        catch (Exception e)
        {
            await EndAsync(host, broker);
            throw e is OperationCanceledException && !stop.IsCancellationRequested ? new BenchmarkException($"the host did not serve within {limit}") : e;
        }
    }

    public ValueTask DisposeAsync() => EndAsync(_host, _broker);

    private static ProcessStartInfo HostCommand(Uri broker, IReadOnlyList<int> prefetches)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Hardening.BrokerHost.dll"), "measured", string.Join(',', prefetches), $"--Hardening:RabbitMq:Uri={broker}", "--Logging:LogLevel:Default=Warning",
            .. prefetches.Select(prefetch => string.Create(CultureInfo.InvariantCulture, $"--Hardening:ProcessPool:{JobHost.MeasuredPool(prefetch)}:Workers={BrokerCases.Workers}")),
        ];
        return new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    private static async ValueTask EndAsync(SupervisedProcess? host, TestBroker broker)
    {
        if (host is not null)
        {
            await host.DisposeAsync();
        }

        await broker.DisposeAsync();
    }
}
