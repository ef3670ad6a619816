namespace Hardening.Testing;

/// <summary>Waits for what other threads bring about and nothing announces.</summary>
public static class Eventually
{
    /// <summary>Returns once the condition holds; fails with the description when the token, a test's time limit, is cancelled first.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string description, CancellationToken timeout)
    {
        while (!condition())
        {
            if (timeout.IsCancellationRequested)
            {
                Assert.Fail($"It did not come about that {description}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), CancellationToken.None);
        }
    }
}
