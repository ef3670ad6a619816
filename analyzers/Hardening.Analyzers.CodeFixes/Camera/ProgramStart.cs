namespace Hardening.Analyzers.Camera;

/// <summary>The place where a program begins: its top-level statements, or its Main.</summary>
internal sealed class ProgramStart
{
    private readonly Document _document;
    private readonly SyntaxNode _root;
    private readonly SyntaxNode _entry;
    private readonly string _statement;

    private ProgramStart(Document document, SyntaxNode root, SyntaxNode entry, string statement) => (_document, _root, _entry, _statement) = (document, root, entry, statement);

    /// <summary>Null for a library, and where the beginning is not written here.</summary>
    public static async Task<ProgramStart?> OfAsync(Project project, CancellationToken cancellationToken)
    {
        if (await project.GetCompilationAsync(cancellationToken).ConfigureAwait(false) is not { } compilation
            || compilation.GetEntryPoint(cancellationToken)?.DeclaringSyntaxReferences.FirstOrDefault() is not { } declared
            || project.GetDocument(declared.SyntaxTree) is not { } document)
        {
            return null;
        }

        var entry = await declared.GetSyntaxAsync(cancellationToken).ConfigureAwait(false);
        var root = await declared.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        return PositionIn(entry) is { } position && StatementFor(compilation, compilation.GetSemanticModel(declared.SyntaxTree), position) is { } statement
            ? new ProgramStart(document, root, entry, statement)
            : null;
    }

    public Solution SetThreads() => _document.WithSyntaxRoot(Edited()).Project.Solution;

    private static int? PositionIn(SyntaxNode entry) => entry switch
    {
        CompilationUnitSyntax unit => unit.Members.OfType<GlobalStatementSyntax>().FirstOrDefault()?.SpanStart,
        MethodDeclarationSyntax { Body: { } body } => body.OpenBraceToken.Span.End,
        MethodDeclarationSyntax { ExpressionBody: { Expression: not ThrowExpressionSyntax } arrow } => arrow.Expression.SpanStart,
        _ => null,
    };

    private static string? StatementFor(Compilation compilation, SemanticModel model, int position) =>
        compilation.GetTypeByMetadataName("OpenCvSharp.Cv2") is { } sharp ? $"{NameAt(sharp, model, position)}.SetNumThreads(1);"
        : compilation.GetTypeByMetadataName("Emgu.CV.CvInvoke") is { } emgu ? $"{NameAt(emgu, model, position)}.NumThreads = 1;"
        : null;

    private static string NameAt(INamedTypeSymbol type, SemanticModel model, int position) => type.ToMinimalDisplayString(model, position);

    private SyntaxNode Edited()
    {
        var first = _entry switch
        {
            CompilationUnitSyntax unit => unit.Members.OfType<GlobalStatementSyntax>().First().Statement,
            MethodDeclarationSyntax { Body.Statements: { Count: > 0 } statements } => statements[0],
            _ => null,
        };
        if (first is not null)
        {
            return Scopes.InsertBefore(_root, first, [_statement]);
        }

        var method = (MethodDeclarationSyntax)_entry;
        var line = Scopes.LineEnd(_root);
        var setting = SyntaxFactory.ParseStatement(_statement).WithTrailingTrivia(line);
        if (method.Body is { } body)
        {
            return _root.ReplaceNode(body, body
                .WithOpenBraceToken(body.OpenBraceToken.WithTrailingTrivia(line))
                .WithStatements([setting])
                .WithAdditionalAnnotations(Formatter.Annotation));
        }

        return _root.ReplaceNode(method, WithBlock(method, setting, line));
    }

    // static int Main() => Run(); becomes { …; return Run(); }
    private static MethodDeclarationSyntax WithBlock(MethodDeclarationSyntax method, StatementSyntax setting, SyntaxTrivia line)
    {
        var arrow = method.ExpressionBody!;
        var returnsNothing = method.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
            || method.Modifiers.Any(SyntaxKind.AsyncKeyword) && method.ReturnType is not GenericNameSyntax and not QualifiedNameSyntax { Right: GenericNameSyntax };
        var expression = arrow.Expression.WithoutTrivia();
        StatementSyntax rest = returnsNothing
            ? SyntaxFactory.ExpressionStatement(expression)
            : SyntaxFactory.ReturnStatement(SyntaxFactory.Token(SyntaxKind.ReturnKeyword).WithTrailingTrivia(SyntaxFactory.Space), expression, SyntaxFactory.Token(SyntaxKind.SemicolonToken));
        var block = SyntaxFactory.Block(setting, rest.WithTrailingTrivia(line));
        return method
            .WithExpressionBody(null)
            .WithSemicolonToken(default)
            .WithParameterList(method.ParameterList.WithTrailingTrivia(line))
            .WithBody(block
                .WithOpenBraceToken(block.OpenBraceToken.WithTrailingTrivia(line))
                .WithCloseBraceToken(block.CloseBraceToken.WithTrailingTrivia(method.SemicolonToken.TrailingTrivia)))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }
}
