using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Hardening.BrokerHost.Chaos;
using Hardening.BrokerHost.Measured;
using Hardening.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hardening.BrokerHost;

/// <summary>A host of jobs that come through a broker: its pools, until SIGTERM. It prints <see cref="HostReady"/> as a line of JSON once it serves; its log goes to the error output.</summary>
public static class JobHost
{
    public const string Usage = "usage: chaos [CONFIGURATION…] | measured PREFETCH,PREFETCH… [CONFIGURATION…] | cameras [CONFIGURATION…]; such as --Hardening:RabbitMq:Uri=amqp://guest:guest@localhost:5672";

    /// <summary>The pool of the chaos test.</summary>
    public const string ChaosPool = "chaos";

    /// <summary>The pools of the benchmark, one for each number of jobs that a host is given ahead.</summary>
    public static string MeasuredPool(int prefetch) => string.Create(CultureInfo.InvariantCulture, $"measured-{prefetch}");

    internal static bool TryParse(string text, [NotNullWhen(true)] out int[]? prefetches)
    {
        var parts = text.Split(',');
        prefetches = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0)];
        return Array.TrueForAll(prefetches, count => count > 0);
    }

    internal static void AddChaos(IServiceCollection services) =>
        services.AddProcessPool(ChaosPool, ChaosContract.Json, pool => pool.UseWorker<ChaosHandler>()).AddRabbitPoolHost(ChaosPool);

    internal static void AddMeasured(IServiceCollection services, int[] prefetches)
    {
        foreach (var prefetch in prefetches)
        {
            services.AddProcessPool(MeasuredPool(prefetch), pool => pool.UseWorker<MeasuredHandler>().Configure(options => options.SpareWorkers = 0))
                .AddRabbitPoolHost(MeasuredPool(prefetch), options => options.Prefetch = prefetch);
        }
    }

    internal static async Task<int> RunAsync(string[] configuration, Action<IServiceCollection> add)
    {
        var builder = Host.CreateApplicationBuilder(configuration);
        builder.Logging.ClearProviders().AddSimpleConsole(line => (line.SingleLine, line.TimestampFormat) = (true, "HH:mm:ss.fff ")).AddFilter(level => level >= LogLevel.Information);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddRabbitMq();
        add(builder.Services);
        using var host = builder.Build();
        await host.StartAsync();
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new HostReady(Environment.ProcessId, ProcessTree.Status.SupervisorId)));
        await host.WaitForShutdownAsync();
        return 0;
    }
}

/// <summary>What a host says once it serves.</summary>
/// <param name="ProcessId">Its own.</param>
/// <param name="SupervisorId">Who owns its workers.</param>
public sealed record HostReady(int ProcessId, int? SupervisorId);
