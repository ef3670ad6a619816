using System.Reflection;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Locks;

/// <summary>A move that is right: every place that takes the lock is in reach and moves with it.</summary>
internal sealed class GatePlan
{
    private readonly Solution _solution;
    private readonly ILookup<DocumentId, ExpressionSyntax> _locked;
    private readonly DocumentId _home;
    private readonly TypeDeclarationSyntax _part;
    private readonly string _name;
    private readonly MemberDeclarationSyntax _gate;

    private GatePlan(Solution solution, ILookup<DocumentId, ExpressionSyntax> locked, DocumentId home, TypeDeclarationSyntax part, string name, MemberDeclarationSyntax gate) =>
        (_solution, _locked, _home, _part, _name, _gate) = (solution, locked, home, part, name, gate);

    /// <summary>Null when the lock could still be taken by other code after the move, or when the type cannot have a gate.</summary>
    public static async Task<GatePlan?> OfAsync(GateMove move, Solution solution, CancellationToken cancellation)
    {
        if (solution.GetProject(move.Project) is not { } project
            || await project.GetCompilationAsync(cancellation).ConfigureAwait(false) is not { } compilation
            || OnlyTypeWith(move.Type, compilation) is not { } type
            || !CanHaveGate(type, move.Target.Kind, compilation))
        {
            return null;
        }

        var moved = new List<(DocumentId Document, LockSite Site)>();
        foreach (var document in await DocumentsThatSeeAsync(project, cancellation).ConfigureAwait(false))
        {
            foreach (var site in await LockSitesAsync(document, cancellation).ConfigureAwait(false))
            {
                var isOwn = document.Project.Id == project.Id && site.Target == move.Target && IsWithin(site.Enclosing, type);
                if (isOwn && document is not SourceGeneratedDocument)
                {
                    moved.Add((document.Id, site));
                }
                else if (isOwn || CanBeSame(site, move.Target, type))
                {
                    return null;
                }
            }
        }

        if (moved.Count == 0)
        {
            return null;
        }

        // The first part that locks, so that the place does not depend on where the fix was asked for.
        var home = moved.OrderBy(place => solution.GetDocument(place.Document)?.FilePath, StringComparer.Ordinal).ThenBy(place => place.Site.Expression.SpanStart).First();
        var part = home.Site.Expression.Ancestors().OfType<TypeDeclarationSyntax>()
            .First(declaration => type.DeclaringSyntaxReferences.Any(reference => reference.SyntaxTree == declaration.SyntaxTree && reference.Span == declaration.Span));
        var isStatic = move.Target.Kind != LockTargetKind.Instance;
        var name = FreeName(type, isStatic ? "s_gate" : "_gate");
        var options = (CSharpParseOptions)part.SyntaxTree.Options;
        var needsObject = moved.Any(place => place.Site.NeedsObject)
            || options.LanguageVersion < LanguageVersion.CSharp13
            || !await HaveLockAsync(solution.GetDocument(home.Document)!, cancellation).ConfigureAwait(false);
        var locked = moved.ToLookup(place => place.Document, place => place.Site.Expression);
        return new GatePlan(solution, locked, home.Document, part, name, Gate(part, isStatic, needsObject, name, options));
    }

    public async Task<Solution> ApplyAsync(CancellationToken cancellation)
    {
        var solution = _solution;
        foreach (var document in _locked)
        {
            var root = (await _solution.GetDocument(document.Key)!.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
            IEnumerable<SyntaxNode> changed = document.Key == _home ? [.. document, _part] : document;
            solution = solution.WithDocumentSyntaxRoot(document.Key, root.ReplaceNodes(changed, (old, current) => old == _part
                ? ((TypeDeclarationSyntax)current).WithMembers(((TypeDeclarationSyntax)current).Members.Insert(0, _gate))
                : SyntaxFactory.IdentifierName(_name).WithTriviaFrom(old)));
        }

        return solution;
    }

    // Two file-local types can have one id.
    private static INamedTypeSymbol? OnlyTypeWith(string id, Compilation compilation)
    {
        var types = DocumentationCommentId.GetSymbolsForDeclarationId(id, compilation).OfType<INamedTypeSymbol>()
            .Where(type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)).ToList();
        return types.Count == 1 ? types[0] : null;
    }

    private static bool CanHaveGate(INamedTypeSymbol type, LockTargetKind kind, Compilation compilation)
    {
        var isStatic = kind != LockTargetKind.Instance;
        var isSynchronized = BasesAndSelf(type).SelectMany(t => t.GetMembers()).OfType<IMethodSymbol>()
            .Any(method => method.IsStatic == isStatic && (method.MethodImplementationFlags & MethodImplAttributes.Synchronized) != 0);
        return !isSynchronized && kind switch
        {
            // Each constructed type would have a gate of its own, but the string is one.
            LockTargetKind.Text => type.TypeKind is TypeKind.Class or TypeKind.Struct && !BasesOut(type).Any(outer => outer.IsGenericType),
            LockTargetKind.Type => type.TypeKind is TypeKind.Class or TypeKind.Struct,
            // A record compares and copies its fields, a copy or a deserialized object would share the gate or have none,
            // and what derives from it elsewhere may lock on it too.
            _ => type is { TypeKind: TypeKind.Class, IsRecord: false }
                && !type.GetAttributes().Any(attribute => attribute.AttributeClass?.Name is "SerializableAttribute" or "DataContractAttribute" or "StructLayoutAttribute")
                && !type.DeclaringSyntaxReferences.Any(part => Identifiers(part).Contains("MemberwiseClone"))
                && !(compilation.Options.OutputKind == OutputKind.DynamicallyLinkedLibrary && CanBeDerivedFromElsewhere(type)),
        };
    }

