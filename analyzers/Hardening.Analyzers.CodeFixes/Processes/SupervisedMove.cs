using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Processes;

/// <summary>
/// Changes <c>Process</c> to the runtime's <c>SupervisedProcess</c>: of a local, or of a field with all children that it gets.
/// Only where the compilation has that type, every member that is used has a twin there, and the new owner ends the child.
/// </summary>
internal static class SupervisedMove
{
    /// <summary>Equal for all rules, so that Fix All moves them together.</summary>
    public const string Key = "SupervisedProcess";

    private const string Supervised = "global::" + RuntimeTypes.SupervisedProcess;

    /// <summary>The same, for the start of a child that a diagnostic underlines, in part or whole.</summary>
    public static (string Title, SyntaxNode Root)? At(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken) =>
        reported.AncestorsAndSelf().OfType<ExpressionSyntax>().FirstOrDefault(node => node is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax) is { } expression
        && ProcessTypes.Of(model.Compilation) is { } types
        && model.GetOperation(expression, cancellationToken) is { } created
            ? Of(created, model, types, cancellationToken)
            : null;

    /// <summary>The title and the edited document; null where the move is not right.</summary>
    public static (string Title, SyntaxNode Root)? Of(IOperation created, SemanticModel model, ProcessTypes types, CancellationToken cancellationToken) =>
        Move(created, asked: null, model, types, cancellationToken);

