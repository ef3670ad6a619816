namespace Hardening.Messaging;

/// <summary>Why a broker did not do what was asked.</summary>
public enum BrokerFailure
{
    /// <summary>Nobody answers at its address, or not as a broker does, or not in time.</summary>
    Unreachable,

    /// <summary>It does not know the user, or not with this password.</summary>
    CredentialsRefused,

    /// <summary>It has no such virtual host, or not for this user.</summary>
    VirtualHostRefused,

    /// <summary>The user may not do this in the virtual host.</summary>
    AccessRefused,

    /// <summary>A queue is there already, with other arguments than these options give it.</summary>
    QueueDiffers,

    /// <summary>The connection was lost, and the buffer for that time is full.</summary>
    BufferFull,

    /// <summary>The connection was lost, and with it the way by which the answer would have come.</summary>
    AnswerLost,
}
