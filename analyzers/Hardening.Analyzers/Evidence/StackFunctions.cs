using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Evidence;

/// <summary>The functions of a file, by the names that they have on stacks.</summary>
internal sealed class StackFunctions
{
    // Of the trees that reports name, from one compilation to the next.
    private static readonly ConditionalWeakTable<SyntaxTree, StackFunctions> Known = new();

    private readonly ILookup<string, StackFunction> _byName;

    private StackFunctions(SyntaxTree tree)
    {
        var found = new List<StackFunction>();
        Collect(tree.GetRoot(), "", found);
        _byName = found.ToLookup(function => function.Name, StringComparer.Ordinal);
    }

    public static StackFunctions Of(SyntaxTree tree) => Known.GetValue(tree, key => new StackFunctions(key));

    public IEnumerable<StackFunction> Named(string method)
    {
        var name = StackName.Normal(method);
        return _byName.Contains(name) ? _byName[name] : _byName.Where(group => group.Any(function => function.IsExplicit(name))).SelectMany(group => group);
    }

    /// <summary>All whose code is at a line.</summary>
    public IEnumerable<StackFunction> At(int line) => _byName.SelectMany(group => group).Where(function => function.Has(line));

    private static void Collect(SyntaxNode node, string path, List<StackFunction> found)
    {
        var globals = new List<SyntaxNode>();
        foreach (var child in node.ChildNodes())
        {
            switch (child)
            {
                case BaseNamespaceDeclarationSyntax space:
                    Collect(space, path + string.Concat(space.Name.ToString().Where(c => !char.IsWhiteSpace(c))) + ".", found);
                    break;
                case TypeDeclarationSyntax { Identifier.ValueText: "" } extensions: // its members are the class's
                    Collect(extensions, path, found);
                    break;
                case BaseTypeDeclarationSyntax type:
                    AddConstruction(type as TypeDeclarationSyntax, path + type.Identifier.ValueText, found);
                    Collect(type, path + type.Identifier.ValueText + ".", found);
                    break;
                case GlobalStatementSyntax global:
                    globals.Add(global);
                    break;
                case MemberDeclarationSyntax:
                    AddMember(child, path, found);
                    break;
            }
        }

        if (globals.Count > 0)
        {
            Add($"Program.{StackName.Main}", globals, null, found);
        }
    }

    // Constructors, and the initializers that run in them.
    private static void AddConstruction(TypeDeclarationSyntax? type, string path, List<StackFunction> found)
    {
        foreach (var isStatic in type is null ? [] : (bool[])[false, true])
        {
            var initializers = type!.Members.Where(member => Initializer(member) is not null && member.Modifiers.Any(SyntaxKind.StaticKeyword) == isStatic).SelectMany(Initializers).ToList();
            var constructors = type.Members.OfType<ConstructorDeclarationSyntax>().Where(constructor => constructor.Modifiers.Any(SyntaxKind.StaticKeyword) == isStatic).ToList();
            var name = path + (isStatic ? "..cctor" : "..ctor");
            foreach (var constructor in constructors)
            {
                Add(name, [.. initializers, constructor], null, found);
            }

            if (constructors.Count == 0 && initializers.Count > 0)
            {
                Add(name, initializers, null, found);
            }
        }
    }

    private static SyntaxNode? Initializer(MemberDeclarationSyntax member) => Initializers(member).FirstOrDefault();

    private static IEnumerable<SyntaxNode> Initializers(MemberDeclarationSyntax member) => member switch
    {
        BaseFieldDeclarationSyntax fields => fields.Declaration.Variables.Where(variable => variable.Initializer is not null),
        PropertyDeclarationSyntax { Initializer: { } initializer } => [initializer],
        _ => [],
    };

    private static void AddMember(SyntaxNode member, string path, List<StackFunction> found)
    {
        switch (member)
        {
            case MethodDeclarationSyntax method:
                Add(path + method.Identifier.ValueText, [method], Prefix(method.ExplicitInterfaceSpecifier), found);
                break;
            case DestructorDeclarationSyntax:
                Add(path + "Finalize", [member], null, found);
                break;
            case OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax:
                foreach (var name in OperatorNames(member))
                {
                    Add(path + name, [member], null, found);
                }

                break;
            case BasePropertyDeclarationSyntax property:
                AddAccessors(property, path, found);
                break;
        }
    }

    private static void AddAccessors(BasePropertyDeclarationSyntax property, string path, List<StackFunction> found)
    {
        var name = property switch
        {
            PropertyDeclarationSyntax plain => plain.Identifier.ValueText,
            EventDeclarationSyntax raised => raised.Identifier.ValueText,
            _ => "Item",
        };
        var explicitly = Prefix(property.ExplicitInterfaceSpecifier);
        foreach (var accessor in property.AccessorList?.Accessors ?? default)
        {
            var kind = accessor.Kind() switch
            {
                SyntaxKind.GetAccessorDeclaration => "get_",
                SyntaxKind.AddAccessorDeclaration => "add_",
                SyntaxKind.RemoveAccessorDeclaration => "remove_",
                _ => "set_",
            };
            Add(path + kind + name, [accessor], explicitly, found);
        }

        if (property is PropertyDeclarationSyntax { ExpressionBody: { } ofProperty })
        {
            Add(path + "get_" + name, [ofProperty], explicitly, found);
        }
        else if (property is IndexerDeclarationSyntax { ExpressionBody: { } ofIndexer })
        {
            Add(path + "get_" + name, [ofIndexer], explicitly, found);
        }
    }

    // Which operator it is does not matter: what is in it is told apart as in overloads.
    private static IEnumerable<string> OperatorNames(SyntaxNode node) => node is ConversionOperatorDeclarationSyntax conversion
        ? [conversion.ImplicitOrExplicitKeyword.IsKind(SyntaxKind.ImplicitKeyword) ? "op_Implicit" : "op_Explicit"]
        : ((OperatorDeclarationSyntax)node).OperatorToken.Kind() switch
        {
            SyntaxKind.PlusToken => ["op_Addition", "op_UnaryPlus"],
            SyntaxKind.MinusToken => ["op_Subtraction", "op_UnaryNegation"],
            SyntaxKind.AsteriskToken => ["op_Multiply"],
            SyntaxKind.SlashToken => ["op_Division"],
            SyntaxKind.EqualsEqualsToken => ["op_Equality"],
            SyntaxKind.ExclamationEqualsToken => ["op_Inequality"],
            _ => [],
        };

    private static string? Prefix(ExplicitInterfaceSpecifierSyntax? specifier) => specifier?.Name switch
    {
        null => null,
        QualifiedNameSyntax { Right: var right } => right.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        AliasQualifiedNameSyntax { Name: var name } => name.Identifier.ValueText,
        _ => null,
    };

    // The function itself, and the lambdas and local functions in it, which bear its name before theirs.
    private static void Add(string name, IReadOnlyList<SyntaxNode> parts, string? explicitly, List<StackFunction> found)
    {
        found.Add(new StackFunction(name, parts, explicitly));
        foreach (var inner in parts.SelectMany(part => part.DescendantNodes()))
        {
            switch (inner)
            {
                case AnonymousFunctionExpressionSyntax lambda:
                    found.Add(new StackFunction(name + ".lambda", [lambda], explicitly));
                    break;
                case LocalFunctionStatementSyntax local:
                    found.Add(new StackFunction($"{name}.{local.Identifier.ValueText}", [local], explicitly));
                    break;
            }
        }
    }
}
