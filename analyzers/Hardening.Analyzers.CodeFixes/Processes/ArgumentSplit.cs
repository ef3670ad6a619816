using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Cuts a command line into its arguments where the author's own blanks and quotes say so, by the rules by which .NET cuts it.</summary>
internal sealed class ArgumentSplit
{
    private readonly List<List<CommandPiece>> _arguments = [];
    private readonly List<IOperation> _unquoted = [];
    private List<CommandPiece>? _current;
    private bool _inQuotes;

    public IReadOnlyList<List<CommandPiece>> Arguments => _arguments;

    /// <summary>Values that stood without quotes: with a blank in them they were several arguments, and are one now.</summary>
    public IReadOnlyList<IOperation> Unquoted => _unquoted;

    /// <summary>Null where one boundary is in doubt.</summary>
    public static ArgumentSplit? Of(CommandLine line)
    {
        var split = new ArgumentSplit();
        if (!line.IsExact)
        {
            return null;
        }

        for (var i = 0; i < line.Pieces.Count; i++)
        {
            if (!(line.Pieces[i].Kind == PieceKind.Text ? split.Text(line.Pieces[i].Text, isLast: i + 1 == line.Pieces.Count) : split.Value(line.Pieces[i])))
            {
                return null;
            }
        }

        split.End();
        return split._inQuotes ? null : split;
    }

    private bool Text(string text, bool isLast)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var next = i + 1 < text.Length ? text[i + 1] : isLast ? ' ' : 'x';
            switch (text[i])
            {
                case '\\' when next is '"' or '\\':
                case '"' when _inQuotes && next == '"':
                case '\'' or '\r' or '\n':
                    return false;
                case '"':
                    _inQuotes = !_inQuotes;
                    _current ??= [];
                    break;
                case ' ' or '\t' when !_inQuotes:
                    End();
                    break;
                default:
                    Add(new CommandPiece(PieceKind.Text, text[i].ToString()));
                    break;
            }
        }

        return true;
    }

    private bool Value(CommandPiece piece)
    {
        var value = piece.Value!;
        var isText = PlainText.Is(value.Type) == false;
        var isCertain = piece.Kind switch
        {
            PieceKind.Plain => !isText || value is IInvocationOperation { TargetMethod.Name: "ToString" },
            PieceKind.Open => isText && (_inQuotes || !CommandLine.IsFragment(value)),
            _ => false,
        };
        if (!isCertain)
        {
            return false;
        }

        if (!_inQuotes && (isText || PlainText.MayHoldBlanks(value.Type)) && piece.Kind == PieceKind.Open)
        {
            _unquoted.Add(value);
        }

        Add(piece);
        return true;
    }

    private void Add(CommandPiece piece) => (_current ??= []).Add(piece);

    private void End()
    {
        if (_current is not null)
        {
            _arguments.Add(_current);
        }

        _current = null;
    }
}
