"""Reads a recording, as docs/runtime/recordings.md describes it, and prints what is in it as JSON."""
import json
import struct
import sys
import zlib


def sealed(part):
    """Whether the checksum of a header, an index or a footer is right."""
    zeroed = part[:16] + b"\0\0\0\0" + part[20:]
    return zlib.crc32(zeroed) == struct.unpack_from("<I", part, 16)[0]


def magic(letter):
    return b"\x89HFR" + letter + b"\r\n\x1a"


def metadata(header, count):
    offset, names, values = 80, [], {}
    for _ in range(count):
        length, = struct.unpack_from("<H", header, offset)
        names.append(header[offset + 2:offset + 2 + length].decode("utf-8"))
        offset += 2 + length
    for name in names:
        kind = header[offset]
        if kind:
            values[name], = struct.unpack_from("<q" if kind == 1 else "<d", header, offset + 1)
        offset += 9
    return values


def frame_at(data, offset):
    """The frame whose record begins there; None where none does, or only a part of one."""
    if data[offset:offset + 8] != magic(b"F") or len(data) < offset + 80:
        return None
    header_bytes, pixel_bytes = struct.unpack_from("<II", data, offset + 8)
    header = data[offset:offset + header_bytes]
    if header_bytes < 80 or len(header) < header_bytes or not sealed(header):
        return None
    end = offset + header_bytes + pixel_bytes
    pixels = data[offset + header_bytes:end]
    if len(pixels) < pixel_bytes:
        return None
    crc, record, number, host, device, width, height, stride, code, status, clock, count = struct.unpack_from("<IqqqQiiiIBBH", header, 20)
    return end, {
        "record": record, "sequence": number, "host": host, "device": device, "width": width, "height": height, "stride": stride, "format": code,
        "status": status, "clock": clock, "metadata": metadata(header, count), "damaged": zlib.crc32(pixels) != crc, "first": pixels[0], "sum": sum(pixels),
    }


def read(data):
    version, header_bytes, _, name_bytes, start, clock, width, height, code, number = struct.unpack_from("<IIIIqqiiII", data, 8)
    assert data[:8] == magic(b"H") and version == 1 and sealed(data[:header_bytes]), "no recording"
    result = {
        "camera": data[64:64 + name_bytes].decode("utf-8"), "start": start, "clock": clock, "width": width, "height": height, "format": code, "number": number,
        "frames": [], "skipped": 0, "closed": False,
    }
    footer = data[-64:]
    if footer[:8] == magic(b"E") and sealed(footer):
        index_offset, _, count, largest = struct.unpack_from("<QIII", footer, 8)
        index_bytes, entries = struct.unpack_from("<II", data, index_offset + 8)
        assert data[index_offset:index_offset + 8] == magic(b"I") and sealed(data[index_offset:index_offset + index_bytes]) and entries == count
        result.update(closed=True, largest=largest, span=struct.unpack_from("<qq", footer, 32))
        result["index"] = [struct.unpack_from("<Qqq", data, index_offset + 24 + 24 * i) for i in range(entries)]
    offset = header_bytes
    while 0 <= offset < len(data):
        found = frame_at(data, offset)
        if found:
            offset, frame = found
            result["frames"].append(frame)
        elif data[offset:offset + 8] == magic(b"I"):
            break
        else:
            following = data.find(magic(b"F"), offset + 1)
            result["skipped"] += (following if following >= 0 else len(data)) - offset
            offset = following
    return result


with open(sys.argv[1], "rb") as recording:
    json.dump(read(recording.read()), sys.stdout)
