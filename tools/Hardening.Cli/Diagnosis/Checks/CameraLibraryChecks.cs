namespace Hardening.Cli.Diagnosis.Checks;

/// <summary>The library that GigE Vision cameras are received with.</summary>
internal static class CameraLibraryChecks
{
    private const string SoName = "libaravis-0.8.so.0";

    private static readonly Version s_verified = new(0, 8, 26);

    private static readonly string[] s_folders =
        ["/usr/local/lib", "/usr/local/lib64", "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib/arm-linux-gnueabihf", "/usr/local/lib/x86_64-linux-gnu", "/usr/local/lib/aarch64-linux-gnu"];

    public static IReadOnlyList<HostCheck> All { get; } =
    [
        new("aravis", "Cameras", "libaravis 0.8.26 or a newer 0.8",
            "GigE Vision and USB3 Vision cameras are received with it, and its traps are known and avoided from this version on.", Aravis),
    ];

    private static IEnumerable<Answer> Aravis(Host host)
    {
        var remedy = new Remedy("apt-get install libaravis-0.8-0 # Debian and Ubuntu; elsewhere Aravis 0.8 from its source");
        var found = s_folders.Where(folder => host.Files.List(folder).Contains(SoName)).Select(folder => $"{folder}/{SoName}").FirstOrDefault();
        if (found is null)
        {
            yield return host.Scope.HasCameras ? Answer.Fail("not in any usual folder", remedy) : Answer.Pass("not installed, and needed with GigE Vision cameras only");
            yield break;
        }

        // The file that the link leads to ends in the version: libaravis-0.8.so.0.8.26.
        var target = host.Files.LinkTarget(found) ?? "";
        yield return !Version.TryParse(target[(target.LastIndexOf(".so.", StringComparison.Ordinal) is >= 0 and var at ? at + 4 : 0)..], out var version) ? Answer.Unknown($"{found} leads to '{target}', which tells no version")
            : version < s_verified ? Answer.Warn($"{version}, {found}", remedy)
            : Answer.Pass($"{version}, {found}");
    }
}
