namespace Hardening.Analyzers.Evidence;

/// <summary>How the properties of findings name places of reports: a tool that looks at several projects asks whether any of them has a place.</summary>
internal static class EvidenceKeys
{
    public static string Of(EvidencePlace place) => $"{place.Method}|{place.File}|{place.Line.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
}
