namespace Hardening.Analyzers.Facts;

/// <summary>Texts that are joined from lists, and those that a <c>StringBuilder</c> collects.</summary>
internal sealed partial class CommandLineReader
{
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
}
