using System.Diagnostics.Metrics;
using Hardening.Messaging;
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
    /// services of the host start, and closed after they have stopped. Adding it twice changes its options alone.
    /// </summary>
    /// <remarks>A host whose broker is <see cref="RabbitMqOptions.Required"/> and cannot be reached does not start, and says why.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code, after the configuration section.</param>
    public static IServiceCollection AddRabbitMq(this IServiceCollection services, Action<RabbitMqOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<RabbitMqOptions>()
            .BindConfiguration(RabbitMqOptions.SectionName)
            .Configure(configure ?? (static _ => { }))
            .ValidateOnStart();
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RabbitMqOptions>, RabbitMqOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new RabbitMqConnection(
            provider.GetRequiredService<IOptions<RabbitMqOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RabbitMqService>());
        return services;
    }

    // Whoever uses the connection finds it made when it starts; it is closed with the host's services, after all that use it have stopped.
    private sealed class RabbitMqService(RabbitMqConnection connection) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => connection.StartAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
