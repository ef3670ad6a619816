using System.Diagnostics.Metrics;
using Hardening.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>
/// Cameras that several hosts could run, and of which each is run by one at a time, agreed on through a broker: a pipeline per camera, which runs for as long as this host has the right to. When a host
/// dies, or loses the broker, others take its cameras over.
/// </summary>
/// <remarks>It has a connection to the broker of its own, so that no large job holds it up. A host has it by <c>AddOwnedCameras</c>. Members may be called from any thread.</remarks>
public sealed class CameraOwnership : IAsyncDisposable
{
    private readonly OwnershipContext _context;
    private readonly IReadOnlyList<CameraClaim> _claims;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task? _running;

    internal CameraOwnership(
        string name, CameraOwnershipOptions options, RabbitMqOptions broker, Func<string, FramePipeline> build, FrameReconnectOptions reconnect,
        TimeProvider time, ILoggerFactory loggers, IMeterFactory meters)
    {
        if (options.ReleaseAfter > broker.Heartbeat)
        {
            throw new OptionsValidationException(name, typeof(CameraOwnershipOptions),
            [
                $"{nameof(options.ReleaseAfter)} of the cameras '{name}' is {options.ReleaseAfter}, and must be no more than {nameof(broker.Heartbeat)} of {RabbitMqOptions.SectionName} ({broker.Heartbeat}): a broker that misses a host gives its cameras to another one after that.",
            ]);
        }

        var connection = new RabbitMqConnection(Impatient(broker, options), time, loggers, new OwnershipMeters(meters, name));
        var share = new CameraShare(options);
        _context = new OwnershipContext(
            name, options, connection, build, reconnect, new CameraOwnershipMetrics(meters, name, () => share.Owned), time, loggers.CreateLogger<CameraOwnership>()) { Share = share };
        _claims = [.. share.InOrder().Select(camera => new CameraClaim(camera, _context))];
    }

    /// <summary>What these cameras are together called: hosts that use the same broker and the same name share them.</summary>
    public string Name => _context.Name;

    /// <summary>How many cameras this host runs, or is about to.</summary>
    public int OwnedCameras => _context.Share.Owned;

    /// <summary>How many cameras it could run.</summary>
    internal int Cameras => _claims.Count;

    /// <summary>Its own.</summary>
    internal RabbitMqConnection Connection => _context.Connection;

    /// <summary>How this host stands to each of its cameras, by name.</summary>
    public IReadOnlyList<CameraOwnershipStatus> GetStatus() => [.. _claims.Select(claim => claim.Status).OrderBy(status => status.Camera, StringComparer.Ordinal)];

    /// <summary>Closes a camera that this host runs, and lets the next in line have it; where there is none, this host has it again after <see cref="CameraOwnershipOptions.ReleaseAfter"/>. Each move costs frames.</summary>
    /// <returns>Whether this host ran it.</returns>
    /// <exception cref="ArgumentException">There is no such camera.</exception>
    public Task<bool> ReleaseAsync(string camera, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(camera);
        return (_claims.FirstOrDefault(claim => claim.Camera == camera) ?? throw new ArgumentException($"There is no camera '{camera}' among '{Name}'.", nameof(camera))).ReleaseAsync(cancellationToken);
    }

    /// <summary>Closes all cameras, one beside the other, and lets others have them. Takes no longer than a pipeline takes to stop, and some seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_gate)
        {
            (running, _running) = (_running, null);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (running is not null)
        {
            await running.ConfigureAwait(false);
        }

        foreach (var claim in _claims)
        {
            claim.Dispose();
        }

        await _context.Connection.DisposeAsync().ConfigureAwait(false);
        _context.Dispose();
    }

    // Hosts come back at about the same time, so that whoever ran a camera can be first in line again.
    private static RabbitMqOptions Impatient(RabbitMqOptions broker, CameraOwnershipOptions options)
    {
        var own = RabbitMqOptions.Checked(broker);
        own.FirstReconnectDelay = TimeSpan.FromTicks(Math.Min(own.FirstReconnectDelay.Ticks, options.ReleaseAfter.Ticks / 2));
        own.MaxReconnectDelay = TimeSpan.FromTicks(Math.Min(own.MaxReconnectDelay.Ticks, options.ReleaseAfter.Ticks / 2));
        own.ClientName = $"cameras of {options.HostName}";
        return own;
    }

    /// <summary>Connects, and stands in line. Which cameras the host gets turns out later.</summary>
    /// <exception cref="BrokerUnavailableException">The broker is required, and cannot be had.</exception>
    /// <exception cref="InvalidOperationException">A pipeline cannot be put together.</exception>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var claim in _claims)
        {
            await _context.Build(claim.Camera).DisposeAsync().ConfigureAwait(false); // what is wrong with it shows now rather than when another host has died
        }

        await _context.Connection.StartAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            _running ??= Task.WhenAll(_claims.Select(claim => Task.Run(() => claim.RunAsync(_stop.Token), CancellationToken.None)));
        }
    }
}
