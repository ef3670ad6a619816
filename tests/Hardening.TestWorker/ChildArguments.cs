namespace Hardening.TestWorker;

/// <summary>A child as commands write it: <c>command[@directory][:keep][:argument]…</c>. Its directory is its name, by default that of the command.</summary>
internal sealed record ChildArguments(string Command, string Directory, bool KeepsDescendants, string[] Arguments)
{
    public static ChildArguments Parse(string text)
    {
        var parts = text.Split(':');
        var name = parts[0].Split('@');
        var keeps = parts is [_, "keep", ..];
        return new ChildArguments(name[0], name[^1], keeps, parts[(keeps ? 2 : 1)..]);
    }
}