    private static bool CanBeDerivedFromElsewhere(INamedTypeSymbol type) =>
        !type.IsSealed && IsVisible(type)
        && type.InstanceConstructors.Any(constructor => constructor.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal);

    private static bool IsVisible(INamedTypeSymbol type) =>
        BasesOut(type).All(outer => outer.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal);

    // Whether this place, which does not move, may take the lock that does.
    private static bool CanBeSame(LockSite site, LockTarget target, INamedTypeSymbol type) => site.CanBeAnything || target.Kind switch
    {
        LockTargetKind.Instance => site.StaticType is { SpecialType: not SpecialType.System_Object } other && AreRelated(other, type),
        LockTargetKind.Type => site.Target == target || (site.Target is null && site.StaticType is { Name: "Type", ContainingNamespace.Name: "System" }),
        _ => site.Target == target || (site.Target is null && site.StaticType is { SpecialType: SpecialType.System_String }),
    };

    private static bool AreRelated(ITypeSymbol other, INamedTypeSymbol type)
    {
        var (otherId, typeId) = (LockTarget.IdOf(other), LockTarget.IdOf(type));
        return BasesAndSelf(other).Any(t => LockTarget.IdOf(t) == typeId)
            || BasesAndSelf(type).Concat(type.AllInterfaces).Any(t => LockTarget.IdOf(t) == otherId);
    }

    private static bool IsWithin(INamedTypeSymbol? inner, INamedTypeSymbol type) => inner is not null && BasesOut(inner).Any(outer => SymbolEqualityComparer.Default.Equals(outer, type));

    private static IEnumerable<INamedTypeSymbol> BasesOut(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.ContainingType)
        {
            yield return t;
        }
    }

    private static IEnumerable<ITypeSymbol> BasesAndSelf(ITypeSymbol type)
    {
        for (var t = type; t is { SpecialType: not SpecialType.System_Object }; t = t.BaseType)
        {
            yield return t;
        }
    }

    private static async Task<IEnumerable<Document>> DocumentsThatSeeAsync(Project project, CancellationToken cancellation)
    {
        var solution = project.Solution;
        var projects = solution.GetProjectDependencyGraph().GetProjectsThatTransitivelyDependOnThisProject(project.Id).Append(project.Id).Select(id => solution.GetProject(id)!);
        var documents = await Task.WhenAll(projects.Select(async p => p.Documents.Concat(await p.GetSourceGeneratedDocumentsAsync(cancellation).ConfigureAwait(false)))).ConfigureAwait(false);
        return documents.SelectMany(document => document);
    }

    private static async Task<IEnumerable<LockSite>> LockSitesAsync(Document document, CancellationToken cancellation) =>
        await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is { } root && await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is { } model
            ? LockSite.AllIn(root, model, cancellation)
            : [];

    // A file that is built for several frameworks needs what all of them have.
    private static async Task<bool> HaveLockAsync(Document document, CancellationToken cancellation)
    {
        foreach (var id in document.GetLinkedDocumentIds().Add(document.Id))
        {
            var compilation = await document.Project.Solution.GetProject(id.ProjectId)!.GetCompilationAsync(cancellation).ConfigureAwait(false);
            if (compilation?.GetTypeByMetadataName("System.Threading.Lock") is not { DeclaredAccessibility: Accessibility.Public })
            {
                return false;
            }
        }

        return true;
    }

    // A name that no code of the type uses cannot hide or be hidden.
    private static string FreeName(INamedTypeSymbol type, string wanted)
    {
        var taken = type.DeclaringSyntaxReferences.SelectMany(Identifiers).Concat(BasesAndSelf(type).SelectMany(t => t.GetMembers()).Select(member => member.Name)).ToImmutableHashSet();
        return Enumerable.Range(1, int.MaxValue).Select(number => number == 1 ? wanted : wanted + number).First(name => !taken.Contains(name));
    }

    private static IEnumerable<string> Identifiers(SyntaxReference part) =>
        part.GetSyntax().DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText);

    private static MemberDeclarationSyntax Gate(TypeDeclarationSyntax part, bool isStatic, bool needsObject, string name, CSharpParseOptions options)
    {
        var type = needsObject ? "object" : "global::System.Threading.Lock";
        var value = options.LanguageVersion < LanguageVersion.CSharp9 ? $"new {type}()" : "new()";
        var gate = SyntaxFactory.ParseMemberDeclaration($"private {(isStatic ? "static " : "")}readonly {type} {name} = {value};")!;
        var newLine = SyntaxFactory.EndOfLine(part.SyntaxTree.GetText().ToString().Contains("\r\n") ? "\r\n" : "\n");
        var isApart = part.Members.FirstOrDefault() is not FieldDeclarationSyntax && part.OpenBraceToken.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia);
        return gate.WithTrailingTrivia(Enumerable.Repeat(newLine, isApart ? 2 : 1)).WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);
    }
}
