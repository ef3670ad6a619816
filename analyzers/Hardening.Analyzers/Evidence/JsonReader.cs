using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>
/// Reads JSON out of the text that a compiler has of a file: a rule may bring no library for it, and reads no files. Whatever the text is, it ends within a bounded time and depth, with a value or a problem.
/// </summary>
internal sealed class JsonReader(SourceText text, CancellationToken cancellation)
{
    private const int MaxDepth = 64;
    private const int MaxValues = 1_000_000; // a report has 20,000
    private const int BufferLength = 4096;

    private readonly char[] _buffer = new char[BufferLength];
    private readonly StringBuilder _word = new();
    private int _bufferStart = -1;
    private int _position;
    private int _values;

    /// <summary>Calls <paramref name="member"/> with each name of an object, until it says that this is enough. It reads the value, or passes over it.</summary>
    /// <exception cref="JsonProblemException">The text is not that.</exception>
    public void ReadObject(Func<string, bool> member)
    {
        Expect('{', "an object");
        if (TryTake('}'))
        {
            return;
        }

        do
        {
            Blank();
            var name = ReadText();
            Expect(':', "':'");
            if (!member(name))
            {
                return;
            }
        }
        while (TryTake(','));
        Expect('}', "',' or '}'");
    }

    /// <exception cref="JsonProblemException">The text is not that.</exception>
    public JsonValue ReadValue(int depth = 0)
    {
        Blank();
        var start = _position;
        if (++_values > MaxValues)
        {
            throw Problem("it has more values than any report");
        }

        switch (Depth(depth))
        {
            case '{':
                var members = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
                ReadObject(name =>
                {
                    members[name] = ReadValue(depth + 1);
                    return true;
                });
                return new JsonValue(From(start), members: members);
            case '[':
                var items = new List<JsonValue>();
                ReadItems(() => items.Add(ReadValue(depth + 1)));
                return new JsonValue(From(start), items: items);
            case '"':
                var word = ReadText();
                return new JsonValue(From(start), text: word);
            default:
                return ReadPlain(start);
        }
    }

    /// <summary>Passes over a value without keeping it.</summary>
    /// <exception cref="JsonProblemException">The text is not that.</exception>
    public void Skip(int depth = 0)
    {
        Blank();
        switch (Depth(depth))
        {
            case '{':
                ReadObject(_ =>
                {
                    Skip(depth + 1);
                    return true;
                });
                break;
            case '[':
                ReadItems(() => Skip(depth + 1));
                break;
            case '"':
                ReadText();
                break;
            default:
                ReadPlain(_position);
                break;
        }
    }

    private char Depth(int depth) => depth > MaxDepth ? throw Problem("it is nested deeper than any report") : Peek();

    private void ReadItems(Action item)
    {
        Expect('[', "an array");
        if (TryTake(']'))
        {
            return;
        }

        do
        {
            item();
        }
        while (TryTake(','));
        Expect(']', "',' or ']'");
    }

    private JsonValue ReadPlain(int start)
    {
        _word.Clear();
        while (Peek() is var c && (char.IsLetterOrDigit(c) || c is '-' or '+' or '.') && _word.Length < 64)
        {
            _word.Append(c);
            _position++;
        }

        var word = _word.ToString();
        return word is "true" or "false" or "null" ? new JsonValue(From(start))
            : JsonValue.ParseNumber(word) is { } number ? new JsonValue(From(start), number: number)
            : throw new JsonProblemException(start >= text.Length ? "it is cut off" : "a value is expected", start);
    }

    private string ReadText()
    {
        Expect('"', "a text");
        _word.Clear();
        for (; ; _position++)
        {
            var c = Peek();
            switch (c)
            {
                case '"':
                    _position++;
                    return _word.ToString();
                case '\\':
                    _position++;
                    _word.Append(Escaped());
                    break;
                case < ' ':
                    throw Problem("a text is not closed");
                default:
                    _word.Append(c);
                    break;
            }
        }
    }

    private char Escaped()
    {
        var c = Peek();
        if (c != 'u')
        {
            return c switch
            {
                'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', '"' or '\\' or '/' => c,
                _ => throw Problem("'\\' is followed by what it cannot be"),
            };
        }

        var code = 0;
        for (var digit = 0; digit < 4; digit++)
        {
            _position++;
            code = int.TryParse(Peek().ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? (code << 4) | value : throw Problem("'\\u' needs four hexadecimal digits");
        }

        return (char)code;
    }

    private void Blank()
    {
        while (Peek() is ' ' or '\t' or '\r' or '\n' or '\uFEFF')
        {
            _position++;
        }
    }

    private bool TryTake(char wanted)
    {
        Blank();
        var isThere = Peek() == wanted;
        _position += isThere ? 1 : 0;
        return isThere;
    }

    private void Expect(char wanted, string what)
    {
        if (!TryTake(wanted))
        {
            throw Problem($"{what} is expected");
        }
    }

    // '\0' at the end, which no JSON has.
    private char Peek()
    {
        if (_position >= text.Length)
        {
            return '\0';
        }

        if (_bufferStart < 0 || _position < _bufferStart || _position >= _bufferStart + BufferLength)
        {
            cancellation.ThrowIfCancellationRequested();
            _bufferStart = _position;
            text.CopyTo(_position, _buffer, 0, Math.Min(BufferLength, text.Length - _position));
        }

        return _buffer[_position - _bufferStart];
    }

    private TextSpan From(int start) => TextSpan.FromBounds(start, Math.Min(_position, text.Length));

    private JsonProblemException Problem(string what) => new(_position >= text.Length ? "it is cut off" : what, _position);
}
