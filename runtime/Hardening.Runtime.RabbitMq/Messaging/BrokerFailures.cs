using System.Net.Sockets;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Hardening.Messaging;

/// <summary>What the client's exceptions mean, in one sentence that says what to do. The client nests them, and has no type for most.</summary>
internal static class BrokerFailures
{
    private const ushort AccessRefused = 403;
    private const ushort ResourceLocked = 405;
    private const ushort PreconditionFailed = 406;
    private const ushort NotAllowed = 530;

    /// <summary>Why no connection could be made.</summary>
    public static BrokerUnavailableException Connecting(Exception exception, BrokerAddress address)
    {
        var all = Flatten(exception).ToList();
        var where = address.Describe();
        if (all.OfType<AuthenticationFailureException>().Any() || all.OfType<PossibleAuthenticationFailureException>().Any() || all.Any(inner => Reason(inner)?.ReplyCode == AccessRefused))
        {
            return new(BrokerFailure.CredentialsRefused, address.Broker,
                $"The broker at {where} refused user '{address.UserName}': it does not know this user with this password (or the user is 'guest', whom brokers let in from their own machine alone). Correct UserName and Password of {RabbitMqOptions.SectionName}, or add the user there.", exception);
        }

        if (all.Select(Reason).FirstOrDefault(reason => reason?.ReplyCode == NotAllowed) is { } refused)
        {
            return new(BrokerFailure.VirtualHostRefused, address.Broker,
                $"The broker at {where} refused virtual host '{address.VirtualHost}' to user '{address.UserName}' ({refused.ReplyText}): there is no such virtual host, or the user has no permissions in it. Correct VirtualHost of {RabbitMqOptions.SectionName}, or create it there and set permissions.", exception);
        }

        var why = all.OfType<SocketException>().FirstOrDefault()?.Message
            ?? (all.Any(inner => inner is OperationCanceledException or TimeoutException) ? "no answer in time" : all[^1].Message);
        return new(BrokerFailure.Unreachable, address.Broker,
            $"The broker at {where} cannot be reached: {why}. See whether it runs, whether Uri of {RabbitMqOptions.SectionName} is its address (amqp:// or amqps://), and whether a firewall is between.", exception);
    }

    /// <summary>Why a connection that was made cannot be used; null where it was only lost, or what happened is not the broker's.</summary>
    public static BrokerUnavailableException? Using(Exception exception, BrokerAddress address, string what)
    {
        if (Flatten(exception).Select(Reason).FirstOrDefault(reason => reason is not null) is not { } refusal)
        {
            return null;
        }

        var where = address.Describe();
        return refusal.ReplyCode switch
        {
            AccessRefused => new(BrokerFailure.AccessRefused, address.Broker,
                $"The broker at {where} does not let user '{address.UserName}' use the queues of {what} ({refusal.ReplyText}). Give the user configure, write and read permissions for them; a results queue whose CallerName another process uses has to have another name.", exception),
            PreconditionFailed or ResourceLocked => new(BrokerFailure.QueueDiffers, address.Broker,
                $"The broker at {where} has a queue of {what} with other arguments than its options ask for ({refusal.ReplyText}). Give callers and hosts the same options, or delete the queue once it is empty, or choose another QueuePrefix.", exception),
            _ => null,
        };
    }

    /// <summary>Whether a publication failed because the connection or its channel ended, so that nobody knows whether the broker has it.</summary>
    public static bool IsLoss(Exception exception) =>
        exception is OperationInterruptedException or IOException or SocketException or ObjectDisposedException or OperationCanceledException or TimeoutException;

    private static ShutdownEventArgs? Reason(Exception exception) => (exception as OperationInterruptedException)?.ShutdownReason;

    private static IEnumerable<Exception> Flatten(Exception exception)
    {
        yield return exception;
        var inner = exception is AggregateException aggregate ? aggregate.InnerExceptions.AsEnumerable() : exception.InnerException is { } one ? [one] : [];
        foreach (var deeper in inner.SelectMany(Flatten))
        {
            yield return deeper;
        }
    }
}
