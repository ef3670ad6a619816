using Microsoft.Extensions.Hosting;

namespace Hardening.Stalls.Actions;

/// <summary>Tells the service manager when the host is up, and when it goes down.</summary>
internal sealed class ServiceNotifierService(ServiceNotifier notifier, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private CancellationTokenRegistration _started;
    private CancellationTokenRegistration _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = lifetime.ApplicationStarted.Register(notifier.Ready);
        _stopping = lifetime.ApplicationStopping.Register(notifier.Stopping);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _started.Dispose();
        _stopping.Dispose();
    }
}