    /// <summary>The same, for a child that is asked to end: the request becomes <c>await child.StopAsync()</c>, which asks, waits, and kills. Only where it can be awaited.</summary>
    /// <param name="asked">The request, a statement of its own.</param>
    /// <param name="child">The local or the member that holds the child.</param>
    /// <param name="model">Of the document.</param>
    /// <param name="types">What a Process is.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static (string Title, SyntaxNode Root)? OfAsked(InvocationExpressionSyntax asked, IOperation child, SemanticModel model, ProcessTypes types, CancellationToken cancellationToken)
    {
        if (asked.Parent is not ExpressionStatementSyntax || !Awaits.IsAsync(Awaits.FunctionAround(asked)) || !Awaits.IsAllowedAt(asked, model))
        {
            return null;
        }

        var values = child switch
        {
            ILocalReferenceOperation { Local: var local } => LocalSources.Of(local, child),
            IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation } member =>
                MemberUses.Of(member.Member, model).Select(MemberUses.WrittenBy).Append(MemberUses.Initial(member.Member, model)),
            _ => [],
        };
        return values.Where(value => value is not null).SelectMany(value => value!.DescendantsAndSelf()).FirstOrDefault(types.IsStart) is { } created
            && Move(created, (asked, child.Syntax), model, types, cancellationToken) is var (_, moved)
                ? ("Move to SupervisedProcess and end the child with StopAsync", moved)
                : null;
    }

    private static (string Title, SyntaxNode Root)? Move(IOperation created, (InvocationExpressionSyntax Call, SyntaxNode Child)? asked, SemanticModel model, ProcessTypes types, CancellationToken cancellationToken)
    {
        if (RuntimeTypes.SupervisedProcessOf(model.Compilation) is null
            || !types.IsStart(created)
            || SupervisedFamily.Of(created, model, types) is not { } family
            || !family.Creations.ContainsKey(created.Syntax)
            || HasCastSender(family, types))
        {
            return null;
        }

        var root = model.SyntaxTree.GetRoot(cancellationToken);
        var changes = new SupervisedChanges(root);
        if (!family.Creations.All(creation => changes.Start(creation.Value.Operation, creation.Value.Variable, family, types, model)) || !family.Variables.All(changes.Retype))
        {
            return null;
        }

        changes.Rename(family.Calls("Close"));
        if (asked is var (call, child))
        {
            changes.Stop(call, child);
        }

        var title = "Move to SupervisedProcess, which ends the child with its descendants when it is disposed";
        Func<ClassDeclarationSyntax, ClassDeclarationSyntax>? dispose = null;
        if (family.Member is { } member)
        {
            if (!family.IsEnded)
            {
                if (SupervisedOwner.Of(member, root, model, cancellationToken) is not { } owner)
                {
                    return null;
                }

                dispose = owner.Dispose;
                title = owner.Title;
            }
        }
        else if (family.Variables.Count != 1 || !changes.Use(created, isStopped: asked is not null, types, model))
        {
            return null;
        }

        var edited = changes.Apply(dispose);
        edited = Imported(edited, model, created.Syntax.SpanStart);
        return Awaits.StillCompiles(model, edited, cancellationToken) ? (title, edited) : null;
    }

    // A handler that casts its sender to Process compiles on, and fails when it runs.
    private static bool HasCastSender(SupervisedFamily family, ProcessTypes types) =>
        family.Users.Any(user => user is IEventReferenceOperation)
        && family.Creations.Values.First().Operation is var created
        && (created.Syntax.FirstAncestorOrSelf<TypeDeclarationSyntax>() ?? created.Syntax.SyntaxTree.GetRoot()) is var around
        && around.DescendantNodes().Any(node =>
            node is CastExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AsExpression or (int)SyntaxKind.IsExpression } or DeclarationPatternSyntax or RecursivePatternSyntax { Type: not null } or TypePatternSyntax
            && node.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => types.IsProcess(created.SemanticModel?.GetSymbolInfo(name).Symbol as ITypeSymbol)));

    // Only where the file has a list of namespaces to put it into; else the name is written in full.
    private static SyntaxNode Imported(SyntaxNode root, SemanticModel model, int position)
    {
        var dot = RuntimeTypes.SupervisedProcess.LastIndexOf('.');
        var (space, name) = (RuntimeTypes.SupervisedProcess.Substring(0, dot), RuntimeTypes.SupervisedProcess.Substring(dot + 1));
        if (root is not CompilationUnitSyntax { Usings: { Count: > 0 } usings } unit || !model.LookupNamespacesAndTypes(position, name: name).IsEmpty)
        {
            return root;
        }

        var after = usings.LastIndexOf(each => each is { Alias: null, StaticKeyword.RawKind: 0, GlobalKeyword.RawKind: 0 } && string.CompareOrdinal(Sorted(each.Name!.ToString()), space) < 0);
        if (usings.FirstOrDefault() is { GlobalKeyword.RawKind: not 0 } || after < 0)
        {
            return root;
        }

        var added = SyntaxFactory.UsingDirective(SyntaxFactory.ParseName(space))
            .WithUsingKeyword(SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(SyntaxFactory.Space));
        var before = usings[after];
        var sameLine = !before.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia);
        return unit.WithUsings(usings
            .Replace(before, sameLine ? before.WithTrailingTrivia(SyntaxFactory.Space) : before)
            .Insert(after + 1, added.WithTrailingTrivia(before.GetTrailingTrivia().Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia) || sameLine))));

        // Those of the system come first.
        static string Sorted(string name) => name == "System" || name.StartsWith("System.", StringComparison.Ordinal) ? "" : name;
    }

    /// <summary>The new type's name, to be shortened where it can be.</summary>
    internal static TypeSyntax Type() => SyntaxFactory.ParseTypeName(Supervised).WithAdditionalAnnotations(Simplifier.Annotation);

    /// <summary><c>SupervisedProcess.Start(…)</c></summary>
    internal static ExpressionSyntax Start(ExpressionSyntax startInfo)
    {
        var call = (InvocationExpressionSyntax)SyntaxFactory.ParseExpression($"{Supervised}.Start(x)");
        var access = (MemberAccessExpressionSyntax)call.Expression;
        return call
            .WithExpression(access.WithExpression(access.Expression.WithAdditionalAnnotations(Simplifier.Annotation)))
            .WithArgumentList(call.ArgumentList.WithArguments([SyntaxFactory.Argument(startInfo.WithoutTrivia())]));
    }
}
