namespace Hardening.Analyzers.Facts;

/// <summary>Takes the expression of a command line apart: into what the author wrote and the values that are put in.</summary>
internal sealed class CommandLineReader
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

    private void Call(IInvocationOperation call, IOperation? place)
    {
        var method = call.TargetMethod;
        if (PlainText.Is(method))
        {
            Add(PieceKind.Plain, call, place);
        }
        else if (method.ContainingType is { Name: "StringBuilder" } && method.Name == "ToString")
        {
            _isExact = false;
            Builder(call.Instance?.Unwrap());
        }
        else if (call.Instance is { } instance && method.Name == "ToString" && PlainText.Is(instance.Type) == true)
        {
            Add(PieceKind.Plain, call, place);
        }
        else if (method.ContainingType.SpecialType == SpecialType.System_String || method.ContainingType.Name == "FormattableString")
        {
            OfString(call, place);
        }
        else if (SymbolEqualityComparer.Default.Equals(method.ContainingType?.OriginalDefinition, _type?.OriginalDefinition) && _seen.Add(method))
        {
            Nested(call, place, () => Helper(call));
            _seen.Remove(method);
        }
        else
        {
            Add(PieceKind.Open, call, place);
        }
    }

    private void OfString(IInvocationOperation call, IOperation? place)
    {
        switch (call.TargetMethod.Name)
        {
            case "Format" when call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "format") is { Value.ConstantValue: { HasValue: true, Value: string format } } first:
                _isExact = false;
                Formatted(format, [.. call.Arguments.Where(argument => argument != first && argument.Parameter?.Name != "provider").SelectMany(Given)]);
                break;
            case "Concat":
                _isExact = false;
                foreach (var value in call.Arguments.SelectMany(Given))
                {
                    Value(value);
                }

                break;
            case "Join" when call.Arguments.Length > 1:
                _isExact = false;
                Joined(call.Arguments[1], $"{call.Arguments[0].Value.ConstantValue.Value}", place);
                break;
            case "Replace" when call.Arguments.Length > 1 && call.Instance is { } template:
                Replaced(template, call.Arguments, call, place);
                break;
            case "Create" or "Invariant" or "CurrentCulture":
                Value(call.Arguments[call.Arguments.Length - 1].Value);
                break;
            case "Trim" or "TrimStart" or "TrimEnd" or "ToString" or "ToLower" or "ToUpper" or "ToLowerInvariant" or "ToUpperInvariant" when call.Instance is { } instance:
                _isExact = false;
                Value(instance);
                break;
            default:
                Add(PieceKind.Open, call, place);
                break;
        }
    }

    // "-i {input}".Replace("{input}", path); path.Replace("\"", "\\\"") makes it safe.
    private void Replaced(IOperation template, ImmutableArray<IArgumentOperation> arguments, IOperation call, IOperation? place)
    {
        _isExact = false;
        if ($"{arguments[0].Value.ConstantValue.Value}".Contains('"'))
        {
            Add(PieceKind.Plain, call, place);
            return;
        }

        Value(template);
        Add(" ");
        Value(arguments[1].Value);
    }

    // {0} and {1:N}, with everything between them as it stands.
    private void Formatted(string format, IReadOnlyList<IOperation> values)
    {
        var start = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] is '{' or '}' && i + 1 < format.Length && format[i + 1] == format[i])
            {
                i++;
            }
            else if (format[i] == '{' && format.IndexOf('}', i) is var end and > 0)
            {
                Add(format.Substring(start, i - start));
                var digits = format.Substring(i + 1, end - i - 1).Split(',', ':')[0].Trim();
                if (int.TryParse(digits, out var index) && index < values.Count)
                {
                    Value(values[index]);
                }

                (i, start) = (end, end + 1);
            }
        }

        Add(format.Substring(start));
    }

    private void Joined(IArgumentOperation list, string separator, IOperation? place)
    {
        if (Sequences.Elements(list.Value) is not { } elements)
        {
            Sequence(list.Value.Unwrap(), separator, place);
            return;
        }

        foreach (var element in elements)
        {
            Element(element, place);
            Add(separator);
        }
    }

    private void Element(IOperation element, IOperation? place)
    {
        if (Sequences.Spread(element) is { } spread)
        {
            Sequence(spread.Unwrap(), " ", place);
        }
        else
        {
            Value(element);
        }
    }

    private void Sequence(IOperation list, string separator, IOperation? place)
    {
        if (list is IInvocationOperation { TargetMethod: { Name: var name } } query && Sequences.Source(query) is { } source)
        {
            if (name == "Select")
            {
                Selected(query, list, place);
                return;
            }

            Sequence(source.Unwrap(), separator, place);
        }
        else if (Sequences.Elements(list) is { } elements)
        {
            foreach (var element in elements)
            {
                Element(element, place);
                Add(separator);
            }
        }
        else if (list is ILocalReferenceOperation { Local: var local } && _seen.Add(local) && Sequences.Filled(local, list) is { } filled)
        {
            foreach (var element in filled)
            {
                Element(element, place);
                Add(separator);
            }

            _seen.Remove(local);
        }
        else
        {
            Add(Sequences.ElementType(list.Type) is { } type ? PlainText.Is(type) switch { true => PieceKind.Plain, false => PieceKind.Open, _ => PieceKind.Unknown } : PieceKind.Unknown, list, list);
            Add(separator);
        }
    }

    // paths.Select(path => Quote(path)), paths.Select(Quote).
    private void Selected(IInvocationOperation query, IOperation list, IOperation? place)
    {
        var from = _pieces.Count;
        switch (query.Arguments[query.Arguments.Length - 1].Value.Unwrap())
        {
            case IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: var method } } when PlainText.Is(method):
                Add(PieceKind.Plain, list, place);
                return;
            case IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda }:
                foreach (var returned in lambda.Body.DescendantsInFunction().OfType<IReturnOperation>())
                {
                    if (returned.ReturnedValue is { } value)
                    {
                        Value(value);
                    }
                }

                break;
            default:
                Add(PieceKind.Unknown, list, list);
                return;
        }

        // What the lambda's own parameter is called says nothing to whoever reads the message.
        var kinds = _pieces.Skip(from).Select(piece => piece.Kind).ToList();
        _pieces.RemoveRange(from, _pieces.Count - from);
        Add(kinds.Contains(PieceKind.Open) ? PieceKind.Open : kinds.Contains(PieceKind.Unknown) ? PieceKind.Unknown : PieceKind.Plain, list, list);
        Add(" ");
    }

    private void Builder(IOperation? builder)
    {
        switch (builder)
        {
            case IInvocationOperation { Instance: { } instance } call:
                Builder(instance.Unwrap());
                Appended(call);
                break;
            case IObjectCreationOperation { Arguments: var arguments }:
                foreach (var argument in arguments.Where(argument => argument.Parameter?.Type.SpecialType == SpecialType.System_String))
                {
                    Value(argument.Value);
                }

                break;
            case ILocalReferenceOperation { Local: var local } when _seen.Add(local):
                if (Initializers.Of(local, builder) is { } initial)
                {
                    Builder(initial.Unwrap());
                }

                foreach (var reference in References.Of(local, builder))
                {
                    for (var call = reference.Parent as IInvocationOperation; call is not null; call = call.Parent as IInvocationOperation)
                    {
                        Appended(call);
                    }
                }

                break;
        }
    }

    private void Appended(IInvocationOperation call)
    {
        switch (call.TargetMethod.Name)
        {
            case "AppendFormat" when call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "format") is { Value.ConstantValue: { HasValue: true, Value: string format } } first:
                Formatted(format, [.. call.Arguments.Where(argument => argument != first && argument.Parameter?.Name != "provider").SelectMany(Given)]);
                break;
            case "AppendJoin" when call.Arguments.Length > 1:
                Joined(call.Arguments[1], $"{call.Arguments[0].Value.ConstantValue.Value}", null);
                break;
            case "Append" or "AppendLine" when call.Arguments.Length > 0:
                Value(call.Arguments[call.Arguments.Length - 1].Value);
                break;
            case "Insert" when call.Arguments.Length > 1:
                Value(call.Arguments[1].Value);
                break;
        }
    }

    // A method of the same type: its text, with what it is given here in the place of its parameters.
    private void Helper(IInvocationOperation call)
    {
        if (Bodies.Of(call.TargetMethod, _graph) is not { } body)
        {
            Add(PieceKind.Open, call, null);
            return;
        }

        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is { } parameter && !_given.ContainsKey(parameter.OriginalDefinition))
            {
                var from = _pieces.Count;
                Value(argument.Value);
                _given[parameter.OriginalDefinition] = _pieces.GetRange(from, _pieces.Count - from);
                _pieces.RemoveRange(from, _pieces.Count - from);
            }
        }

        foreach (var returned in Bodies.Operations(body).OfType<IReturnOperation>())
        {
            if (returned.ReturnedValue is { } text)
            {
                Value(text);
                _pieces.Add(new CommandPiece(PieceKind.Break, ""));
            }
        }

        foreach (var parameter in call.TargetMethod.OriginalDefinition.Parameters)
        {
            _given.Remove(parameter);
        }
    }

    private static IEnumerable<IOperation> Given(IArgumentOperation argument) =>
        argument.ArgumentKind == ArgumentKind.ParamArray && Sequences.Elements(argument.Value) is { } elements ? elements : [argument.Value];

    private void Add(string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _pieces.Add(new CommandPiece(PieceKind.Text, text!));
        }
    }

    private void Add(PieceKind kind, IOperation value, IOperation? place) => _pieces.Add(new CommandPiece(kind, "", value, place));
}
