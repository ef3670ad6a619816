using Hardening.Analyzers.Facts;
using Hardening.Analyzers.Tests.Processes;
using Microsoft.CodeAnalysis.CSharp;

namespace Hardening.Analyzers.Tests.Facts;

/// <summary>The rules know the runtime by name alone: each name, and each declaration that stands for it in the tests, is held against the built runtime.</summary>
public sealed class RuntimeTypesTests
{
    private static readonly CSharpCompilation Runtime = CSharpCompilation.Create("Runtime", references:
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Append(typeof(Hardening.Stalls.StallWatchdogOptions).Assembly.Location)
            .Distinct().Select(path => MetadataReference.CreateFromFile(path))]);

    private static readonly CSharpCompilation Declared = CSharpCompilation.Create(
        "Declared", [CSharpSyntaxTree.ParseText(SupervisedDeclarations.Source)], Runtime.References, new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    [Test]
    public void Declarations_have_every_member_that_is_named() =>
        Assert.That(
            MembersOf(DeclaredType(RuntimeTypes.SupervisedProcess)).Select(member => member.Name).Distinct(),
            Is.EquivalentTo(RuntimeTypes.SupervisedMembers));

    [TestCase(RuntimeTypes.SupervisedProcess)]
    public void Runtime_has_what_is_named(string name)
    {
        var real = Runtime.GetTypeByMetadataName(name);
        Assert.That(real, Is.Not.Null, $"{name} is not in the runtime");
        var declared = DeclaredType(name);
        Assert.That(real!.DeclaredAccessibility, Is.EqualTo(Accessibility.Public));
        Assert.That(MembersOf(declared).Select(Signature), Is.SubsetOf(MembersOf(real).Select(Signature).ToList()));
        Assert.That(declared.AllInterfaces.Select(Signature), Is.SubsetOf(real.AllInterfaces.Select(Signature).ToList()));
    }

    [Test]
    public void What_the_runtime_has_in_common_with_Process_is_named()
    {
        var process = MembersOf(Runtime.GetTypeByMetadataName("System.Diagnostics.Process")!).Select(member => member.Name).ToHashSet();
        var common = MembersOf(Runtime.GetTypeByMetadataName(RuntimeTypes.SupervisedProcess)!).Select(member => member.Name).Where(process.Contains).Distinct();
        Assert.That(common, Is.SubsetOf(RuntimeTypes.SupervisedMembers));
    }

    private static INamedTypeSymbol DeclaredType(string name) => Declared.Assembly.GetTypeByMetadataName(name)!;

    private static IEnumerable<ISymbol> MembersOf(INamedTypeSymbol type) => type.GetMembers().Where(member =>
        member is { DeclaredAccessibility: Accessibility.Public, IsImplicitlyDeclared: false } and not IMethodSymbol { MethodKind: not MethodKind.Ordinary });

    // With its result and with what a caller may leave out; annotations of null are the runtime's own matter.
    private static string Signature(ISymbol symbol) => symbol.ToDisplayString(new SymbolDisplayFormat(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        memberOptions: SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeModifiers,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeOptionalBrackets | SymbolDisplayParameterOptions.IncludeName,
        propertyStyle: SymbolDisplayPropertyStyle.NameOnly));
}
