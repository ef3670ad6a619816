namespace Hardening.Runtime.RabbitMq.Tests.Chaos;

/// <summary>What befalls hosts and broker.</summary>
internal enum ChaosFault
{
    /// <summary>SIGKILL to a host; a new one is started in its place.</summary>
    KillHost,

    /// <summary>SIGKILL to two hosts at once.</summary>
    KillTwoHosts,

    /// <summary>SIGTERM to a host, which has to finish or give back what it has.</summary>
    StopHost,

    /// <summary>SIGTERM to the broker, which is started again on the same data.</summary>
    StopBroker,

    /// <summary>SIGKILL to the broker, likewise.</summary>
    KillBroker,
}
