namespace Hardening.Testing;

/// <summary>What each thread that looks in allocates between its first looks and its last.</summary>
/// <param name="warmUp">The looks of a thread that do not count: what is made once is made then.</param>
public sealed class ThreadAllocations(int warmUp) : IDisposable
{
    private readonly ThreadLocal<Account> _accounts = new(() => new Account(), trackAllValues: true);

    /// <summary>Threads that have looked often enough to be measured.</summary>
    public int Measured => _accounts.Values.Count(account => account.Looks > warmUp);

    public long Bytes => _accounts.Values.Sum(account => account.Last - account.First);

    public void Look()
    {
        var account = _accounts.Value!;
        if (++account.Looks > warmUp)
        {
            account.Last = GC.GetAllocatedBytesForCurrentThread();
        }

        account.First = account.Looks == warmUp + 1 ? account.Last : account.First;
    }

    public void Dispose() => _accounts.Dispose();

    private sealed class Account
    {
        public int Looks { get; set; }

        public long First { get; set; }

        public long Last { get; set; }
    }
}
