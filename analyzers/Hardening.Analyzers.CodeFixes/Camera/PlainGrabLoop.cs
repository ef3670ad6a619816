using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Camera;

/// <summary>A loop that reads into one image, leaves or goes on when there is none, and then works: its parts as text, comments and all.</summary>
internal sealed class PlainGrabLoop
{
    private PlainGrabLoop(WhileStatementSyntax loop, LocalDeclarationStatementSyntax declaration, string imageType, string capture)
    {
        Loop = loop;
        Declaration = declaration;
        ImageType = imageType;
        Capture = capture;
        Frame = declaration.Declaration.Variables[0].Identifier.ValueText;
    }

    public WhileStatementSyntax Loop { get; }

    /// <summary>Of the image; nothing but the loop needs it.</summary>
    public LocalDeclarationStatementSyntax Declaration { get; }

    public string ImageType { get; }

    public string Capture { get; }

    public string Frame { get; }

    /// <summary>Of the loop; null where it goes on for ever, or as long as there are frames.</summary>
    public string? Condition { get; private set; }

    /// <summary>What is done without a frame: at least a jump.</summary>
    public string WithoutFrame { get; private set; } = "break;";

    public string Work { get; private set; } = "";

    public static PlainGrabLoop? Of(WhileStatementSyntax loop, Captures captures, SemanticModel model, CancellationToken cancellationToken)
    {
        if (loop is not { Statement: BlockSyntax { Statements: { Count: > 0 } statements } body, Parent: BlockSyntax or GlobalStatementSyntax })
        {
            return null;
        }

        // while (camera.Read(frame)) { … }
        if (ReadOf(loop.Condition, captures, model) is { } asked)
        {
            return Create(loop, asked, [.. statements], body, model, cancellationToken);
        }

        // while (…) { if (!camera.Read(frame)) { break; } … }
        var first = statements[0] is LocalDeclarationStatementSyntax && statements.Count > 1 ? 1 : 0;
        if (statements[first] is not IfStatementSyntax { Else: null, Condition: PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var operand } } choice
            || ReadOf(operand, captures, model) is not { } read
            || !Jumps(choice.Statement)
            || Create(loop, read, [.. statements.Skip(first + 1)], body, model, cancellationToken) is not { } plain
            || first == 1 != (plain.Declaration == statements[0])
            || choice.Statement.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == plain.Frame))
        {
            return null;
        }

        plain.Condition = loop.Condition.IsKind(SyntaxKind.TrueLiteralExpression) ? null
            : loop.Condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } or ConditionalExpressionSyntax or AssignmentExpressionSyntax ? $"({loop.Condition})"
            : loop.Condition.ToString();
        plain.WithoutFrame = choice.Statement is BlockSyntax block ? Text(block.Statements, block) : choice.Statement.ToFullString().Trim();
        return plain;
    }

    // With the comments between the statements and before the brace.
    private static string Text(IEnumerable<StatementSyntax> statements, BlockSyntax block) =>
        (string.Concat(statements.Select(each => each.ToFullString())) + block.CloseBraceToken.LeadingTrivia.ToFullString()).Trim();

    private static Grab? ReadOf(ExpressionSyntax expression, Captures captures, SemanticModel model) =>
        model.GetOperation(expression) is IInvocationOperation { TargetMethod.Name: "Read", Instance: not null } call && captures.GrabOf(call) is { IsVendor: false, Image: ILocalReferenceOperation } grab ? grab : null;

    private static PlainGrabLoop? Create(WhileStatementSyntax loop, Grab read, List<StatementSyntax> work, BlockSyntax body, SemanticModel model, CancellationToken cancellationToken)
    {
        var frame = ((ILocalReferenceOperation)read.Image!).Local;
        if (work.Count == 0
            || frame.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is not VariableDeclaratorSyntax
            {
                Initializer.Value: BaseObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 }, Initializer: null },
                Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration },
            }
            || References.Of(frame, read.Call).Any(use => !loop.Span.Contains(use.Syntax.Span)
                || use.Parent is IInvocationOperation { TargetMethod.Name: "Dispose" or "Release" } or IUsingOperation
                || use.Parent is IAssignmentOperation { Target: var target } && target == use)
            || !MayMove(work, loop, frame, model))
        {
            return null;
        }

        return new PlainGrabLoop(loop, declaration, frame.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToMinimalDisplayString(model, loop.SpanStart), read.Call.Instance!.Syntax.ToString())
        {
            Work = Text(work, body),
        };
    }

    // It neither leaves the loop, shows a window (they belong to one thread), nor shares a variable with the loop that either writes.
    private static bool MayMove(List<StatementSyntax> work, WhileStatementSyntax loop, ILocalSymbol frame, SemanticModel model)
    {
        if (work.SelectMany(each => each.DescendantNodesAndSelf(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))).Any(node =>
                node is BreakStatementSyntax or ContinueStatementSyntax or ReturnStatementSyntax or GotoStatementSyntax or YieldStatementSyntax or LocalFunctionStatementSyntax
                || node is IdentifierNameSyntax { Identifier.ValueText: "ImShow" or "Imshow" or "ShowImage" or "WaitKey" or "WaitKeyEx" })
            || loop.Ancestors().Any(outer => outer is MethodDeclarationSyntax method && method.DescendantNodes().Any(node => node is YieldStatementSyntax)))
        {
            return false;
        }

        if (model.AnalyzeDataFlow(work[0], work[work.Count - 1]) is not { Succeeded: true } flow || model.AnalyzeDataFlow(loop) is not { Succeeded: true } all)
        {
            return false;
        }

        var declared = new HashSet<ISymbol>(flow.VariablesDeclared, SymbolEqualityComparer.Default);
        bool IsOther(ISymbol symbol) => !declared.Contains(symbol) && !SymbolEqualityComparer.Default.Equals(symbol, frame);
        return !flow.WrittenInside.Any(IsOther)
            && !flow.ReadInside.Where(IsOther).Any(read => read is IParameterSymbol { RefKind: not RefKind.None } || all.WrittenInside.Contains(read, SymbolEqualityComparer.Default))
            && !flow.DataFlowsOut.Any(IsOther);
    }

    private static bool Jumps(StatementSyntax statement) => statement switch
    {
        BreakStatementSyntax or ContinueStatementSyntax or ReturnStatementSyntax or ThrowStatementSyntax => true,
        BlockSyntax { Statements: { Count: > 0 } all } => Jumps(all[all.Count - 1]),
        _ => false,
    };
}
