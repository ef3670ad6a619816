namespace Hardening.Pool;

/// <summary>By which way answers come back to the caller.</summary>
public enum RabbitResults
{
    /// <summary>Through a durable queue of the caller's own: answers survive a broker's restart and a lost connection, and wait for the caller.</summary>
    Queue,

    /// <summary>
    /// Through the broker's direct reply-to (<c>amq.rabbitmq.reply-to</c>), which keeps nothing: cheaper, and gone with the connection. Then accepted jobs that are not answered fail with
    /// <see cref="Messaging.BrokerUnavailableException"/> (<see cref="Messaging.BrokerFailure.AnswerLost"/>); they may have been done.
    /// </summary>
    Direct,
}
