namespace Hardening.Analyzers.Facts;

/// <summary>Whose code a member is, by the first part of its namespace.</summary>
internal static class Libraries
{
    /// <summary>OpenCvSharp or Emgu CV.</summary>
    public static bool IsOfOpenCv(ISymbol member) => First(member.ContainingNamespace) is "OpenCvSharp" or "Emgu";

    public static bool IsOfFramework(ISymbol member) => First(member.ContainingNamespace) is "System" or "Microsoft";

    private static string? First(INamespaceSymbol? space)
    {
        while (space is { ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space?.Name;
    }
}
