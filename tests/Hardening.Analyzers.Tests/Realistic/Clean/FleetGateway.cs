using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Fleet.Gateway
{
    /// <summary>Old tracking boxes that still speak over plain sockets; each session thread ends with its socket.</summary>
    public sealed class FleetGateway : IDisposable
    {
        private const int MaxSessions = 32;

        private readonly Socket _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly object _sync = new object();
        private readonly Dictionary<string, DateTime> _seen = new Dictionary<string, DateTime>();
        private readonly Queue<Socket> _waiting = new Queue<Socket>();
        private readonly Thread[] _sessions = new Thread[MaxSessions];
        private readonly Thread _acceptor;
        private bool _closing;
        private int _refused;

        public FleetGateway(int port)
        {
            _socket.Bind(new IPEndPoint(IPAddress.Any, port));
            _socket.Listen(MaxSessions);
            for (int i = 0; i < _sessions.Length; i++)
            {
                _sessions[i] = new Thread(RunSessions);
                _sessions[i].IsBackground = true;
                _sessions[i].Name = "session " + i;
                _sessions[i].Start();
            }

            _acceptor = new Thread(Accept);
            _acceptor.IsBackground = true;
            _acceptor.Start();
        }

        public int Refused
        {
            get { return Volatile.Read(ref _refused); }
        }

        public DateTime? LastSeen(string box)
        {
            lock (_sync)
            {
                DateTime at;
                return _seen.TryGetValue(box, out at) ? at : (DateTime?)null;
            }
        }

        public void Dispose()
        {
            lock (_sync)
            {
                _closing = true;
                Monitor.PulseAll(_sync);
            }

            _socket.Close();
            _acceptor.Join(2000);
            foreach (Thread session in _sessions)
            {
                session.Join(2000);
            }
        }

        private void Accept()
        {
            while (true)
            {
                Socket box;
                try
                {
                    box = _socket.Accept();
                }
                catch (SocketException)
                {
                    return;
                }
                catch (ObjectDisposedException)
                {
                    return;
                }

                box.ReceiveTimeout = 30000;
                if (!Offer(box))
                {
                    Interlocked.Increment(ref _refused);
                    box.Close();
                }
            }
        }

        private bool Offer(Socket box)
        {
            lock (_sync)
            {
                if (_closing || _waiting.Count >= MaxSessions)
                {
                    return false;
                }

                _waiting.Enqueue(box);
                Monitor.Pulse(_sync);
                return true;
            }
        }

        private Socket Next()
        {
            lock (_sync)
            {
                while (_waiting.Count == 0)
                {
                    if (_closing)
                    {
                        return null;
                    }

                    Monitor.Wait(_sync);
                }

                return _waiting.Dequeue();
            }
        }

        private void RunSessions()
        {
            byte[] buffer = new byte[512];
            for (Socket box = Next(); box != null; box = Next())
            {
                using (box)
                {
                    Serve(box, buffer);
                }
            }
        }

        private void Serve(Socket box, byte[] buffer)
        {
            try
            {
                int length;
                while ((length = box.Receive(buffer)) > 0)
                {
                    string name = Encoding.ASCII.GetString(buffer, 0, Math.Min(length, 8));
                    lock (_sync)
                    {
                        _seen[name] = DateTime.UtcNow;
                    }
                }
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref _refused);
            }
        }
    }
}
