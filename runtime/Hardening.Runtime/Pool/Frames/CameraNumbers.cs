using System.Collections.Concurrent;

namespace Hardening.Pool.Frames;

/// <summary>Numbers for the names of cameras, which stay with the host. For all threads; a name that was seen before costs no lock and no allocation.</summary>
internal sealed class CameraNumbers
{
    // Names come from configuration and are few. Where they are not, the rest shares a number: it is for the worker to tell cameras apart, and nothing here goes by it.
    private const int MostNames = 4096;

    private readonly ConcurrentDictionary<string, uint> _numbers = new(StringComparer.Ordinal);
    private uint _last;

    /// <summary>The number of this camera, given on first use, from 1 on; 0 for those that came after the first few thousand.</summary>
    public uint Of(string camera) =>
        _numbers.TryGetValue(camera, out var number) ? number
        : Volatile.Read(ref _last) >= MostNames ? 0
        : _numbers.GetOrAdd(camera, static (_, numbers) => Interlocked.Increment(ref numbers._last), this); // two threads with one new name leave a gap, which is harmless
}
