namespace Hardening.Analyzers.Camera;

/// <summary>Why a frame's memory is not for its holder to keep.</summary>
/// <param name="end">What becomes of it, as a message says it.</param>
/// <param name="until">The code after which, or in the next round of which, it is another's.</param>
internal sealed class FrameLoan(string end, SyntaxNode until)
{
    public string End { get; } = end;

    public SyntaxNode Until { get; } = until;
}
