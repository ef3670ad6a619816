using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace Plant.Plc
{
    /// <summary>One connection to the controller of a conveyor; commands are answered in the order they are sent.</summary>
    public class PlcCommandChannel : IDisposable
    {
        private readonly object _wire = new object();
        private readonly Dictionary<int, DateTime> _sent = new Dictionary<int, DateTime>();
        private readonly TcpClient _client;
        private int _sequence;
        private bool _closed;

        public PlcCommandChannel(TcpClient client)
        {
            _client = client;
        }

        public int Pending
        {
            get
            {
                Monitor.Enter(_wire);
                var count = _closed ? 0 : _sent.Count;
                Monitor.Exit(_wire);
                return count;
            }
        }

        public void Acknowledge(int sequence, Action<TimeSpan> report)
        {
            Monitor.Enter(_wire); // HRD1009
            DateTime at;
            if (!_sent.TryGetValue(sequence, out at))
            {
                Monitor.Exit(_wire);
                throw new InvalidOperationException("Nobody asked for " + sequence + ".");
            }

            _sent.Remove(sequence);
            Monitor.Exit(_wire);
            report(DateTime.UtcNow - at);
        }

        public byte[] Exchange(byte[] command)
        {
            bool taken = false;
            try
            {
                Monitor.Enter(_wire, ref taken);
                if (_closed)
                {
                    throw new ObjectDisposedException("PlcCommandChannel");
                }

                _sequence++;
                _sent[_sequence] = DateTime.UtcNow;
                byte[] answer = RoundTrip(command); // HRD1003
                _sent.Remove(_sequence);
                return answer;
            }
            finally
            {
                if (taken)
                {
                    Monitor.Exit(_wire);
                }
            }
        }

        public void Reset()
        {
            lock (_wire)
            {
                _sent.Clear();
                _sequence = 0;
                Thread.Sleep(250); // HRD1003
            }
        }

        public void Dispose()
        {
            lock (_wire)
            {
                _closed = true;
                _sent.Clear();
            }

            _client.Close();
        }

        private byte[] RoundTrip(byte[] command)
        {
            NetworkStream stream = _client.GetStream();
            Send(stream, command);
            return Receive(stream);
        }

        private static void Send(Stream stream, byte[] command)
        {
            stream.Write(BitConverter.GetBytes((ushort)command.Length), 0, 2);
            stream.Write(command, 0, command.Length);
        }

        private static byte[] Receive(Stream stream)
        {
            byte[] header = new byte[2];
            Fill(stream, header);
            byte[] body = new byte[BitConverter.ToUInt16(header, 0)];
            Fill(stream, body);
            return body;
        }

        private static void Fill(Stream stream, byte[] buffer)
        {
            int got = 0;
            while (got < buffer.Length)
            {
                int read = stream.Read(buffer, got, buffer.Length - got);
                if (read == 0)
                {
                    throw new EndOfStreamException();
                }

                got += read;
            }
        }
    }
}
