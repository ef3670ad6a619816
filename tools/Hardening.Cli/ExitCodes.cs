namespace Hardening.Cli;

/// <summary>What the program ends with, whichever verb it ran.</summary>
internal static class ExitCodes
{
    /// <summary>Nothing was found, or nothing stalled.</summary>
    public const int Clean = 0;

    /// <summary>There are findings, stalls, or failed checks.</summary>
    public const int Found = 1;

    /// <summary>Options or arguments that make no sense.</summary>
    public const int WrongUse = 2;

    /// <summary>It could not be done: a file, a permission, a tool is missing, or it was cancelled.</summary>
    public const int Failed = 3;
}
