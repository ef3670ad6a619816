using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Locks;

/// <summary>
/// Whether code touches nothing but the object's own state. Anything that nobody can see through (another type's code, an object that was
/// handed in, the file system) may be shared, and then the answer is no.
/// </summary>
internal sealed class InstanceState(INamedTypeSymbol type, CallGraph graph)
{
    private readonly HashSet<ISymbol> _visited = new(SymbolEqualityComparer.Default);
    private bool _isTouched;

    /// <summary>The first field or property that was touched and can change.</summary>
    public string? Name { get; private set; }

    public bool IsAllThatIsTouchedBy(IEnumerable<IOperation> body)
    {
        _isTouched = false;
        return body.SelectMany(operation => operation.DescendantsAndSelf()).All(IsOwn) && _isTouched;
    }

    private bool IsOwn(IOperation operation) => operation switch
    {
        IFieldReferenceOperation field => IsOwn(field),
        IPropertyReferenceOperation property => IsOwn(property),
        IInvocationOperation call => IsOwn(call),
        IObjectCreationOperation { Constructor: { } constructor } creation => PlainTypes.IsInMemory(creation.Type) || PlainTypes.IsException(creation.Type) || HasNoCode(constructor),
        IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } self => IsReceiver(self),
        IParameterReferenceOperation parameter => !IsReceiver(parameter) || PlainTypes.IsImmutable(parameter.Type),
        IConversionOperation { OperatorMethod: { } convert } => IsOfLibrary(convert),
        IBinaryOperation { OperatorMethod: { } calculate } => IsOfLibrary(calculate),
        IInvalidOperation or IMethodReferenceOperation or IEventReferenceOperation or IDynamicInvocationOperation or IDynamicMemberReferenceOperation
            or IDynamicObjectCreationOperation or IDynamicIndexerAccessOperation or IAddressOfOperation => false,
        _ => true,
    };

    private static bool IsReceiver(IOperation value) => value.Parent switch
    {
        IMemberReferenceOperation member => member.Instance == value,
        IInvocationOperation call => call.Instance == value,
        IConditionalAccessOperation access => access.Operation == value,
        _ => false,
    };

    private bool IsOwn(IFieldReferenceOperation reference)
    {
        var field = reference.Field;
        if (field.IsConst)
        {
            return true;
        }

        if (field.IsStatic)
        {
            return field.IsReadOnly && PlainTypes.IsImmutable(field.Type);
        }

        if (!IsThis(reference.Instance))
        {
            return field.ContainingType.IsValueType;
        }

        return Touches(reference, field.Type, isReadOnly: field.IsReadOnly);
    }

    private bool IsOwn(IPropertyReferenceOperation reference)
    {
        var property = reference.Property;
        if (!SymbolEqualityComparer.Default.Equals(property.ContainingType.OriginalDefinition, type.OriginalDefinition))
        {
            return PlainTypes.IsInMemory(property.ContainingType) && reference.Instance?.Unwrap() is not IParameterReferenceOperation;
        }

        if (!property.IsStatic && !IsThis(reference.Instance))
        {
            return false;
        }

        return IsAutomatic(property)
            ? !property.IsStatic && !IsOpen(property) && Touches(reference, property.Type, isReadOnly: property.SetMethod is null)
            : IsOwnCode(property);
    }

    private bool IsOwn(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.LocalFunction
            || SymbolEqualityComparer.Default.Equals(method.ContainingType.OriginalDefinition, type.OriginalDefinition))
        {
            return (method.IsStatic || method.MethodKind == MethodKind.LocalFunction || IsThis(call.Instance)) && IsOwnCode(method);
        }

        return method.MethodKind != MethodKind.DelegateInvoke
            && (method.IsStatic ? PlainTypes.IsCalculation(method) : PlainTypes.IsInMemory(method.ContainingType))
            && call.Instance?.Unwrap() is not IInstanceReferenceOperation;
    }

    private static bool IsThis(IOperation? instance) => instance?.Unwrap() is IInstanceReferenceOperation;

    private static bool IsOpen(ISymbol member) => member.IsAbstract || member.IsVirtual || member.IsOverride || member.IsExtern;

    // Code of the type itself is read, too.
    private bool IsOwnCode(ISymbol member)
    {
        if (IsOpen(member) || member.DeclaringSyntaxReferences.LastOrDefault()?.GetSyntax() is not { } declaration)
        {
            return false;
        }

        if (!_visited.Add(member))
        {
            return true;
        }

        var model = graph.ModelOf(declaration.SyntaxTree);
        var bodies = declaration switch
        {
            PropertyDeclarationSyntax { ExpressionBody: { } value } => [model.GetOperation(value)],
            BasePropertyDeclarationSyntax { AccessorList: { } accessors } => accessors.Accessors.Select(accessor => model.GetOperation(accessor)).ToArray(),
            IndexerDeclarationSyntax { ExpressionBody: { } value } => [model.GetOperation(value)],
            _ => (IOperation?[])[model.GetOperation(declaration)],
        };
        return bodies.All(body => body is not null && body.Descendants().All(IsOwn));
    }

    private static bool IsAutomatic(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    private bool Touches(IMemberReferenceOperation reference, ITypeSymbol memberType, bool isReadOnly)
    {
        var member = reference.Member;
        var isImmutable = PlainTypes.IsImmutable(memberType);
        if (!isReadOnly || !isImmutable)
        {
            _isTouched = true;
            Name ??= member.Name;
        }

        return isImmutable || !UsesObject(reference) || IsMadeHere(member);
    }

    // _last = item and return _last touch the field, not the object in it.
    private static bool UsesObject(IOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target != reference,
        IReturnOperation or IBinaryOperation or IIsPatternOperation => false,
        IVariableInitializerOperation => PlainTypes.IsInMemory(reference.Type),
        IConversionOperation conversion => UsesObject(conversion),
        _ => true,
    };

    // A list that was handed in may be in the hands of other objects as well.
    private bool IsMadeHere(ISymbol member)
    {
        if (member.DeclaredAccessibility != Accessibility.Private || !SymbolEqualityComparer.Default.Equals(member.ContainingType.OriginalDefinition, type.OriginalDefinition))
        {
            return false;
        }

        var values = MemberUses.InAllParts(member, graph).Select(MemberUses.WrittenBy).Append(InitialOf(member)).Where(value => value is not null);
        return values.All(value => value!.Unwrap() is IObjectCreationOperation or IArrayCreationOperation or ILiteralOperation or IDefaultValueOperation
            || value!.Syntax is CollectionExpressionSyntax);
    }

    private IOperation? InitialOf(ISymbol member) =>
        member.DeclaringSyntaxReferences.FirstOrDefault() is { SyntaxTree: var tree } ? MemberUses.Initial(member, graph.ModelOf(tree)) : null;

    private static bool HasNoCode(IMethodSymbol constructor) =>
        constructor.IsImplicitlyDeclared || constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax;

    private static bool IsOfLibrary(IMethodSymbol method) => method.DeclaringSyntaxReferences.IsEmpty;
}
