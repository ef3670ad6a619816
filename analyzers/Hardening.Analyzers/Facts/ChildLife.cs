namespace Hardening.Analyzers.Facts;

/// <summary>Which children a rule about their life has nothing to say of.</summary>
internal static class ChildLife
{
    private static readonly ImmutableArray<string> TestAttributes = ImmutableArray.Create(
        "TestFixtureAttribute", "TestAttribute", "TestCaseAttribute", "TestCaseSourceAttribute", "SetUpAttribute", "OneTimeSetUpAttribute", "SetUpFixtureAttribute", "FactAttribute", "TheoryAttribute",
        "CollectionDefinitionAttribute", "TestClassAttribute", "TestMethodAttribute", "TestInitializeAttribute", "ClassInitializeAttribute", "AssemblyInitializeAttribute");

    private static readonly ImmutableArray<string> TestFrameworks = ImmutableArray.Create("nunit.framework", "xunit.core", "xunit.v3.core", "TUnit.Core", "Microsoft.VisualStudio.TestPlatform.TestFramework", "MSTest.TestFramework");

    private static readonly ImmutableArray<string> Windows = ImmutableArray.Create("Form", "UserControl", "Window", "Page", "ContentPage", "Application", "Control", "ObservableObject", "ReactiveObject");

    /// <summary>It is meant to outlive us: a document, a URL or a folder that the desktop opens, this program again, or a child that ends with us.</summary>
    public static bool IsLetGo(IOperation created, Holding child, ProcessTypes types)
    {
        if (!types.IsStart(created))
        {
            return false;
        }

        var settings = StartSettings.Of(created, child, types);
        return settings.TurnedOn("UseShellExecute").Count > 0
            || settings.TurnedOn("KillOnParentExit").Count > 0
            || settings.FileName is { } file && (file.Contains("://") || file is "xdg-open" or "open" or "explorer" or "explorer.exe" or "systemd-run" or "nohup" or "setsid" or "setpriv" or "start")
            || created.Descendants().Any(operation => NamesUs(operation) || operation is ILocalReferenceOperation { Local: var local } && Initializers.Of(local, operation)?.DescendantsAndSelf().Any(NamesUs) == true);
    }

    /// <summary>Code of tests: what it leaves is gone with the test run.</summary>
    public static bool IsInTests(ISymbol containing)
    {
        if (containing.ContainingModule?.ReferencedAssemblies.Any(referenced => TestFrameworks.Contains(referenced.Name)) == true)
        {
            return true;
        }

        for (var type = containing as INamedTypeSymbol ?? containing.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.Name.EndsWith("Fixture", StringComparison.Ordinal)
                || type.GetAttributes().Concat(type.GetMembers().OfType<IMethodSymbol>().SelectMany(method => method.GetAttributes())).Any(attribute => TestAttributes.Contains(attribute.AttributeClass?.Name ?? "")))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A window starts programs for its user, who closes them.</summary>
    public static bool IsWindow(INamedTypeSymbol type)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (Windows.Contains(ancestor.Name))
            {
                return true;
            }
        }

        return type.Name.EndsWith("ViewModel", StringComparison.Ordinal) || type.Name.EndsWith("Window", StringComparison.Ordinal);
    }

    // This program started again, or a child that watches us by our id.
    private static bool NamesUs(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Property: { Name: "ProcessPath" or "ProcessId", ContainingType.Name: "Environment" } or { Name: "ExecutablePath", ContainingType.Name: "Application" } } => true,
        IInvocationOperation { TargetMethod: { Name: "GetEntryAssembly", ContainingType.Name: "Assembly" } or { Name: "GetCurrentProcess", ContainingType.Name: "Process" } } => true,
        _ => false,
    };
}
