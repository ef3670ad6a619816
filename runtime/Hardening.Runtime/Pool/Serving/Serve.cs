namespace Hardening.Pool.Serving;

/// <summary>The life of a worker: says that it is ready, and does one job after the other.</summary>
internal static class Serve
{
    public static void Run(Func<IJobHandler> handler) => throw new NotImplementedException();
}
