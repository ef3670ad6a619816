namespace RuleTour.Locks;

/// <summary>Writes to a device, one caller at a time. After five seconds the next caller writes anyway, into the message of the one before, and gives a place back that it never had.</summary>
internal sealed class DeviceWriter(Stream device) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task WriteAsync(ReadOnlyMemory<byte> message, CancellationToken stop)
    {
        await _turn.WaitAsync(TimeSpan.FromSeconds(5), stop).ConfigureAwait(false); // HRD1010
        try
        {
            await device.WriteAsync(message, stop).ConfigureAwait(false);
            await device.FlushAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
