using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers;

/// <summary>How a class comes to dispose one more field: in the method that it has for that, or in a new one.</summary>
internal sealed class Disposal
{
    private readonly Kind _kind;

    private Disposal(Kind kind) => _kind = kind;

    private enum Kind
    {
        InDispose,
        InDisposeOfDisposing,
        OverrideDispose,
        OverrideDisposeOfDisposing,
        Implement,
    }

    /// <summary>The class becomes disposable: whoever makes one has to dispose it.</summary>
    public bool ChangesType => _kind == Kind.Implement;

    /// <summary>Null where the class is not all in sight, or disposes in a way that cannot be added to.</summary>
    public static Disposal? Of(ClassDeclarationSyntax declaration, INamedTypeSymbol type)
    {
        if (type is { IsStatic: true } or { IsRecord: true } || type.DeclaringSyntaxReferences.Length != 1)
        {
            return null;
        }

        var disposes = declaration.Members.OfType<MethodDeclarationSyntax>().Where(method => method.Identifier.ValueText == "Dispose" && !method.Modifiers.Any(SyntaxKind.StaticKeyword)).ToList();
        if (disposes.Find(IsOfDisposing) is { } full)
        {
            return TestOf(full) is not null ? new Disposal(Kind.InDisposeOfDisposing) : null;
        }

        if (disposes.Count > 0)
        {
            return disposes.Exists(method => method.ParameterList.Parameters.Count == 0 && (method.Body ?? (SyntaxNode?)method.ExpressionBody) is not null) ? new Disposal(Kind.InDispose) : null;
        }

        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            foreach (var inherited in ancestor.GetMembers("Dispose").OfType<IMethodSymbol>())
            {
                if (inherited is { IsVirtual: true } or { IsOverride: true, IsSealed: false } && inherited.ReturnsVoid)
                {
                    switch (inherited)
                    {
                        case { Parameters: { Length: 1 } parameters, DeclaredAccessibility: Accessibility.Protected } when parameters[0].Type.SpecialType == SpecialType.System_Boolean:
                            return new Disposal(Kind.OverrideDisposeOfDisposing);
                        case { Parameters.IsEmpty: true, DeclaredAccessibility: Accessibility.Public } when !ancestor.GetMembers("Dispose").OfType<IMethodSymbol>().Any(other => other.Parameters.Length == 1):
                            return new Disposal(Kind.OverrideDispose);
                    }
                }
            }
        }

