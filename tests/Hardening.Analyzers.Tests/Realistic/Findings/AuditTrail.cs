using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Compliance;

public sealed record AuditEntry(DateTimeOffset At, string User, string Action, IReadOnlyDictionary<string, string> Details);

/// <summary>Every change of a customer's data is written down here, chained by hashes.</summary>
public sealed class AuditTrail(string folder) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<AuditEntry> _today = [];
    private byte[] _lastHash = new byte[32];
    private FileStream? _file;
    private DateOnly _day;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _today.Count;
            }
        }
    }

    public void Write(AuditEntry entry)
    {
        lock (_gate)
        {
            Roll(DateOnly.FromDateTime(entry.At.UtcDateTime)); // HRD1003
            var line = JsonSerializer.SerializeToUtf8Bytes(entry); // HRD1004
            _lastHash = SHA256.HashData([.. _lastHash, .. line]);
            _today.Add(entry);
            Append(line); // HRD1003
        }
    }

    public byte[] Export()
    {
        using (_gate.EnterScope())
        {
            return Pack(); // HRD1004
        }
    }

    public IReadOnlyList<AuditEntry> Of(string user)
    {
        var found = new List<AuditEntry>();
        lock (_gate)
        {
            foreach (var entry in _today)
            {
                if (string.Equals(entry.User, user, StringComparison.OrdinalIgnoreCase))
                {
                    found.Add(entry);
                }
            }
        }

        return found;
    }

    public void Dispose()
    {
        FileStream? file;
        lock (_gate)
        {
            file = _file;
            _file = null;
        }

        file?.Dispose();
    }

    private void Roll(DateOnly day)
    {
        if (_file is not null && day == _day)
        {
            return;
        }

        _file?.Dispose();
        _day = day;
        _today.Clear();
        _file = new FileStream(Path.Combine(folder, $"{day:yyyy-MM-dd}.log"), FileMode.Append, FileAccess.Write);
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        _file!.Write(line);
        _file.WriteByte((byte)'\n');
        _file.Flush(flushToDisk: true);
    }

    private byte[] Pack()
    {
        var plain = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(plain))
        {
            JsonSerializer.Serialize(json, _today);
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(plain.WrittenSpan);
        }

        return packed.ToArray();
    }
}

// === Usings.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Threading;
