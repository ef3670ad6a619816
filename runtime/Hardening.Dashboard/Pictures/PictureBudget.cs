namespace Hardening.Dashboard.Pictures;

/// <summary>How many cameras may have pictures.</summary>
internal sealed class PictureBudget(int most)
{
    private int _taken;

    public bool HasRoom => Volatile.Read(ref _taken) < most;

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most)
        {
            return true;
        }

        GiveBack();
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
