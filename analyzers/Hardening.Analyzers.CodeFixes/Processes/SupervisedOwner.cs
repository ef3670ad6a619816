namespace Hardening.Analyzers.Processes;

/// <summary>How the class that keeps a supervised child comes to end it: in the method that it has for that, or in a new DisposeAsync.</summary>
internal sealed class SupervisedOwner
{
    private SupervisedOwner(string title, Func<ClassDeclarationSyntax, ClassDeclarationSyntax> dispose) => (Title, Dispose) = (title, dispose);

    public string Title { get; }

    /// <summary>The edit of the class.</summary>
    public Func<ClassDeclarationSyntax, ClassDeclarationSyntax> Dispose { get; }

    /// <summary>Null for a static member, and for a class that disposes in a way that cannot be added to.</summary>
    public static SupervisedOwner? Of(ISymbol member, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (member.IsStatic
            || root.FindNode(member.DeclaringSyntaxReferences[0].Span).FirstAncestorOrSelf<TypeDeclarationSyntax>() is not ClassDeclarationSyntax type
            || model.GetDeclaredSymbol(type, cancellationToken) is not { } symbol)
        {
            return null;
        }

        var mayBeNull = member is not IFieldSymbol { IsReadOnly: true, NullableAnnotation: not NullableAnnotation.Annotated };
        var title = $"Move '{member.Name}' to SupervisedProcess and end it with its owner";
        if (DisposeAsyncOf(type) is { } async)
        {
            return async.Modifiers.Any(SyntaxKind.AsyncKeyword) && async.Body is not null
                ? new(title, changed => changed.ReplaceNode(DisposeAsyncOf(changed)!, WithFirst(DisposeAsyncOf(changed)!, member.Name, mayBeNull)))
                : null;
        }

        if (Disposal.Of(type, symbol) is not { } disposal)
        {
            return null;
        }

        return !disposal.ChangesType
            ? new(title, changed => disposal.Add(changed, member.Name, mayBeNull))
            : symbol.AllInterfaces.Any(implemented => implemented.Name == "IAsyncDisposable")
                ? null
                : new(
                    $"Move '{member.Name}' to SupervisedProcess and implement IAsyncDisposable to end it",
                    changed => Disposal.WithBase(
                        Disposal.WithMember(
                            changed,
                            $"public {ValueTask(model, type)} DisposeAsync() => {member.Name}{(mayBeNull ? "?.DisposeAsync() ?? default" : ".DisposeAsync()")};\n"),
                        "global::System.IAsyncDisposable"));
    }

    private static MethodDeclarationSyntax? DisposeAsyncOf(ClassDeclarationSyntax type) =>
        type.Members.OfType<MethodDeclarationSyntax>().FirstOrDefault(method => method is { Identifier.ValueText: "DisposeAsync", ParameterList.Parameters.Count: 0 });

    private static MethodDeclarationSyntax WithFirst(MethodDeclarationSyntax method, string member, bool mayBeNull)
    {
        var text = mayBeNull ? $"if ({member} is not null)\n{{\nawait {member}.DisposeAsync();\n}}\n" : $"await {member}.DisposeAsync();";
        var first = SyntaxFactory.ParseStatement(text).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        return method.WithBody(method.Body!.WithStatements(method.Body.Statements.Insert(0, first)));
    }

    private static string ValueTask(SemanticModel model, SyntaxNode at) =>
        model.LookupNamespacesAndTypes(at.SpanStart, name: "ValueTask").IsEmpty ? "System.Threading.Tasks.ValueTask" : "ValueTask";
}
