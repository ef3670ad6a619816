using System.Diagnostics.Metrics;
using Hardening.Processes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds supervised processes to a host.</summary>
public static class SupervisedProcessServiceCollectionExtensions
{
    /// <summary>
    /// Adds a process that is started with the host, kept running, and stopped with it, within <c>HostOptions.ShutdownTimeout</c>. It is found as the keyed service
    /// <see cref="RestartingProcess"/> of this name. Its options come from the configuration section <c>Hardening:SupervisedProcess:name</c>.
    /// </summary>
    /// <remarks>A program that cannot be started does not keep the host from starting: it is tried again as <see cref="RestartingProcessOptions.Restart"/> says. Adds the supervisor too.</remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The name of the process in logs and metrics; adding it twice is an error.</param>
    /// <param name="configure">Sets options in code, after the configuration section.</param>
    public static IServiceCollection AddSupervisedProcess(this IServiceCollection services, string name, Action<RestartingProcessOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (services.Any(service => service.ServiceType == typeof(RestartingProcess) && name.Equals(service.ServiceKey)))
        {
            throw new ArgumentException($"There is a supervised process '{name}' already.", nameof(name));
        }

        services.AddSupervisor();
        services.AddOptions<RestartingProcessOptions>(name)
            .BindConfiguration($"{RestartingProcessOptions.SectionName}:{name}")
            .Configure(configure ?? (static _ => { }))
            .ValidateOnStart();
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RestartingProcessOptions>, RestartingProcessOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new KeptProcessName(name));
        services.AddKeyedSingleton(name, (provider, _) => new RestartingProcess(
            name,
            provider.GetRequiredService<IOptionsMonitor<RestartingProcessOptions>>().Get(name),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<RestartingProcess>>(),
            provider.GetRequiredService<IMeterFactory>()));
        return services.AddSingleton<IHostedService>(provider => new KeptProcessService(provider.GetRequiredKeyedService<RestartingProcess>(name)));
    }

    /// <summary>
    /// Starts the application's supervisor before any hosted service starts: it ends what a dead instance left behind then, and not only with the first child. Its options come from the configuration section
    /// <see cref="SupervisorOptions.SectionName"/>; it logs to the host. Calling it twice adds it once.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code, after the configuration section.</param>
    public static IServiceCollection AddSupervisor(this IServiceCollection services, Action<SupervisorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<SupervisorOptions>()
            .BindConfiguration(SupervisorOptions.SectionName)
            .Configure(configure ?? (static _ => { }))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SupervisorOptions>, SupervisorOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SupervisorSetup>());
        return services;
    }

    private sealed class KeptProcessService(RestartingProcess process) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => process.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => process.StopAsync(cancellationToken);
    }

    // Before the other services start, for one of them may start a process.
    private sealed class SupervisorSetup(IOptions<SupervisorOptions> options, ILoggerFactory? loggers = null) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken)
        {
            ProcessTree.Configure(options.Value, loggers);
            return Task.Run(ProcessTree.Start, cancellationToken); // what a dead instance left is ended now, and not with the first child
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
