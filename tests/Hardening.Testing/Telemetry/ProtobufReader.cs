using System.Buffers.Binary;

namespace Hardening.Testing.Telemetry;

/// <summary>The fields of one message in the encoding of Protocol Buffers, one after the other: enough to read what an exporter sends, and no generated code.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int MostVarintBytes = 10;

    private ReadOnlySpan<byte> _left = message;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, where that is a number of any width.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its bytes: a text, bytes, a message, or a packed list.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public readonly string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    public readonly double Real => BitConverter.UInt64BitsToDouble(Number);

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">This is no such message.</exception>
    public bool Read()
    {
        if (_left.IsEmpty)
        {
            return false;
        }

        var tag = Varint();
        (Field, Number) = ((int)(tag >> 3), 0);
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
                break;
            default:
                throw new InvalidDataException($"Field {Field} is of the wire type {tag & 7}.");
        }

        return true;
    }

    private ulong Varint()
    {
        var value = 0ul;
        for (var i = 0; i < MostVarintBytes; i++)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number has no end.");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_left.Length)
        {
            throw new InvalidDataException($"{count} bytes are announced, and {_left.Length} are left.");
        }

        var taken = _left[..(int)count];
        _left = _left[(int)count..];
        return taken;
    }
}
