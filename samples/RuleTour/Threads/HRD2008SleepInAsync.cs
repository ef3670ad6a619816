namespace RuleTour.Threads;

/// <summary>Tries a request again after a pause. The pause keeps a thread of the pool that others wait for.</summary>
internal sealed class PatientClient(HttpClient client)
{
    private const int MaxAttempts = 5;

    public async Task<string> GetAsync(Uri address, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await client.GetStringAsync(address, stop).ConfigureAwait(false);
            }
            catch (HttpRequestException) when (attempt < MaxAttempts)
            {
                Thread.Sleep(attempt * 500); // HRD2008
            }
        }
    }
}
