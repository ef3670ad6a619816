namespace RuleTour.Threads;

/// <summary>What is found at the top of many services that stalled once. The stall is still there; it needs 500 threads now.</summary>
internal static class HostTuning
{
    private const int Enough = 500;

    public static void Apply()
    {
        ThreadPool.SetMinThreads(Enough, Enough); // HRD2006
    }
}