        var isDisposable = type.AllInterfaces.Any(implemented => implemented.SpecialType == SpecialType.System_IDisposable || implemented.Name == "IAsyncDisposable");
        return isDisposable || type.GetMembers("Dispose").Length > 0 ? null : new Disposal(Kind.Implement);
    }

    /// <summary>The class, of which other parts may have changed since, with <c>field?.Dispose()</c> in its place.</summary>
    public ClassDeclarationSyntax Add(ClassDeclarationSyntax type, string field, bool mayBeNull) => Add(type, $"{field}{(mayBeNull ? "?" : "")}.Dispose();");

    /// <summary>The same with any one statement, or several in braces where the class need not change for it.</summary>
    public ClassDeclarationSyntax Add(ClassDeclarationSyntax type, string call)
    {
        switch (_kind)
        {
            case Kind.InDispose:
                var dispose = type.Members.OfType<MethodDeclarationSyntax>().First(method => method.Identifier.ValueText == "Dispose" && method.ParameterList.Parameters.Count == 0);
                return type.ReplaceNode(dispose, WithFirst(dispose, call));
            case Kind.InDisposeOfDisposing:
                var test = TestOf(type.Members.OfType<MethodDeclarationSyntax>().First(IsOfDisposing))!;
                return type.ReplaceNode(test, test.WithStatement(First(test.Statement as BlockSyntax ?? SyntaxFactory.Block(test.Statement), call)));
            case Kind.OverrideDispose:
                return WithMember(type, $"public override void Dispose()\n{{\n{call}\nbase.Dispose();\n}}\n");
            case Kind.OverrideDisposeOfDisposing:
                return WithMember(type, $"protected override void Dispose(bool disposing)\n{{\nif (disposing)\n{{\n{call}\n}}\n\nbase.Dispose(disposing);\n}}\n");
            default:
                return WithBase(WithMember(type, $"public void Dispose() => {call}\n"), "global::System.IDisposable");
        }
    }

    private static bool IsOfDisposing(MethodDeclarationSyntax method) =>
        method.Identifier.ValueText == "Dispose" && method.ParameterList.Parameters.Count == 1 && method.ParameterList.Parameters[0].Type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.BoolKeyword };

    private static IfStatementSyntax? TestOf(MethodDeclarationSyntax dispose) =>
        dispose.Body?.Statements.OfType<IfStatementSyntax>().FirstOrDefault(test => test.Condition is IdentifierNameSyntax { Identifier.ValueText: var name } && name == dispose.ParameterList.Parameters[0].Identifier.ValueText);

    private static MethodDeclarationSyntax WithFirst(MethodDeclarationSyntax method, string call)
    {
        if (method.Body is { } body)
        {
            return method.WithBody(First(body, call));
        }

        var only = SyntaxFactory.ExpressionStatement(method.ExpressionBody!.Expression.WithoutTrivia()).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed);
        return method.WithExpressionBody(null).WithSemicolonToken(default)
            .WithParameterList(method.ParameterList.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed))
            .WithBody(First(SyntaxFactory.Block(only), call).WithTrailingTrivia(method.SemicolonToken.TrailingTrivia))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static BlockSyntax First(BlockSyntax block, string call) => block.WithStatements(block.Statements.InsertRange(0, Statements(call)));

    private static IEnumerable<StatementSyntax> Statements(string text) =>
        SyntaxFactory.ParseStatement(text) is BlockSyntax { Statements: var several }
            ? several.Select(each => each.WithAdditionalAnnotations(Formatter.Annotation))
            : [SyntaxFactory.ParseStatement(text).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation)];

    /// <summary>The class with one more member at its end.</summary>
    public static ClassDeclarationSyntax WithMember(ClassDeclarationSyntax type, string member)
    {
        var added = SyntaxFactory.ParseMemberDeclaration(member)!.WithAdditionalAnnotations(Formatter.Annotation);
        return type.WithMembers(type.Members.Add(type.Members.Count == 0 ? added : added.WithLeadingTrivia(SyntaxFactory.ElasticLineFeed)));
    }

    /// <summary><c>class C&lt;T&gt;(int x) : Base, IDisposable where T : class</c></summary>
    public static ClassDeclarationSyntax WithBase(ClassDeclarationSyntax type, string implemented)
    {
        var disposable = SyntaxFactory.SimpleBaseType(SyntaxFactory.ParseTypeName(implemented).WithAdditionalAnnotations(Simplifier.Annotation));
        if (type.BaseList is { Types: { Count: > 0 } types } list)
        {
            var last = types.Last();
            return type.WithBaseList(list.WithTypes(types
                .Replace(last, last.WithoutTrailingTrivia())
                .Add(disposable.WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(last.GetTrailingTrivia()))));
        }

        var end = type.ParameterList?.GetLastToken() ?? type.TypeParameterList?.GetLastToken() ?? type.Identifier;
        var added = SyntaxFactory.BaseList([disposable.WithTrailingTrivia(end.TrailingTrivia)])
            .WithColonToken(SyntaxFactory.Token(SyntaxFactory.TriviaList(SyntaxFactory.Space), SyntaxKind.ColonToken, SyntaxFactory.TriviaList(SyntaxFactory.Space)));
        return type.ReplaceToken(end, end.WithTrailingTrivia()).WithBaseList(added);
    }
}
