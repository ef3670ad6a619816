namespace Hardening.Analyzers.Facts;

/// <summary>What a program is called, however its file is written.</summary>
internal static class ProgramNames
{
    /// <summary>Without its folder, and without the ending that Windows adds.</summary>
    public static string Of(string file)
    {
        var name = file.Substring(file.LastIndexOfAny(['/', '\\']) + 1);
        return name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name.Substring(0, name.Length - 4) : name;
    }
}
