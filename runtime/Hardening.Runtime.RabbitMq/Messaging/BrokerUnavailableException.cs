namespace Hardening.Messaging;

/// <summary>The broker did not do what was asked: <see cref="Failure"/> says why, the message also where, as whom, and what to do. The password is in none of them.</summary>
/// <remarks>A connection that was made once is made anew by itself, with growing pauses. What is refused (credentials, virtual host, access, a queue that differs) has to be mended first; it is tried on as well.</remarks>
public sealed class BrokerUnavailableException : IOException
{
    /// <summary>Says what it is about.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="broker">As <c>host:port</c>.</param>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="innerException">As the client tells it.</param>
    public BrokerUnavailableException(BrokerFailure failure, string broker, string message, Exception? innerException = null)
        : base(message, innerException) => (Failure, Broker) = (failure, broker);

    /// <summary>Why it did not.</summary>
    public BrokerFailure Failure { get; }

    /// <summary>The broker, as <c>host:port</c>.</summary>
    public string Broker { get; }
}
