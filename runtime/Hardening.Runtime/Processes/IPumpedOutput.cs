namespace Hardening.Processes;

/// <summary>Where an <see cref="OutputPump"/> brings what a child writes. Nothing here may wait, or call others' code: one thread reads for all children.</summary>
internal interface IPumpedOutput
{
    /// <summary>Called when the pump may go on after it was held back.</summary>
    Action Resume { get; set; }

    /// <summary>The pump is held back, and the child with it.</summary>
    bool IsHeld { get; }

    /// <summary>How many bytes the pump may bring, of those that it wants to. 0: it is held back, until <see cref="Resume"/>.</summary>
    int Allow(int wanted);

    /// <summary>Adds what the child wrote, no more than was allowed.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>No process of the child's tree is left.</summary>
    void NoteTreeEnded();

    /// <summary>Nothing follows.</summary>
    void Complete();
}
