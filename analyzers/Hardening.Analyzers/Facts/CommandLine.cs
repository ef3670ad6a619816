namespace Hardening.Analyzers.Facts;

internal enum PieceKind
{
    /// <summary>Written by the author.</summary>
    Text,

    /// <summary>A value that cannot hold a quote, or that is quoted already: a number, an enum, a Guid, <c>Quote(path)</c>.</summary>
    Plain,

    /// <summary>A text that is known only when it runs: a path, a name.</summary>
    Open,

    /// <summary>What may be a part of a command line that somebody else has put together, or anything else.</summary>
    Unknown,

    /// <summary>What follows stands elsewhere: another value of the same variable, another line of a builder.</summary>
    Break,
}

/// <param name="kind">What is known about it.</param>
/// <param name="text">The author's text.</param>
/// <param name="value">The value that is put in.</param>
/// <param name="place">What stands for the value in the text, with its format: the interpolation, or the operand.</param>
internal sealed class CommandPiece(PieceKind kind, string text, IOperation? value = null, IOperation? place = null)
{
    public PieceKind Kind { get; } = kind;

    public string Text { get; } = text;

    public IOperation? Value { get; } = value;

    public IOperation? Place { get; } = place ?? value;
}

/// <summary>The text of a command line, as far as the code that puts it together shows it.</summary>
internal sealed class CommandLine(IReadOnlyList<CommandPiece> pieces, bool isExact)
{
    private static readonly string[] FragmentWords = ["arg", "opt", "param", "flag", "switch", "command", "cmd"];

    public IReadOnlyList<CommandPiece> Pieces { get; } = pieces;

    /// <summary>The pieces are all of it, in their order.</summary>
    public bool IsExact { get; } = isExact;

    /// <summary>
    /// The values that can break out of their argument. A value that is the whole text is passed on as it is: whoever has made it may have quoted it.
    /// The same holds for one that is called <c>arguments</c> or <c>options</c>, unless it stands in quotes.
    /// </summary>
    public IEnumerable<IOperation> Unquoted()
    {
        var (isBuilt, inQuotes) = (IsBuilt(0), false);
        for (var i = 0; i < Pieces.Count; i++)
        {
            var piece = Pieces[i];
            switch (piece.Kind)
            {
                case PieceKind.Text:
                    inQuotes ^= Quotes(piece.Text) % 2 == 1;
                    break;
                case PieceKind.Break:
                    (isBuilt, inQuotes) = (IsBuilt(i + 1), false);
                    break;
                case PieceKind.Open when isBuilt && (inQuotes || !IsFragment(piece.Value!)):
                    yield return piece.Value!;
                    break;
            }
        }
    }

    private bool IsBuilt(int from) => Pieces.Skip(from).TakeWhile(piece => piece.Kind != PieceKind.Break).Skip(1).Any();

    private static int Quotes(string text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                count++;
            }
        }

        return count;
    }

    // BuildArguments(x), options.Extra, args: by one of its words, so that "target" is not one.
    public static bool IsFragment(IOperation value) => value switch
    {
        ILocalReferenceOperation { Local.Name: var name } => IsFragment(name),
        IParameterReferenceOperation { Parameter.Name: var name } => IsFragment(name),
        IInvocationOperation { TargetMethod.Name: var name } => IsFragment(name),
        IMemberReferenceOperation { Member.Name: var name } => IsFragment(name),
        _ => false,
    };

    private static bool IsFragment(string name)
    {
        for (var start = 0; start < name.Length; start++)
        {
            if ((start == 0 || char.IsUpper(name[start]) || !char.IsLetter(name[start - 1]))
                && Array.Exists(FragmentWords, word => string.Compare(name, start, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0))
            {
                return true;
            }
        }

        return false;
    }
}
