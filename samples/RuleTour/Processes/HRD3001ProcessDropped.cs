using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>Sounds the horn. Each time a handle and its registration stay until the garbage collector comes by.</summary>
internal sealed class Horn(string sound)
{
    private int _times;

    public int Times => Volatile.Read(ref _times);

    public void Sound()
    {
        Interlocked.Increment(ref _times);
        Process.Start("aplay", [sound]); // HRD3001
    }
}
