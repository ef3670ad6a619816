using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Analyzers.Tests.Verification;

/// <summary>What a test source is compiled with. Top-level statements need no setting: they make the compilation a program.</summary>
internal sealed record Setup
{
    public static Setup Default { get; } = new();

    /// <summary>Lines of an <c>.editorconfig</c> that hold for every source, such as <c>HRD2004.capacity_hint = 64</c>.</summary>
    public string Options { get; init; } = "";

    /// <summary>Further sources, for example declarations of types that the packages at hand do not have.</summary>
    public ImmutableArray<string> Sources { get; init; } = [];

    /// <summary>Reports of stalls among the additional files, by their paths.</summary>
    public ImmutableArray<(string Path, string Text)> Evidence { get; init; } = [];

    /// <summary>References beside those of the framework.</summary>
    public ImmutableArray<MetadataReference> References { get; init; } = [];

    /// <summary>What the source is bound against: this .NET, or .NET Standard 2.0 for what old projects lack.</summary>
    public Framework Framework { get; init; } = Framework.Current;

    public LanguageVersion Language { get; init; } = LanguageVersion.Latest;
}

public enum Framework
{
    Current,
    NetStandard20,
}
