using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>Returns a task: from a private function that every caller can await, and from a test, which its runner awaits.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2009AsyncVoidCodeFix : OneByOneCodeFix
{
    private static readonly ImmutableHashSet<string> Tests = ["Test", "TestCase", "TestCaseSource", "Theory", "Fact", "TestMethod", "DataTestMethod", "SetUp", "TearDown"];

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2009AsyncVoidAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        // The function itself, never the one around it: a lambda stands for no declaration.
        if (reported is MethodDeclarationSyntax test && IsTest(test))
        {
            var task = SyntaxFactory.ParseTypeName("global::System.Threading.Tasks.Task").WithTriviaFrom(test.ReturnType).WithAdditionalAnnotations(Simplifier.Annotation);
            var root = model.SyntaxTree.GetRoot(cancellationToken).ReplaceNode(test.ReturnType, task);
            if (Awaits.StillCompiles(model, root, cancellationToken))
            {
                yield return new Edit("Return Task", HRD2009AsyncVoidAnalyzer.Id, root);
            }
        }
        else if (reported is MethodDeclarationSyntax or LocalFunctionStatementSyntax)
        {
            var chain = new AsyncChain(model, cancellationToken);
            if (chain.TryConvert(reported) && chain.Apply(replaced: null, by: null) is { } root && Awaits.StillCompiles(model, root, cancellationToken))
            {
                var others = string.Join(", ", chain.Functions.Where(function => function != reported).OrderBy(function => function.SpanStart).Select(function => $"'{AsyncChain.NameOf(function)}'"));
                yield return new Edit(
                    $"Return Task, and wait for '{AsyncChain.NameOf(reported)}' where it is called" + (others.Length == 0 ? "" : $" (makes {others} async)"),
                    HRD2009AsyncVoidAnalyzer.Id, root);
            }
        }
    }

    private static bool IsTest(MethodDeclarationSyntax method) =>
        !method.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.OverrideKeyword) || modifier.IsKind(SyntaxKind.VirtualKeyword))
        && method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => Tests.Contains(attribute.Name.ToString().Split('.').Last()))
        && !method.SyntaxTree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Any(name => name.Identifier.ValueText == method.Identifier.ValueText);
}
