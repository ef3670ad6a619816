namespace Hardening.Camera;

/// <summary>A place in line, from the call that asks for it until it is given up. All but <see cref="Line"/> under the gate of its claim.</summary>
internal sealed class TokenPlace
{
    public TokenLine? Line { get; set; }

    /// <summary>The token that is held.</summary>
    public ulong? Held { get; set; }

    /// <summary>The host has no room for the camera that it was offered.</summary>
    public bool IsDeclined { get; set; }

    /// <summary>It is being given up.</summary>
    public bool IsLeft { get; set; }

    /// <summary>The last token of this host has come round.</summary>
    public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
