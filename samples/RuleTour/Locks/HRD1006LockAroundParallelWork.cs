namespace RuleTour.Locks;

/// <summary>Counts bright pixels of many pictures on all cores, of which one works.</summary>
internal sealed class BrightnessCount
{
    private readonly Lock _gate = new();
    private long _bright;

    public long Of(IReadOnlyList<byte[]> pictures, byte threshold)
    {
        Parallel.ForEach(pictures, picture =>
        {
            lock (_gate) // HRD1006
            {
                foreach (var pixel in picture)
                {
                    _bright += pixel > threshold ? 1 : 0;
                }
            }
        });
        return _bright;
    }
}
