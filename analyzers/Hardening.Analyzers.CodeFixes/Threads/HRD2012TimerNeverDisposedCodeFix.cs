using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>
/// Gives a timer an owner: the field that it is in is disposed; one that a constructor makes gets a field;
/// one of a method that waits for something ends with its block.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2012TimerNeverDisposedCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2012TimerNeverDisposedAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var expression = reported.AncestorsAndSelf().OfType<ExpressionSyntax>().FirstOrDefault(node => node is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax);
        if (expression is null || TimerTypes.Of(model.Compilation) is not { } types || model.GetOperation(expression, cancellationToken) is not { } created)
        {
            yield break;
        }

        var root = expression.SyntaxTree.GetRoot(cancellationToken);
        var type = expression.FirstAncestorOrSelf<TypeDeclarationSyntax>() as ClassDeclarationSyntax;
        var disposal = type is not null && model.GetDeclaredSymbol(type, cancellationToken) is { } symbol ? Disposal.Of(type, symbol) : null;
        if (TimerTypes.FieldOf(created) is { } field)
        {
            if (disposal is not null && !IsDisposed(type!, field.Name) && type!.Members.OfType<FieldDeclarationSyntax>().Any(declaration => declaration.Declaration.Variables.Any(variable => variable.Identifier.ValueText == field.Name)))
            {
                var mayBeNull = !field.IsReadOnly || field.NullableAnnotation == NullableAnnotation.Annotated;
                yield return new Edit(
                    disposal.ChangesType ? $"Implement IDisposable and dispose '{field.Name}'" : $"Dispose '{field.Name}' with its owner",
                    HRD2012TimerNeverDisposedAnalyzer.Id,
                    root.ReplaceNode(type, disposal.Add(type, field.Name, mayBeNull)));
            }
        }
        else if (disposal is not null && KeptInField(expression, created, type!, model, cancellationToken) is var (kept, name))
        {
            yield return new Edit("Keep the timer in a field and dispose it", HRD2012TimerNeverDisposedAnalyzer.Id, root.ReplaceNode(type!, disposal.Add(kept, name, mayBeNull: false)));
        }
        else if (UsedInBlock(expression, created, types, root) is { } used)
        {
            yield return new Edit("Dispose the timer at the end of the block", HRD2012TimerNeverDisposedAnalyzer.Id + ".using", used);
        }
    }

    // By the fix of another timer in the same field.
    private static bool IsDisposed(ClassDeclarationSyntax type, string field) =>
        type.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => call.ToString() is var text && (text == $"{field}.Dispose()" || text == ".Dispose()" && call.Parent is ConditionalAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var name } } && name == field));

    // A constructor runs once for each object, so its timer is the object's.
    private static (ClassDeclarationSyntax Type, string Field)? KeptInField(ExpressionSyntax expression, IOperation created, ClassDeclarationSyntax type, SemanticModel model, CancellationToken cancellationToken)
    {
        if (expression.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax { Parent: ConstructorDeclarationSyntax { Modifiers: var modifiers } } } statement || modifiers.Any(SyntaxKind.StaticKeyword))
        {
            return null;
        }

        var changes = new Dictionary<SyntaxNode, SyntaxNode>();
        string name;
        switch (statement)
        {
            case ExpressionStatementSyntax { Expression: var whole } when whole == expression || whole is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Right: var right } && right == expression:
                name = FreeName(type, "_timer");
                changes.Add(whole, Assigned(name, expression).WithTriviaFrom(whole));
                break;
            case LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } declaration when variables[0].Initializer?.Value == expression && model.GetDeclaredSymbol(variables[0], cancellationToken) is { } local:
                name = FreeName(type, "_" + local.Name);
                var created2 = expression is ImplicitObjectCreationExpressionSyntax ? expression : expression.WithoutTrivia();
                changes.Add(declaration, SyntaxFactory.ExpressionStatement(Assigned(name, created2)).WithTriviaFrom(declaration));
                foreach (var reference in References.Of(local, created))
                {
                    if (reference.Syntax is not IdentifierNameSyntax || expression.Span.Contains(reference.Syntax.Span))
                    {
                        return null;
                    }

                    changes.Add(reference.Syntax, SyntaxFactory.IdentifierName(name).WithTriviaFrom(reference.Syntax));
                }

                break;
            default:
                return null;
        }

        var changed = type.ReplaceNodes(changes.Keys, (old, _) => changes[old]);
        return (WithField(changed, created.Type!.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), name), name);
    }

    private static AssignmentExpressionSyntax Assigned(string name, ExpressionSyntax value) =>
        SyntaxFactory.AssignmentExpression(
            SyntaxKind.SimpleAssignmentExpression,
            SyntaxFactory.IdentifierName(name),
            SyntaxFactory.Token(SyntaxFactory.TriviaList(SyntaxFactory.Space), SyntaxKind.EqualsToken, SyntaxFactory.TriviaList(SyntaxFactory.Space)),
            value.WithoutTrivia());

    private static ClassDeclarationSyntax WithField(ClassDeclarationSyntax type, string timer, string name)
    {
        var field = (FieldDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration($"private readonly {timer} {name};\n")!;
        field = field.WithDeclaration(field.Declaration.WithType(field.Declaration.Type.WithAdditionalAnnotations(Simplifier.Annotation))).WithAdditionalAnnotations(Formatter.Annotation);
        var place = type.Members.LastIndexOf(member => member is FieldDeclarationSyntax) + 1;
        return type.WithMembers(type.Members.Insert(place, place > 0 || type.Members.Count == 0 ? field : field.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed, SyntaxFactory.ElasticLineFeed)));
    }

    private static string FreeName(ClassDeclarationSyntax type, string wanted)
    {
        var taken = new HashSet<string>(type.DescendantTokens().Select(token => token.ValueText));
        return Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? wanted : wanted + number).First(name => !taken.Contains(name));
    }

    // What the block awaits, or reads from the console, is what the timer ticks for.
    private static SyntaxNode? UsedInBlock(ExpressionSyntax expression, IOperation created, TimerTypes types, SyntaxNode root)
    {
        var holding = types.Ownership.Follow(created);
        if (holding.Fate != Fate.Kept
            || holding.Locals.Count != 1
            || References.Of(holding.Locals[0], created).Any(reference => reference.Function() != created.Function() || reference.Parent is IAssignmentOperation { Target: var target } && target == reference)
            || expression.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is not { } declaration)
        {
            return null;
        }

        var after = declaration.Parent switch
        {
            BlockSyntax block => block.Statements.SkipWhile(each => each != declaration).Skip(1),
            GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } global => unit.Members.OfType<GlobalStatementSyntax>().SkipWhile(each => each != global).Skip(1).Select(each => each.Statement),
            _ => [],
        };
        var waits = after.SelectMany(each => each.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
            .Any(node => node is AwaitExpressionSyntax or InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ReadLine" or "ReadKey" or "Wait" or "WaitOne" or "Join" or "Sleep" or "Run" },
            });
        return waits ? Scopes.DeclareUsing(expression, holding, root) : null;
    }
}
