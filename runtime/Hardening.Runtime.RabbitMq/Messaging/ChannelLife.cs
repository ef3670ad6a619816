using RabbitMQ.Client;

namespace Hardening.Messaging;

/// <summary>Ends the use of a connection with any of its channels: the broker closes one where something is wrong with what it was asked.</summary>
internal static class ChannelLife
{
    public static void EndWith(IChannel channel, CancellationTokenSource life)
    {
        channel.ChannelShutdownAsync += (_, _) => EndAsync(life);
        if (channel.IsClosed)
        {
            life.Cancel(); // before anybody listened
        }
    }

    /// <summary>Cancels, also where the use has ended already.</summary>
    public static async Task EndAsync(CancellationTokenSource life)
    {
        try
        {
            await life.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The use has ended, and the channel with it.
        }
    }
}
