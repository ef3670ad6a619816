using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace Database.Replication;

public readonly record struct LogRecord(long Position, byte[] Payload);

/// <summary>The log of a partition. All access goes through Begin and End, so that the statistics see every wait.</summary>
public sealed class ReplicationLog : IDisposable
{
    private readonly object _sync = new();
    private readonly FileStream _file;
    private readonly List<long> _offsets = [];
    private readonly ReplicaSet _replicas;
    private long _waits;

    public ReplicationLog(string path, ReplicaSet replicas)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        _replicas = replicas;
    }

    public long Waits => Interlocked.Read(ref _waits);

    public int Count
    {
        get
        {
            Begin();
            try
            {
                return _offsets.Count;
            }
            finally
            {
                End();
            }
        }
    }

    public long Append(byte[] payload)
    {
        Begin();
        try
        {
            var position = _file.Length;
            WriteAt(position, payload); // HRD1003
            _offsets.Add(position);
            _replicas.Advance(position);
            return position;
        }
        finally
        {
            End();
        }
    }

    public int CountAfter(long position)
    {
        Begin();
        try
        {
            var index = _offsets.BinarySearch(position);
            return _offsets.Count - (index < 0 ? ~index : index + 1);
        }
        finally
        {
            End();
        }
    }

    public void Dispose() => _file.Dispose();

    private void Begin()
    {
        if (!Monitor.TryEnter(_sync))
        {
            Interlocked.Increment(ref _waits);
            Monitor.Enter(_sync);
        }
    }

    private void End() => Monitor.Exit(_sync);

    private void WriteAt(long position, byte[] payload)
    {
        _file.Seek(position, SeekOrigin.Begin);
        _file.Write(BitConverter.GetBytes(payload.Length));
        _file.Write(payload);
        Sync();
    }

    private void Sync() => _file.Flush(flushToDisk: true);
}

// === ReplicaSet.cs ===
using System.Collections.Generic;
using System.Linq;

namespace Database.Replication;

/// <summary>How far each replica has come.</summary>
public sealed class ReplicaSet
{
    private readonly object _replicasGate = new();
    private readonly Dictionary<string, long> _confirmed = [];
    private readonly Dictionary<string, int> _behind = [];
    private long _head;

    public void Advance(long position)
    {
        lock (_replicasGate)
        {
            _head = position;
        }
    }

    public void Confirm(string replica, long position, ReplicationLog log)
    {
        lock (_replicasGate)
        {
            _confirmed[replica] = position;
            _behind[replica] = position == _head ? 0 : log.CountAfter(position); // HRD1008
        }
    }

    public IReadOnlyList<string> Slow(int limit)
    {
        lock (_replicasGate)
        {
            return _behind.Where(pair => pair.Value > limit).Select(pair => pair.Key).ToList();
        }
    }
}
