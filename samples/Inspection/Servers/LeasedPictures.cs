using Hardening.Camera;

namespace Inspection.Servers;

/// <summary>The latest operator's picture of each camera, where a worker process has drawn it: a lease on its memory, which the next one takes the place of.</summary>
internal sealed class LeasedPictures(IEnumerable<string> cameras) : IDisposable
{
    private readonly Dictionary<string, Place> _places = cameras.ToDictionary(camera => camera, _ => new Place(), StringComparer.Ordinal);

    /// <summary>Keeps a picture, whose lease is this board's from here on.</summary>
    public void Keep(string camera, FrameLease picture) => Replace(_places[camera], picture);

    public void Dispose()
    {
        foreach (var place in _places.Values)
        {
            Replace(place, default);
        }
    }

    private static void Replace(Place place, FrameLease picture)
    {
        FrameLease before;
        lock (place.Gate)
        {
            (before, place.Picture) = (place.Picture, picture);
        }

        before.Dispose();
    }

    private sealed class Place
    {
        public object Gate { get; } = new(); // no Lock, which allocates when two threads first meet at it

        public FrameLease Picture { get; set; }
    }
}
