namespace RuleTour.Threads;

/// <summary>Loads the recipes of all machines. With 2,000 of them, as many requests are sent in the same millisecond.</summary>
internal sealed class RecipeMirror(HttpClient client)
{
    public async Task<IReadOnlyDictionary<Uri, string>> LoadAsync(IReadOnlyList<Uri> machines, CancellationToken stop)
    {
        var recipes = await Task.WhenAll(machines.Select(machine => client.GetStringAsync(machine, stop))).ConfigureAwait(false); // HRD2003
        return machines.Zip(recipes).ToDictionary(pair => pair.First, pair => pair.Second);
    }
}
