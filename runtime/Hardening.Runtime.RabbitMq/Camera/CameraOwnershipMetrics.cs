using System.Diagnostics.Metrics;

namespace Hardening.Camera;

/// <summary>The instruments of the cameras that hosts agree on.</summary>
internal sealed class CameraOwnershipMetrics
{
    private readonly KeyValuePair<string, object?> _name;
    private readonly Counter<long> _acquired;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _declined;
    private readonly Counter<double> _gap;

    /// <param name="meters">The host's.</param>
    /// <param name="name">What the cameras are together called.</param>
    /// <param name="owned">How many this host has; asked when somebody collects.</param>
    public CameraOwnershipMetrics(IMeterFactory meters, string name, Func<int> owned)
    {
        var meter = meters.Create("Hardening.Runtime");
        _name = new("hardening.ownership.name", name);
        meter.CreateObservableUpDownCounter("hardening.camera.ownership.owned", () => new Measurement<long>(owned(), _name), "{camera}", "Cameras that this host has the right to run.");
        _acquired = meter.CreateCounter<long>("hardening.camera.ownership.acquired", "{camera}", "How often this host got a camera, by what it was before: free, released, lost.");
        _lost = meter.CreateCounter<long>("hardening.camera.ownership.ended", "{camera}", "How often this host gave up a camera, by why: stopping, asked, lapsed, passed_on.");
        _declined = meter.CreateCounter<long>("hardening.camera.ownership.declined", "{camera}", "How often this host was offered a camera, and had as many as it may have.");
        _gap = meter.CreateCounter<double>("hardening.camera.ownership.gap", "s", "How long cameras that this host took over were without a host: from the last frame at the former to the first at this one.");
    }

    public void Acquired(string camera, string before) => _acquired.Add(1, _name, Camera(camera), new("hardening.ownership.before", before));

    public void Ended(string camera, OwnershipEnd end) => _lost.Add(1, _name, Camera(camera), new("hardening.ownership.end", Name(end)));

    public void Declined(string camera) => _declined.Add(1, _name, Camera(camera));

    public void TakenOver(string camera, TimeSpan gap) => _gap.Add(gap.TotalSeconds, _name, Camera(camera));

    private static KeyValuePair<string, object?> Camera(string camera) => new("hardening.camera.name", camera);

    private static string Name(OwnershipEnd end) => end switch
    {
        OwnershipEnd.Stopping => "stopping",
        OwnershipEnd.Asked => "asked",
        OwnershipEnd.Lapsed => "lapsed",
        _ => "passed_on",
    };
}

/// <summary>Why a host gave up a camera.</summary>
internal enum OwnershipEnd
{
    /// <summary>The host stops.</summary>
    Stopping,

    /// <summary>Somebody asked it to.</summary>
    Asked,

    /// <summary>Its right was not confirmed in time.</summary>
    Lapsed,

    /// <summary>It could not get frames from it.</summary>
    PassedOn,
}
