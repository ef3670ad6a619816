using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Hardening.Witness;

/// <summary>
/// Finds the statement that takes a lock for a thread that waits for it. The compiler moves the slow way into a lock to the end of optimised code, where no map of places reaches: the last statement before
/// it, mostly the method's closing brace, is then named. But a thread below <c>Monitor.Enter</c> is at one of the calls of it, and mostly there is one.
/// </summary>
internal sealed class LockStatements
{
    private const int MaxKept = 10_000;
    private static readonly OpCode[] s_short = Codes(size: 1), s_long = Codes(size: 2);

    private readonly Dictionary<(string Path, int Token, int Offset), int> _known = [];

    /// <summary>What a method waits for on behalf of its caller.</summary>
    public static LockKind KindOf(string method) =>
        method.StartsWith("System.Threading.Monitor.Enter", StringComparison.Ordinal) ? LockKind.Monitor
        : method.StartsWith("System.Threading.Lock.", StringComparison.Ordinal) ? LockKind.Lock
        : LockKind.None;

    /// <param name="frame">The caller.</param>
    /// <param name="statements">Where its statements begin, in order.</param>
    /// <returns>The place in its IL of the call that takes the lock; the place that the frame has, where that is not certain.</returns>
    public int Place(RawFrame frame, IReadOnlyList<int> statements)
    {
        var key = (frame.AssemblyPath!, frame.Token, frame.IlOffset);
        if (!_known.TryGetValue(key, out var place))
        {
            if (_known.Count >= MaxKept)
            {
                _known.Clear();
            }

            _known.Add(key, place = Find(frame, statements));
        }

        return place;
    }

    private static int Find(RawFrame frame, IReadOnlyList<int> statements)
    {
        var calls = Calls(frame.AssemblyPath!, MetadataTokens.MethodDefinitionHandle(frame.Token & 0xFFFFFF)).ToList();
        var begin = statements.LastOrDefault(start => start <= frame.IlOffset);
        var end = statements.FirstOrDefault(start => start > frame.IlOffset, int.MaxValue);
        // Any other call in the statement that was found may have been inlined, and may be what takes a lock.
        if (calls.Exists(call => call.Offset >= begin && call.Offset < end && call.Takes != false))
        {
            return frame.IlOffset;
        }

        var takes = calls.FindAll(call => call.Takes == true);
        return takes.Count == 1 ? takes[0].Offset : takes.LastOrDefault(call => call.Offset <= frame.IlOffset) is { Takes: true } last ? last.Offset : frame.IlOffset;
    }

    // Takes: whether it takes a lock, gives one back, or is another call.
    private static IEnumerable<(int Offset, bool? Takes)> Calls(string path, MethodDefinitionHandle method)
    {
        using var assembly = new PEReader(File.OpenRead(path));
        var metadata = assembly.GetMetadataReader();
        if (metadata.GetMethodDefinition(method).RelativeVirtualAddress is not (var address and not 0))
        {
            yield break;
        }

        var il = assembly.GetMethodBody(address).GetILBytes() ?? [];
        for (var at = 0; at < il.Length;)
        {
            var start = at;
            var code = il[at] == 0xFE && at + 1 < il.Length ? s_long[il[at + 1]] : s_short[il[at]];
            at += code.Size;
            if (code.OperandType == OperandType.InlineMethod)
            {
                yield return (start, Takes(metadata, MetadataTokens.EntityHandle(BitConverter.ToInt32(il, at))));
            }

            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
    }

    private static bool? Takes(MetadataReader metadata, EntityHandle method)
    {
        if (method.Kind != HandleKind.MemberReference || metadata.GetMemberReference((MemberReferenceHandle)method) is var member && member.Parent.Kind != HandleKind.TypeReference)
        {
            return null;
        }

        var type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
        if (metadata.GetString(type.Namespace) != "System.Threading" || metadata.GetString(type.Name) is not ("Monitor" or "Lock"))
        {
            return null;
        }

        return metadata.GetString(member.Name) is "Enter" or "EnterScope" or "TryEnter";
    }

    private static OpCode[] Codes(int size)
    {
        var codes = new OpCode[256];
        foreach (var field in typeof(OpCodes).GetFields())
        {
            if (field.GetValue(null) is OpCode code && code.Size == size)
            {
                codes[(byte)code.Value] = code;
            }
        }

        return codes;
    }
}

/// <summary>A lock that a statement takes.</summary>
internal enum LockKind
{
    None,
    Monitor,
    Lock,
}
