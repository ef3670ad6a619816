using System.Diagnostics.Metrics;
using Hardening.Camera;
using Hardening.Messaging;
using Hardening.Pool;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the connection to a RabbitMQ broker to a host.</summary>
public static class RabbitMqServiceCollectionExtensions
{
    /// <summary>
    /// Adds the one connection of the host to its broker, found as <see cref="RabbitMqConnection"/>. Its options come from the configuration section <c>Hardening:RabbitMq</c>. It is made before the other
    /// services of the host start, and closed after they have stopped. In a host that has owned cameras and no pool over the broker, it is made once somebody starts it: cameras have connections of their own.
    /// Adding it twice changes its options alone.
    /// </summary>
    /// <remarks>A host whose broker is <see cref="RabbitMqOptions.Required"/> and cannot be reached does not start, and says why.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code, after the configuration section.</param>
    public static IServiceCollection AddRabbitMq(this IServiceCollection services, Action<RabbitMqOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddRabbitMqOptions();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(provider => new RabbitMqConnection(
            provider.GetRequiredService<IOptions<RabbitMqOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RabbitMqService>());
        return services;
    }

    /// <summary>Where the broker is, without a connection to it. The configuration is bound once, however often this is asked for: a second time would come after what was set in code, and double lists.</summary>
    internal static void AddRabbitMqOptions(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(BoundOptions)))
        {
            return;
        }

        services.AddSingleton<BoundOptions>();
        services.AddOptions<RabbitMqOptions>().BindConfiguration(RabbitMqOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RabbitMqOptions>, RabbitMqOptionsValidator>());
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
    }

    /// <summary>Whether the host is to have the connection from its start on: not where all that talks to the broker has one of its own.</summary>
    internal static bool NeedsRabbitMqConnection(this IServiceProvider services) =>
        services.GetServices<RabbitPoolName>().Any() || services.GetServices<RabbitPoolHostName>().Any() || !services.GetServices<CameraOwnershipName>().Any();

    private sealed class BoundOptions;

    // Whoever uses the connection finds it made when it starts; it is closed with the host's services, after all that use it have stopped.
    private sealed class RabbitMqService(IServiceProvider services) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) =>
            services.NeedsRabbitMqConnection() ? services.GetRequiredService<RabbitMqConnection>().StartAsync(cancellationToken) : Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
