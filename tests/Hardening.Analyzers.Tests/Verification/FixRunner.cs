using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Tests.Verification;

/// <summary>Asks a fix for its actions and applies them, as an editor would.</summary>
internal static class FixRunner
{
    /// <summary>What the fix offers for this diagnostic; an action that only groups others stands for these.</summary>
    public static async Task<List<CodeAction>> ActionsAsync(CodeFixProvider fix, Project project, Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        if (fix.FixableDiagnosticIds.Contains(diagnostic.Id) && project.GetDocument(diagnostic.Location.SourceTree) is { } document)
        {
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        }

        return [.. actions.SelectMany(action => action.NestedActions.IsEmpty ? [action] : action.NestedActions.AsEnumerable())];
    }

    public static async Task<Project> ApplyAsync(CodeAction action, Project project)
    {
        var operations = await action.GetOperationsAsync(CancellationToken.None);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        foreach (var document in changed.GetProject(project.Id)!.Documents)
        {
            // Read again from its text: a tree that a fix put together can be one that no text has, and then it seems to compile.
            changed = changed.WithDocumentText(document.Id, SourceText.From((await document.GetTextAsync()).ToString()));
        }

        return changed.GetProject(project.Id)!;
    }

    /// <summary>Fixes one diagnostic after the other by this action, until nothing is left that offers it.</summary>
    /// <param name="diagnostics">What the rule reports in the project.</param>
    public static async Task<Project> ApplyOneByOneAsync(DiagnosticAnalyzer analyzer, CodeFixProvider fix, string key, Project project, string documentName, ImmutableArray<Diagnostic> diagnostics)
    {
        for (var left = diagnostics.Length; ; left--)
        {
            var document = RuleRunner.DocumentOf(project, documentName);
            CodeAction? next = null;
            foreach (var diagnostic in diagnostics.Where(diagnostic => project.GetDocument(diagnostic.Location.SourceTree)?.Id == document.Id))
            {
                next ??= (await ActionsAsync(fix, project, diagnostic)).FirstOrDefault(action => action.EquivalenceKey == key);
            }

            if (next is null)
            {
                return project;
            }

            if (left == 0)
            {
                throw new VerificationException($"'{next.Title}' is still offered after as many fixes as there were diagnostics");
            }

            project = await ApplyAsync(next, project);
            diagnostics = await RuleRunner.RunAsync([analyzer], project, "the text after one fix");
        }
    }

    /// <summary>Fix All in the document through the fix's own provider; null when it has none for this action.</summary>
    /// <param name="diagnostics">What the rule reports in the project.</param>
    public static async Task<Project?> ApplyAllAsync(CodeFixProvider fix, string key, Project project, string documentName, ImmutableArray<Diagnostic> diagnostics)
    {
        if (fix.GetFixAllProvider() is not { } provider || !provider.GetSupportedFixAllScopes().Contains(FixAllScope.Document))
        {
            return null;
        }

        var context = new FixAllContext(
            RuleRunner.DocumentOf(project, documentName), fix, FixAllScope.Document, key, fix.FixableDiagnosticIds,
            new Found(diagnostics), CancellationToken.None);
        return await provider.GetFixAsync(context) is { } action ? await ApplyAsync(action, project) : null;
    }

    private sealed class Found(ImmutableArray<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(diagnostics.AsEnumerable());

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(diagnostics.Where(diagnostic => document.Project.GetDocument(diagnostic.Location.SourceTree)?.Id == document.Id));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(diagnostics.Where(diagnostic => diagnostic.Location == Location.None));
    }
}
