namespace Hardening.Stalls.Sampling;

/// <summary>Processes that this library starts for itself: the supervisor, under which all supervised children hang, its guard, and the witness.</summary>
internal static class OwnPrograms
{
    /// <param name="commandLine">As in /proc: each argument ends with a 0.</param>
    public static bool Includes(ReadOnlySpan<byte> commandLine)
    {
        while (!commandLine.IsEmpty)
        {
            var end = commandLine.IndexOf((byte)0);
            var argument = end < 0 ? commandLine : commandLine[..end];
            if (argument.EndsWith("/hardening-supervisor.dll"u8) || argument.EndsWith("/hardening-witness.dll"u8) || argument.EndsWith("/hardening-witness"u8) || argument.SequenceEqual("hardening-guard"u8))
            {
                return true;
            }

            commandLine = end < 0 ? [] : commandLine[(end + 1)..];
        }

        return false;
    }
}
