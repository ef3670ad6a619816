using System.Diagnostics.Metrics;
using Hardening.Pool;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds process pools to a host.</summary>
public static class ProcessPoolServiceCollectionExtensions
{
    /// <summary>
    /// Adds a pool that starts before the other services of the host and stops after them, in whatever order they were added: the jobs that it has are finished within <c>HostOptions.ShutdownTimeout</c>,
    /// then ended. It is found as the keyed service <see cref="ProcessPool"/> of this name. Its options come from the configuration section <c>Hardening:ProcessPool:name</c>.
    /// </summary>
    /// <remarks>A host whose pool cannot start its workers does not start, and says why. Adds the supervisor too.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The name of the pool in metrics, logs and messages; adding it twice is an error.</param>
    /// <param name="configure">Says what its workers are. Called at once.</param>
    public static IServiceCollection AddProcessPool(this IServiceCollection services, string name, Action<ProcessPoolBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(ProcessPool) && name.Equals(service.ServiceKey)))
        {
            throw new ArgumentException($"There is a process pool '{name}' already.", nameof(name));
        }

        var builder = new ProcessPoolBuilder(name);
        configure(builder);
        var worker = builder.Worker ?? throw new ArgumentException($"Pool '{name}' has no workers: say what they are with UseWorker, UseExecutable, UsePython or UseCommand.", nameof(configure));
        services.AddSupervisor();
        services.AddOptions<ProcessPoolOptions>(name)
            .BindConfiguration($"{ProcessPoolOptions.SectionName}:{name}")
            .Configure(builder.Configuration ?? (static _ => { }))
            .ValidateOnStart();
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProcessPoolOptions>, ProcessPoolOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new ProcessPoolName(name));
        services.AddKeyedSingleton(name, (provider, _) => new ProcessPool(
            name,
            worker,
            provider.GetRequiredService<IOptionsMonitor<ProcessPoolOptions>>().Get(name),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>()));
        return services.AddSingleton<IHostedService>(provider => new ProcessPoolService(provider.GetRequiredKeyedService<ProcessPool>(name)));
    }

    /// <summary>As <see cref="AddProcessPool(IServiceCollection, string, Action{ProcessPoolBuilder})"/>, with requests and results that are objects: it is found as the keyed service <see cref="ProcessPool{TRequest, TResult}"/> of this name too.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The name of the pool in metrics, logs and messages; adding it twice is an error.</param>
    /// <param name="contract">How requests and results become bytes; the workers must have the same.</param>
    /// <param name="configure">Says what its workers are. Called at once.</param>
    public static IServiceCollection AddProcessPool<TRequest, TResult>(
        this IServiceCollection services, string name, JobContract<TRequest, TResult> contract, Action<ProcessPoolBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return services.AddProcessPool(name, configure)
            .AddKeyedSingleton(name, (provider, _) => new ProcessPool<TRequest, TResult>(provider.GetRequiredKeyedService<ProcessPool>(name), contract));
    }

    // Whoever uses the pool, a pipeline above all, finds it ready when it starts, and still there while it stops.
    private sealed class ProcessPoolService(ProcessPool pool) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => pool.StartAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => pool.StopAsync(cancellationToken);
    }
}
