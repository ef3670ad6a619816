using System;
using System.Collections.Generic;
using System.Data;
using System.Threading;

namespace Data.Pooling
{
    /// <summary>A pool of connections for a provider that has none of its own.</summary>
    public class DbConnectionPool : IDisposable
    {
        private readonly object _sync = new object();
        private readonly Stack<IDbConnection> _idle = new Stack<IDbConnection>();
        private readonly Func<IDbConnection> _create;
        private readonly int _size;
        private int _count;
        private bool _disposed;

        public DbConnectionPool(Func<IDbConnection> create, int size)
        {
            _create = create;
            _size = size;
        }

        public int Idle
        {
            get
            {
                lock (_sync)
                {
                    return _idle.Count;
                }
            }
        }

        public IDbConnection Take()
        {
            lock (_sync)
            {
                ThrowIfDisposed();
                if (_idle.Count == 0 && _count < _size)
                {
                    _count++;
                    return OpenNew(); // HRD1003
                }

                if (_idle.Count == 0)
                {
                    Monitor.Wait(_sync); // HRD1012
                }

                return _idle.Pop();
            }
        }

        public void Give(IDbConnection connection)
        {
            lock (_sync)
            {
                if (_disposed || connection.State != ConnectionState.Open)
                {
                    _count--;
                    connection.Dispose();
                    return;
                }

                _idle.Push(connection);
                Monitor.Pulse(_sync);
            }
        }

        public bool WaitUntilIdle(TimeSpan limit)
        {
            lock (_sync)
            {
                while (_idle.Count < _count)
                {
                    if (!Monitor.Wait(_sync, limit))
                    {
                        return false;
                    }
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (_sync)
            {
                _disposed = true;
                while (_idle.Count > 0)
                {
                    _idle.Pop().Dispose();
                    _count--;
                }

                Monitor.PulseAll(_sync);
            }
        }

        private IDbConnection OpenNew()
        {
            IDbConnection connection = _create();
            try
            {
                Prepare(connection);
                return connection;
            }
            catch
            {
                connection.Dispose();
                _count--;
                throw;
            }
        }

        private static void Prepare(IDbConnection connection)
        {
            connection.Open();
            using (IDbCommand command = connection.CreateCommand())
            {
                command.CommandText = "set transaction isolation level read committed";
                command.ExecuteNonQuery();
            }
        }

        private void ThrowIfDisposed()
        {
            if (_disposed)
            {
                throw new ObjectDisposedException("DbConnectionPool");
            }
        }
    }
}
