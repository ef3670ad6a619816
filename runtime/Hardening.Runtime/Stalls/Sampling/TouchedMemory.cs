namespace Hardening.Stalls.Sampling;

/// <summary>Memory whose pages are there from the start: a sampler that met a new page would wait for the very lock that a storm holds.</summary>
internal static class TouchedMemory
{
    public static T[] Allocate<T>(int count)
        where T : unmanaged
    {
        var memory = GC.AllocateUninitializedArray<T>(count, pinned: true);
        memory.AsSpan().Clear(); // writes each page
        return memory;
    }
}
