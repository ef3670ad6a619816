using Hardening.Interop;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

/// <summary>A thread that sleeps until it is disposed, and has ended for the system then too.</summary>
internal sealed class ParkedThread : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _started = new();
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;

    /// <param name="name">Its name; the system knows 15 bytes of it.</param>
    /// <param name="work">How long it computes first.</param>
    public ParkedThread(string name, TimeSpan work = default)
    {
        _thread = new Thread(() =>
        {
            Id = CurrentThread.Id;
            var begin = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(begin) < work)
            {
            }

            _started.Set();
            _end.Wait(Limit);
        })
        {
            Name = name,
            IsBackground = true,
        };
        _thread.Start();
        Assert.That(_started.Wait(Limit));
    }

    public int Id { get; private set; }

    public void Dispose()
    {
        _end.Set();
        Assert.That(_thread.Join(Limit));
        _started.Dispose();
        _end.Dispose();
    }
}
