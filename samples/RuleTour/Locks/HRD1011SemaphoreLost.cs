namespace RuleTour.Locks;

/// <summary>At most four uploads at once. Each one that fails takes a place with it; after four, nothing is uploaded any more.</summary>
internal sealed class PictureUpload(HttpClient client) : IDisposable
{
    private readonly SemaphoreSlim _places = new(4, 4);

    public async Task SendAsync(Uri target, byte[] picture, CancellationToken stop)
    {
        await _places.WaitAsync(stop).ConfigureAwait(false); // HRD1011
        using var content = new ByteArrayContent(picture);
        using var answer = await client.PostAsync(target, content, stop).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        _places.Release();
    }

    public void Dispose() => _places.Dispose();
}
