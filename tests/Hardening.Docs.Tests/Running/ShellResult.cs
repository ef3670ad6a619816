namespace Hardening.Docs.Tests.Running;

/// <summary>How commands ended.</summary>
internal enum ShellEnd
{
    /// <summary>They came to their end.</summary>
    Done,

    /// <summary>One failed, and the shell ended with it.</summary>
    Failed,

    /// <summary>They did not end in time; the shell was ended with all that they had started.</summary>
    Late,

    /// <summary>They wrote more than anybody reads; the shell was ended likewise.</summary>
    TooMuch,
}

/// <summary>What commands came to.</summary>
/// <param name="ExitCode">Of the last, or of the one that failed.</param>
/// <param name="FailedLine">Of the commands, from 1; null where it is not known.</param>
/// <param name="Output">Standard output and error output, as they came.</param>
internal sealed record ShellResult(ShellEnd End, int ExitCode, int? FailedLine, string Output);
