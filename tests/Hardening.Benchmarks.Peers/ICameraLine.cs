namespace Hardening.Benchmarks.Peers;

/// <summary>A way from cameras to results, that is measured.</summary>
public interface ICameraLine
{
    /// <summary>Frames that came from the drivers.</summary>
    long Taken { get; }

    /// <summary>Frames that were given up on the way.</summary>
    long Dropped { get; }

    /// <param name="begin">When the cameras' schedule begins.</param>
    Task StartAsync(long begin);

    /// <summary>Ends the cameras, and waits for the frames that are under way.</summary>
    Task StopAsync();
}
