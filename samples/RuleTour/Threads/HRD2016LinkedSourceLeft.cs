namespace RuleTour.Threads;

/// <summary>Asks every machine for its state, each for two seconds at most. Each question leaves a registration in the token of the application, which lives for months.</summary>
internal sealed class MachineRound(HttpClient client)
{
    public async Task<int> CountReadyAsync(IReadOnlyList<Uri> machines, CancellationToken stopping)
    {
        var ready = 0;
        foreach (var machine in machines)
        {
            var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping); // HRD2016
            limit.CancelAfter(TimeSpan.FromSeconds(2));
            ready += await client.GetStringAsync(machine, limit.Token).ConfigureAwait(false) == "ready" ? 1 : 0;
        }

        return ready;
    }
}
