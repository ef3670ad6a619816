using System.Diagnostics.Metrics;
using Hardening.Messaging;
using Hardening.Pool;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds pools over a broker to a host: as a caller of one, or as a host of its workers, or both.</summary>
public static class RabbitPoolServiceCollectionExtensions
{
    /// <summary>
    /// Adds the caller's side of a pool, found as the keyed service <see cref="RabbitPool"/> of this name. Its options come from the configuration section <c>Hardening:RabbitPool:name</c>. It starts before
    /// the other services of the host, and waits for the answers to its jobs after they have stopped, within <c>HostOptions.ShutdownTimeout</c>.
    /// </summary>
    /// <param name="services">The host's services, with <c>AddRabbitMq</c>, which is added where it is missing.</param>
    /// <param name="name">The name of the pool, as its hosts have it; adding it twice is an error.</param>
    /// <param name="configure">Sets options in code, after the configuration section.</param>
    public static IServiceCollection AddRabbitPool(this IServiceCollection services, string name, Action<RabbitPoolOptions>? configure = null)
    {
        AddOptions(services, name, configure);
        if (services.Any(service => service.ServiceType == typeof(RabbitPool) && name.Equals(service.ServiceKey)))
        {
            throw new ArgumentException($"There is a pool '{name}' over the broker already.", nameof(name));
        }

        services.AddSingleton(new RabbitPoolName(name));
        services.AddKeyedSingleton(name, (provider, _) => new RabbitPool(
            name,
            provider.GetRequiredService<RabbitMqConnection>(),
            provider.GetRequiredService<IOptionsMonitor<RabbitPoolOptions>>().Get(name),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>()));
        return services.AddSingleton<IHostedService>(provider => new RabbitPoolService(provider.GetRequiredKeyedService<RabbitPool>(name)));
    }

    /// <summary>As <see cref="AddRabbitPool(IServiceCollection, string, Action{RabbitPoolOptions})"/>, with requests and results that are objects: it is found as the keyed service <see cref="RabbitPool{TRequest, TResult}"/> of this name too.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The name of the pool, as its hosts have it; adding it twice is an error.</param>
    /// <param name="contract">How requests and results become bytes; the workers must have the same.</param>
    /// <param name="configure">Sets options in code, after the configuration section.</param>
    public static IServiceCollection AddRabbitPool<TRequest, TResult>(
        this IServiceCollection services, string name, JobContract<TRequest, TResult> contract, Action<RabbitPoolOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return services.AddRabbitPool(name, configure)
            .AddKeyedSingleton(name, (provider, _) => new RabbitPool<TRequest, TResult>(provider.GetRequiredKeyedService<RabbitPool>(name), contract));
    }

    /// <summary>
    /// Has the workers of a pool of this host do jobs that come through the broker: the pool of this name of <c>AddProcessPool</c>. Its options come from the configuration section
    /// <c>Hardening:RabbitPool:name</c>, as those of the callers do. It takes jobs once the pool has its workers, and stops taking them first: those that it has are finished within
    /// <c>HostOptions.ShutdownTimeout</c>, or given back. It is found as the keyed service <see cref="RabbitPoolHost"/> of this name.
    /// </summary>
    /// <param name="services">The host's services, with <c>AddProcessPool</c> of this name, and with <c>AddRabbitMq</c>, which is added where it is missing.</param>
    /// <param name="name">The name of the pool; adding it twice is an error.</param>
    /// <param name="configure">Sets options in code, after the configuration section.</param>
    public static IServiceCollection AddRabbitPoolHost(this IServiceCollection services, string name, Action<RabbitPoolOptions>? configure = null)
    {
        AddOptions(services, name, configure);
        if (services.Any(service => service.ServiceType == typeof(RabbitPoolHost) && name.Equals(service.ServiceKey)))
        {
            throw new ArgumentException($"There is a host of pool '{name}' already.", nameof(name));
        }

        services.AddSingleton(new RabbitPoolHostName(name));
        services.AddKeyedSingleton(name, (provider, _) => new RabbitPoolHost(
            provider.GetKeyedService<ProcessPool>(name) ?? throw new InvalidOperationException($"There is no process pool '{name}' to do the jobs that come through the broker: add it with AddProcessPool."),
            provider.GetRequiredService<RabbitMqConnection>(),
            provider.GetRequiredService<IOptionsMonitor<RabbitPoolOptions>>().Get(name),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>()));
        return services.AddSingleton<IHostedService>(provider => new RabbitPoolHostService(provider.GetRequiredKeyedService<RabbitPoolHost>(name)));
    }

    private static void AddOptions(IServiceCollection services, string name, Action<RabbitPoolOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        services.AddRabbitMq();
        if (!services.Any(service => (service.ServiceType == typeof(RabbitPoolName) || service.ServiceType == typeof(RabbitPoolHostName)) && service.ImplementationInstance is IRabbitPoolName other && other.Name == name))
        {
            services.AddOptions<RabbitPoolOptions>(name).BindConfiguration($"{RabbitPoolOptions.SectionName}:{name}").ValidateOnStart(); // once: the other side's would come after what this one set in code
        }

        if (configure is not null)
        {
            services.Configure(name, configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RabbitPoolOptions>, RabbitPoolOptionsValidator>());
    }

    // Whoever submits jobs finds the pool ready when it starts, and still there while it stops.
    private sealed class RabbitPoolService(RabbitPool pool) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => pool.StartAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => pool.StopAsync(cancellationToken);
    }

    // After the process pools, which start before the other services and end after them.
    private sealed class RabbitPoolHostService(RabbitPoolHost host) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => host.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => host.StopAsync(cancellationToken);
    }
}
