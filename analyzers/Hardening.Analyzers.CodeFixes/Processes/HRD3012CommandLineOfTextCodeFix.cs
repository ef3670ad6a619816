using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Passes each argument by itself, where the author's blanks and quotes show where one ends.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3012CommandLineOfTextCodeFix : OneByOneCodeFix
{
    private const string Title = "Pass each argument by itself";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3012CommandLineOfTextAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.Compilation.GetTypeByMetadataName("System.Diagnostics.ProcessStartInfo") is not { } info
            || !info.GetMembers("ArgumentList").Any()
            || PlaceOf(reported, model, info, cancellationToken) is not { IsScript: false } place
            || StartedProgram.Of(place) is { ReadsByOwnRules: true }
            || Text(place, model, cancellationToken) is not { } text
            || text.DescendantTrivia().Any(trivia => !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia)))
        {
            yield break;
        }

        var containing = model.GetEnclosingSymbol(text.SpanStart, cancellationToken)!;
        if (ArgumentSplit.Of(CommandLineReader.Read(model.GetOperation(text, cancellationToken)!, containing, CallGraph.Of(model.Compilation))) is not { } split
            || IsScriptOfShell(split, place))
        {
            yield break;
        }

        var arguments = split.Arguments.Select(argument => ArgumentText.Of(argument, model)).ToList();
        if (arguments.TrueForAll(argument => argument is not null)
            && ArgumentListEdit.Make(place, text, arguments!, model, reported.SyntaxTree.GetRoot(cancellationToken)) is { } edited)
        {
            var unquoted = split.Unquoted.Select(value => $"'{Names.Of(value.Syntax)}'").Distinct().ToList();
            yield return unquoted.Count == 0
                ? new Edit(Title, Title, edited)
                : new Edit($"{Title} ({string.Join(" and ", unquoted)} is one argument then, also with blanks in it)", $"{Title}, also unquoted ones", edited);
        }
    }

    private static CommandLinePlace? PlaceOf(SyntaxNode reported, SemanticModel model, INamedTypeSymbol info, CancellationToken cancellationToken)
    {
        for (var operation = model.GetOperation(reported, cancellationToken); operation is not null and not IBlockOperation; operation = operation.Parent)
        {
            if (CommandLinePlace.MayBe(operation) && CommandLinePlace.Of(operation, info) is { } place && place.Value.Syntax == reported)
            {
                return place;
            }
        }

        return null;
    }

    // The text itself, or what the local that is used for nothing else is declared with.
    private static ExpressionSyntax? Text(CommandLinePlace place, SemanticModel model, CancellationToken cancellationToken)
    {
        if (place.Value.Unwrap() is not ILocalReferenceOperation { Local: var local } reference)
        {
            return place.Value.Syntax as ExpressionSyntax;
        }

        return place.Operation is not IAssignmentOperation
            && References.Of(local, reference).Take(2).Count() == 1
            && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } value, Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax } }
            ? value
            : null;
    }

    // bash -c "ls {folder}": what the shell gets is still text.
    private static bool IsScriptOfShell(ArgumentSplit split, CommandLinePlace place) =>
        StartedProgram.Of(place).IsShell && split.Arguments.Any(argument => argument.Count > 1 && argument.Any(piece => piece.Kind == PieceKind.Open));
}
