namespace Hardening.Cli.Diagnosis;

/// <summary>What reading a file, or asking a program, gave.</summary>
/// <param name="Text">What it says; null where it cannot be read.</param>
/// <param name="Why">Why it cannot be read; empty where it can.</param>
internal readonly record struct HostFile(string? Text, string Why)
{
    public static HostFile Of(string text) => new(text, "");

    public static HostFile Unread(string why) => new(null, why);
}
