namespace Hardening.Analyzers.Facts;

/// <summary>Calls that make a text: of <c>string</c>, and of the type itself.</summary>
internal sealed partial class CommandLineReader
{
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
}
