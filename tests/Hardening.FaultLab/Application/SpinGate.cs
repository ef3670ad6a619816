namespace Hardening.FaultLab.Application;

/// <summary>A lock as one should not write it: whoever waits goes round and round.</summary>
internal sealed class SpinGate(bool yields)
{
    private int _taken;

    public void Enter()
    {
        var spinner = new SpinWait();
        while (Interlocked.CompareExchange(ref _taken, 1, 0) != 0)
        {
            if (yields)
            {
                Thread.Yield();
            }
            else
            {
                spinner.SpinOnce();
            }
        }
    }

    public void Leave() => Volatile.Write(ref _taken, 0);
}
