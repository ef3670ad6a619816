using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>Which cameras a host may run, and how it agrees on that with the others. All hosts of one name have the same times.</summary>
public sealed class CameraOwnershipOptions
{
    /// <summary>The configuration section; the options of the cameras <c>name</c> are bound to <c>Hardening:CameraOwnership:name</c>.</summary>
    public const string SectionName = "Hardening:CameraOwnership";

    internal const int MaxNameLength = 100;

    internal const int MostCameras = 1024;

    /// <summary>All cameras that this host can reach and run, 1 to 1,024 names of at most 100 characters: for each, it stands in line for the right to.</summary>
    public IList<string> Cameras { get; } = [];

    /// <summary>Those among <see cref="Cameras"/> that it stands in line for at once, and before all others. Default: none, and each host begins elsewhere in the list.</summary>
    public IList<string> Preferred { get; } = [];

    /// <summary>How many cameras this host runs at most, 1 to 1,024; null: all. It gives back what it is offered beyond that. Default null.</summary>
    public int? MaxCameras { get; set; }

    /// <summary>What the other hosts call this one, in logs and in <see cref="CameraOwnershipStatus.FormerOwner"/>: 1 to 100 characters. Default: the machine's name.</summary>
    public string HostName { get; set; } = Environment.MachineName;

    /// <summary>How often whoever runs a camera has its right confirmed by the broker: one small message each time. 100 ms to 1 min, and at most a third of <see cref="ReleaseAfter"/>; default 1 s.</summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A host whose right was not confirmed for this long lets the camera go; so long the next one waits before it opens it, unless the former one said that it is done. 500 ms to 10 min, and no more
    /// than the heartbeat of the connection to the broker, which else gives the camera away before; default 3 s.
    /// </summary>
    public TimeSpan ReleaseAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Whether a host goes on running its cameras while it cannot reach the broker, whatever the others do meanwhile. Only for cameras that refuse a second host by themselves, as GigE Vision does. Default
    /// false: it lets them go after <see cref="ReleaseAfter"/>.
    /// </summary>
    public bool KeepWhenBrokerIsLost { get; set; }

    /// <summary>
    /// How long a host waits before it stands in line for one more camera, times the number of those that it runs: so hosts that start together share the cameras evenly. One that is not among
    /// <see cref="Preferred"/> waits this long once more. 10 ms to 1 min; default 500 ms.
    /// </summary>
    public TimeSpan JoinDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A camera that this host has the right to, and cannot open or get frames from for so long, is passed on to the next in line, who may have a better way to it. 1 s to 1 h; default 1 min.</summary>
    public TimeSpan PassOnAfter { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>By hand rather than by attribute: it says why, it relates properties, and it needs no reflection (AOT).</summary>
internal sealed class CameraOwnershipOptionsValidator : IValidateOptions<CameraOwnershipOptions>
{
    public ValidateOptionsResult Validate(string? name, CameraOwnershipOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        CheckCameras(options, result);
        if (options.MaxCameras is < 1 or > CameraOwnershipOptions.MostCameras)
        {
            result.AddError($"must be 1 to {CameraOwnershipOptions.MostCameras:N0}, or null for all, but is {options.MaxCameras}.", nameof(options.MaxCameras));
        }

        if (string.IsNullOrWhiteSpace(options.HostName) || options.HostName.Length > CameraOwnershipOptions.MaxNameLength)
        {
            result.AddError($"must be a name of 1 to {CameraOwnershipOptions.MaxNameLength} characters, but is '{options.HostName}'.", nameof(options.HostName));
        }

        Check(nameof(options.RenewEvery), options.RenewEvery, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Check(nameof(options.ReleaseAfter), options.ReleaseAfter, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(10));
        Check(nameof(options.JoinDelay), options.JoinDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Check(nameof(options.PassOnAfter), options.PassOnAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (options.RenewEvery > options.ReleaseAfter / 3)
        {
            result.AddError($"must be at most a third of {nameof(options.ReleaseAfter)} ({options.ReleaseAfter}), but is {options.RenewEvery}: one late message would cost the camera.", nameof(options.RenewEvery));
        }

        return result.Build();

        void Check(string property, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                result.AddError($"must be {least} to {most}, but is {value}.", property);
            }
        }
    }

    private static void CheckCameras(CameraOwnershipOptions options, ValidateOptionsResultBuilder result)
    {
        if (options.Cameras.Count is < 1 or > CameraOwnershipOptions.MostCameras)
        {
            result.AddError($"must have 1 to {CameraOwnershipOptions.MostCameras:N0} names, but has {options.Cameras.Count:N0}.", nameof(options.Cameras));
        }

        foreach (var camera in options.Cameras.Where(camera => string.IsNullOrWhiteSpace(camera) || camera.Length > CameraOwnershipOptions.MaxNameLength || camera.Any(char.IsControl)))
        {
            result.AddError($"must have names of 1 to {CameraOwnershipOptions.MaxNameLength} printable characters, but has '{camera}'.", nameof(options.Cameras));
        }

        if (options.Cameras.GroupBy(camera => camera, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            result.AddError($"has '{twice.Key}' twice.", nameof(options.Cameras));
        }

        foreach (var stranger in options.Preferred.Except(options.Cameras, StringComparer.Ordinal))
        {
            result.AddError($"has '{stranger}', which is not among {nameof(options.Cameras)}.", nameof(options.Preferred));
        }
    }
}
