using Hardening.Analyzers.Facts;
using Hardening.Analyzers.Threads;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Camera;

/// <summary>A bounded channel where a ConcurrentQueue was, whose uses all have a twin: Enqueue, TryDequeue, Count.</summary>
internal sealed class ChannelInPlace(VariableDeclaratorSyntax variable, List<MemberAccessExpressionSyntax> uses)
{
    private const string Channels = "global::System.Threading.Channels.";

    public static ChannelInPlace? Of(VariableDeclaratorSyntax variable, SemanticModel model, CancellationToken cancellationToken)
    {
        if (variable is not { Parent: VariableDeclarationSyntax { Variables.Count: 1 }, Initializer.Value: BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList: null or { Arguments.Count: 0 } } }
            || model.GetDeclaredSymbol(variable, cancellationToken) is not { } symbol
            || symbol is IFieldSymbol && !MemberUses.AreAllIn(model.SyntaxTree, symbol)
            || symbol is not (IFieldSymbol { Type.Name: "ConcurrentQueue" } or ILocalSymbol { Type.Name: "ConcurrentQueue" }))
        {
            return null;
        }

        var uses = new List<MemberAccessExpressionSyntax>();
        foreach (var name in Mentions.Of(symbol.Name, model.SyntaxTree).Where(name => SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellationToken).Symbol, symbol)))
        {
            ExpressionSyntax queue = name.Parent is MemberAccessExpressionSyntax outer && outer.Name == name ? outer : name;
            if (queue.Parent is not MemberAccessExpressionSyntax access || access.Expression != queue || !HasTwin(access))
            {
                return null;
            }

            uses.Add(access);
        }

        return new ChannelInPlace(variable, uses);
    }

    public SyntaxNode Replace(SyntaxNode root, string capacity, string drop)
    {
        var declaration = (VariableDeclarationSyntax)variable.Parent!;
        var made = (BaseObjectCreationExpressionSyntax)variable.Initializer!.Value;
        var element = declaration.Type.DescendantNodesAndSelf().Concat(made.DescendantNodes()).OfType<GenericNameSyntax>().First().TypeArgumentList;
        var created = SyntaxFactory.ParseExpression(
            $"{Channels}Channel.CreateBounded{element.WithoutTrivia()}(new {Channels}BoundedChannelOptions({capacity}) {{ FullMode = {Channels}BoundedChannelFullMode.DropOldest }}, {drop})");
        var type = SyntaxFactory.ParseTypeName($"{Channels}Channel{element.WithoutTrivia()}").WithAdditionalAnnotations(Simplifier.Annotation);
        return root.ReplaceNodes(uses.Cast<SyntaxNode>().Append(made).Append(declaration.Type), (old, changed) =>
            old == made ? BoundedQueues.Short(created).WithTriviaFrom(old)
            : old == declaration.Type ? declaration.Type.IsVar ? changed : type.WithTriviaFrom(old)
            : Twin((MemberAccessExpressionSyntax)changed));
    }

    private static bool HasTwin(MemberAccessExpressionSyntax use) => (use.Name.Identifier.ValueText, use.Parent) switch
    {
        ("Enqueue", InvocationExpressionSyntax { Parent: ExpressionStatementSyntax or ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax { ReturnType: PredefinedTypeSyntax } or LocalFunctionStatementSyntax { ReturnType: PredefinedTypeSyntax } } }) => true,
        ("TryDequeue" or "TryPeek", InvocationExpressionSyntax) => true,
        ("Count", not InvocationExpressionSyntax) => true,
        _ => false,
    };

    private static MemberAccessExpressionSyntax Twin(MemberAccessExpressionSyntax use)
    {
        var (end, member) = use.Name.Identifier.ValueText switch
        {
            "Enqueue" => ("Writer", "TryWrite"),
            "TryDequeue" => ("Reader", "TryRead"),
            var same => ("Reader", same),
        };
        return use
            .WithExpression(SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, use.Expression, SyntaxFactory.IdentifierName(end)))
            .WithName(SyntaxFactory.IdentifierName(member).WithTriviaFrom(use.Name));
    }
}
