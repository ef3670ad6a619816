namespace Hardening.Stalls.Classification;

/// <summary>Where in the kernel a thread was blocked: shares of its blocked time.</summary>
internal sealed class WaitPlaceShares
{
    private readonly Dictionary<WaitPlace, double> _shares = [];

    /// <summary>A device has a thread or two wait for it; so many wait for the map of the memory that they share.</summary>
    public const double MapCrowd = 3;

    private WaitPlaceShares(IReadOnlyDictionary<WaitPlace, double> seconds, double uninterruptibleUnknown, bool isCrowd, string memoryAt, string callAt, string deviceAt)
    {
        (MemoryAt, CallAt, DeviceAt) = (memoryAt, callAt, deviceAt);
        var known = seconds.Where(place => place.Key != WaitPlace.Unknown).Sum(place => place.Value);
        IsKnown = known > 0 || uninterruptibleUnknown > 0;

        // What a shallow sample did not look at is taken to be as the deep ones of the same stall; that a wait was uninterruptible shallow ones tell as well.
        var all = known + uninterruptibleUnknown + seconds.GetValueOrDefault(WaitPlace.Unknown);
        var deviceOrMemory = seconds.GetValueOrDefault(WaitPlace.Device) + seconds.GetValueOrDefault(WaitPlace.Memory);
        foreach (var (place, value) in seconds.Where(place => place.Key != WaitPlace.Unknown))
        {
            var own = value + (place is WaitPlace.Device or WaitPlace.Memory ? uninterruptibleUnknown * value / Math.Max(1e-9, deviceOrMemory) : 0);
            _shares[place] = own;
        }

        if (deviceOrMemory <= 0 && uninterruptibleUnknown > 0)
        {
            _shares[isCrowd ? WaitPlace.Memory : WaitPlace.Device] = uninterruptibleUnknown;
        }

        var sum = _shares.Values.Sum();
        foreach (var place in _shares.Keys.ToArray())
        {
            _shares[place] = sum > 0 ? _shares[place] / sum : 0;
        }

        Looked = all > 0 ? (known + uninterruptibleUnknown) / all : 0;
    }

    /// <summary>Whether any sample says where.</summary>
    public bool IsKnown { get; }

    /// <summary>The share of the blocked time that samples looked at.</summary>
    public double Looked { get; }

    public string MemoryAt { get; }

    public string CallAt { get; }

    public string DeviceAt { get; }

    public double this[WaitPlace place] => _shares.GetValueOrDefault(place);

    public static WaitPlaceShares Of(StallFacts facts)
    {
        var seconds = new Dictionary<WaitPlace, double>();
        var names = new Dictionary<WaitPlace, Dictionary<string, double>>();
        var uninterruptible = 0.0;
        var slices = facts.Window.Activity.Kind == StalledActivityKind.ThreadPool ? facts.PoolThreadIds.SelectMany(id => facts.TimeOf(id).Slices) : facts.Thread?.Slices ?? [];
        foreach (var slice in slices)
        {
            if (slice.Blocked <= 0)
            {
                continue;
            }

            var place = WaitPlaces.Of(slice.Row, facts.Window);
            if (place == WaitPlace.Unknown && slice.Row.State == 'D')
            {
                uninterruptible += slice.Blocked;
                continue;
            }

            seconds[place] = seconds.GetValueOrDefault(place) + slice.Blocked;
            var name = WaitPlaces.Describe(slice.Row, facts.Window);
            if (name.Length > 0)
            {
                var known = names.TryGetValue(place, out var found) ? found : names[place] = new(StringComparer.Ordinal);
                known[name] = known.GetValueOrDefault(name) + slice.Blocked;
            }
        }

        return new WaitPlaceShares(seconds, uninterruptible, facts.Load.Uninterruptible >= MapCrowd, Most(names, WaitPlace.Memory), Most(names, WaitPlace.SystemCall), Most(names, WaitPlace.Device));
    }

    private static string Most(Dictionary<WaitPlace, Dictionary<string, double>> names, WaitPlace place) =>
        names.TryGetValue(place, out var known) ? known.OrderByDescending(name => name.Value).ThenBy(name => name.Key, StringComparer.Ordinal).First().Key : "";
}
