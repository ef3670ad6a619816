namespace Hardening.Stalls.Sampling;

/// <summary>The largest of values that one thread notes and another takes.</summary>
internal static class Worst
{
    public static void Note(ref long worst, long value)
    {
        var seen = Volatile.Read(ref worst);
        while (value > seen)
        {
            var found = Interlocked.CompareExchange(ref worst, value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
