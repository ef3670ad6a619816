namespace RuleTour.Threads;

/// <summary>Asks whether the licence is valid. Each question holds a thread of the pool until another thread of the pool has the answer.</summary>
internal sealed class LicenceCheck(HttpClient client, Uri server)
{
    private DateTimeOffset _validUntil;

    public bool IsValid(DateTimeOffset now)
    {
        if (now >= _validUntil)
        {
            var answer = client.GetStringAsync(server).Result; // HRD2007
            _validUntil = answer == "valid" ? now.AddHours(1) : default;
        }

        return now < _validUntil;
    }
}
