using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;

namespace Hardening.Witness;

/// <summary>
/// Finds the managed caller of the native code that a thread is in. Parts of the runtime that are called without a transition (mathematics, casts, copies) leave no mark that a walk could begin at. Where the code keeps frame
/// pointers, as the runtime does, its caller's registers can be had: the first return address into managed code is looked for, from the top of the stack on.
/// </summary>
internal static class NativeCallee
{
    private const int MaxWords = 256; // such code does not call deeply
    private const int ContextBytes = 1232; // of x64, and where in it the registers are
    private const int StackPointer = 152;
    private const int FramePointer = 160;
    private const int InstructionPointer = 248;
    private const uint AllRegisters = 0x10000b;

    /// <returns>The registers as they are when that code has returned; null when no caller is found.</returns>
    public static byte[]? FindCaller(HeldReader reader, ClrThread thread)
    {
        var context = new byte[ContextBytes];
        if (reader.Architecture != Architecture.X64 || !reader.GetThreadContext(thread.OSThreadId, AllRegisters, context))
        {
            return null;
        }

        var top = Register(context, StackPointer);
        var stack = new byte[MaxWords * sizeof(ulong)];
        var words = MemoryMarshal.Cast<byte, ulong>(stack.AsSpan(0, reader.Read(top, stack) / sizeof(ulong) * sizeof(ulong)));
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] > ushort.MaxValue && thread.Runtime.GetMethodByInstructionPointer(words[i]) is not null)
            {
                var place = top + (ulong)(i * sizeof(ulong));
                Set(context, InstructionPointer, words[i]);
                Set(context, StackPointer, place + sizeof(ulong));
                Set(context, FramePointer, CallersFrame(Register(context, FramePointer), top, place, words));
                return context;
            }
        }

        return null;
    }

    // Native frames in between have saved it, each the one before.
    private static ulong CallersFrame(ulong frame, ulong top, ulong place, ReadOnlySpan<ulong> words)
    {
        while (frame >= top && frame < place)
        {
            var next = words[(int)((frame - top) / sizeof(ulong))];
            if (next <= frame)
            {
                break; // no frame pointer after all
            }

            frame = next;
        }

        return frame;
    }

    private static ulong Register(ReadOnlySpan<byte> context, int place) => BinaryPrimitives.ReadUInt64LittleEndian(context[place..]);

    private static void Set(Span<byte> context, int place, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(context[place..], value);
}
