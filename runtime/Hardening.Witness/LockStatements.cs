using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Hardening.Witness;

/// <summary>
/// Tells a statement that takes a <see cref="Lock"/> by itself (a call of Enter, a using) from a <c>lock</c> statement, which the compiler gives no place of its own: its code comes after that of the
/// statement before it, as if it were part of it.
/// </summary>
internal static class LockStatements
{
    private const byte Void = 0x01; // ELEMENT_TYPE_VOID of ECMA-335, II.23.1.16

    private static readonly OpCode[] s_short = Codes(size: 1), s_long = Codes(size: 2);

    /// <summary>Whether a method waits on behalf of its caller, for a <see cref="Lock"/>.</summary>
    public static bool IsOfLock(string method) => method.StartsWith("System.Threading.Lock.", StringComparison.Ordinal);

    /// <param name="frame">It waits for a lock.</param>
    /// <param name="begin">Where the statement begins that its place belongs to.</param>
    /// <returns>False when the statement has come to an end before the call that takes the lock.</returns>
    public static bool IsPartOf(RawFrame frame, int begin)
    {
        using var assembly = new PEReader(File.OpenRead(frame.AssemblyPath!));
        var metadata = assembly.GetMetadataReader();
        if (metadata.GetMethodDefinition(MetadataTokens.MethodDefinitionHandle(frame.Token & 0xFFFFFF)).RelativeVirtualAddress is not (var address and not 0))
        {
            return true;
        }

        var il = assembly.GetMethodBody(address).GetILBytes() ?? [];
        for (var at = begin; at < il.Length;)
        {
            var code = il[at] == 0xFE && at + 1 < il.Length ? s_long[il[at + 1]] : s_short[il[at]];
            at += code.Size;
            if (code.OperandType == OperandType.InlineMethod)
            {
                var (takesLock, returnsNothing) = Read(metadata, MetadataTokens.EntityHandle(BitConverter.ToInt32(il, at)));
                if (takesLock || returnsNothing)
                {
                    return takesLock;
                }
            }
            else if (EndsStatement(code))
            {
                return false;
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

        return true;
    }

    // What leaves nothing on the stack: stores, pop, nop, jumps.
    private static bool EndsStatement(OpCode code) =>
        code.FlowControl is FlowControl.Branch or FlowControl.Cond_Branch or FlowControl.Return or FlowControl.Throw
        || (code.StackBehaviourPush == StackBehaviour.Push0 && code.OpCodeType != OpCodeType.Prefix && code.OperandType != OperandType.InlineMethod);

    private static (bool TakesLock, bool ReturnsNothing) Read(MetadataReader metadata, EntityHandle method)
    {
        if (method.Kind == HandleKind.MethodSpecification)
        {
            method = metadata.GetMethodSpecification((MethodSpecificationHandle)method).Method;
        }

        if (method.Kind != HandleKind.MemberReference)
        {
            return (false, ReturnsNothing(metadata.GetBlobReader(metadata.GetMethodDefinition((MethodDefinitionHandle)method).Signature)));
        }

        var member = metadata.GetMemberReference((MemberReferenceHandle)method);
        var takesLock = member.Parent.Kind == HandleKind.TypeReference && metadata.GetTypeReference((TypeReferenceHandle)member.Parent) is var type
            && metadata.GetString(type.Namespace) == "System.Threading" && metadata.GetString(type.Name) == "Lock"
            && metadata.GetString(member.Name) is "Enter" or "EnterScope" or "TryEnter";
        return (takesLock, ReturnsNothing(metadata.GetBlobReader(member.Signature)));
    }

    private static bool ReturnsNothing(BlobReader signature)
    {
        if (signature.ReadSignatureHeader().IsGeneric)
        {
            signature.ReadCompressedInteger();
        }

        signature.ReadCompressedInteger(); // how many parameters
        return signature.ReadByte() == Void;
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
