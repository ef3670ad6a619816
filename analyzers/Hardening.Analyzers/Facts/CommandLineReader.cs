namespace Hardening.Analyzers.Facts;

/// <summary>Takes the expression of a command line apart: into what the author wrote and the values that are put in.</summary>
internal sealed partial class CommandLineReader
{
    private const int MaxDepth = 12;

    private readonly CallGraph _graph;
    private readonly INamedTypeSymbol? _type;
    private readonly List<CommandPiece> _pieces = [];
    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<CommandPiece>> _given = new(SymbolEqualityComparer.Default);
    private bool _isExact = true;
    private int _depth;

    private CommandLineReader(CallGraph graph, INamedTypeSymbol? type)
    {
        _graph = graph;
        _type = type;
    }

    /// <param name="value">The expression.</param>
    /// <param name="containing">The member that it stands in: methods of its type are read too.</param>
    /// <param name="graph">The bodies of those.</param>
    public static CommandLine Read(IOperation value, ISymbol containing, CallGraph graph)
    {
        var reader = new CommandLineReader(graph, containing as INamedTypeSymbol ?? containing.ContainingType);
        reader.Value(value);
        return new CommandLine(reader._pieces, reader._isExact);
    }

    private void Value(IOperation value, IOperation? place = null)
    {
        if (++_depth < MaxDepth)
        {
            Part(value.Unwrap(), place);
        }
        else
        {
            Add(PieceKind.Unknown, value, place);
        }

        _depth--;
    }

    private void Part(IOperation value, IOperation? place)
    {
        switch (value)
        {
            case { ConstantValue: { HasValue: true, Value: var constant } }:
                Add(Convert.ToString(constant, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case IInterpolatedStringOperation interpolated:
                foreach (var part in interpolated.Parts)
                {
                    Interpolated(part);
                }

                break;
            case IInterpolatedStringHandlerCreationOperation { Content: { } content }:
                Part(content, place);
                break;
            case IInterpolatedStringAdditionOperation added:
                Part(added.Left, place);
                Part(added.Right, place);
                break;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } sum:
                Value(sum.LeftOperand);
                Value(sum.RightOperand);
                break;
            case IConditionalOperation { WhenFalse: { } otherwise } choice:
                OneOf([choice.WhenTrue, otherwise]);
                break;
            case ICoalesceOperation choice:
                OneOf([choice.Value, choice.WhenNull]);
                break;
            case ISwitchExpressionOperation choice:
                OneOf(choice.Arms.Select(arm => arm.Value));
                break;
            case IConditionalAccessOperation { WhenNotNull: var chain }:
                Part(chain.Unwrap(), place);
                break;
            case IThrowOperation:
                break;
            case IAwaitOperation awaited:
                Part(awaited.Operation.Unwrap(), place);
                break;
            default:
                Named(value, place);
                break;
        }
    }

    private void Interpolated(IInterpolatedStringContentOperation part)
    {
        switch (part)
        {
            case IInterpolatedStringTextOperation { Text: var text }:
                Value(text);
                break;
            case IInterpolationOperation { Expression: var expression }:
                Value(expression, part);
                break;
            case IInterpolatedStringAppendOperation { AppendCall: IInvocationOperation { Arguments: { Length: > 0 } arguments } }:
                _isExact = false;
                Value(arguments[0].Value);
                break;
            default:
                Add(PieceKind.Unknown, part, null);
                break;
        }
    }

    private void Named(IOperation value, IOperation? place)
    {
        if (PlainText.Is(value.Type) is not false)
        {
            Add(PlainText.Is(value.Type) is true ? PieceKind.Plain : PieceKind.Unknown, value, place);
            return;
        }

        switch (value)
        {
            case IParameterReferenceOperation { Parameter: var parameter } when _given.TryGetValue(parameter, out var given):
                _isExact = false;
                _pieces.AddRange(given);
                break;
            case ILocalReferenceOperation { Local: var local }:
                Local(local, value, place);
                break;
            case IFieldReferenceOperation { Field: var field } when field.Name == "Empty" && field.ContainingType.SpecialType == SpecialType.System_String:
                Add("");
                break;
            case IFieldReferenceOperation { Field: { IsReadOnly: true } field } when Initializers.Of(field, value) is { ConstantValue.HasValue: true }:
                Add(PieceKind.Plain, value, place);
                break;
            case IPropertyReferenceOperation { Property: var property } when PlainText.Is(property):
                Add(PieceKind.Plain, value, place);
                break;
            case IInvocationOperation call:
                Call(call, place);
                break;
            default:
                Add(PieceKind.Open, value, place);
                break;
        }
    }

    // What all its values are made of.
    private void Local(ILocalSymbol local, IOperation reference, IOperation? place)
    {
        if (!_seen.Add(local))
        {
            return;
        }

        var sources = LocalSources.Of(local, reference).ToList();
        if (sources.Count > 0 && sources.TrueForAll(IsConstantSequence))
        {
            Add(PieceKind.Plain, reference, place);
        }
        else if (sources.Count == 0 || sources.Exists(source => source.Type is { SpecialType: not SpecialType.System_String }))
        {
            Add(PieceKind.Open, reference, place);
        }
        else
        {
            Nested(reference, place, () => OneOf(sources));
        }

        _seen.Remove(local);
    }

    private static bool IsConstantSequence(IOperation source) =>
        Sequences.Elements(source) is { } elements && elements.All(element => element.ConstantValue.HasValue);

    // A variable or a call that stands for one value is named as such; one that stands for a text is that text.
    private void Nested(IOperation reference, IOperation? place, Action read)
    {
        var from = _pieces.Count;
        var wasExact = _isExact;
        read();
        var kinds = _pieces.Skip(from).Select(piece => piece.Kind).Where(kind => kind != PieceKind.Break).ToList();
        if (kinds.Contains(PieceKind.Text))
        {
            _isExact = false;
            return;
        }

        _pieces.RemoveRange(from, _pieces.Count - from);
        _isExact = wasExact;
        Add(kinds.Contains(PieceKind.Open) ? PieceKind.Open : kinds.Contains(PieceKind.Unknown) || kinds.Count == 0 ? PieceKind.Unknown : PieceKind.Plain, reference, place);
    }

    private void OneOf(IEnumerable<IOperation> values)
    {
        _isExact = false;
        foreach (var value in values)
        {
            if (value.Parent is ICompoundAssignmentOperation)
            {
                Add(" ");
            }

            Value(value);
            _pieces.Add(new CommandPiece(PieceKind.Break, ""));
        }
    }

    private void Add(string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _pieces.Add(new CommandPiece(PieceKind.Text, text!));
        }
    }

    private void Add(PieceKind kind, IOperation value, IOperation? place) => _pieces.Add(new CommandPiece(kind, "", value, place));
}
