using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Chat.Server
{
    public class ChatServer
    {
        private readonly TcpListener m_listener;
        private readonly BlockingCollection<string> m_outgoing = new BlockingCollection<string>(); // HRD2004
        private readonly object m_clientsLock = new object();
        private readonly List<TcpClient> m_clients = new List<TcpClient>();
        private volatile bool m_stop;
        private Thread m_sender;

        public ChatServer(int port)
        {
            m_listener = new TcpListener(IPAddress.Any, port);
        }

        public void Run()
        {
            m_listener.Start();
            m_sender = new Thread(SendLoop) { IsBackground = true, Name = "sender" };
            m_sender.Start();
            while (!m_stop)
            {
                TcpClient client = m_listener.AcceptTcpClient();
                Register(client);
                StartReader(client);
            }
        }

        public void Stop()
        {
            m_stop = true;
            m_listener.Stop();
            m_outgoing.CompleteAdding();
            m_sender.Join(TimeSpan.FromSeconds(5));
        }

        private void Register(TcpClient client)
        {
            client.NoDelay = true;
            lock (m_clientsLock)
            {
                m_clients.Add(client);
            }
        }

        private void StartReader(TcpClient client)
        {
            Thread reader = new Thread(ReadLoop); // HRD2001
            reader.IsBackground = true;
            reader.Start(client);
        }

        private void ReadLoop(object state)
        {
            TcpClient client = (TcpClient)state;
            try
            {
                using (StreamReader reader = new StreamReader(client.GetStream(), Encoding.UTF8))
                {
                    string line;
                    while ((line = reader.ReadLine()) != null)
                    {
                        m_outgoing.Add(line);
                    }
                }
            }
            catch (IOException)
            {
            }
            finally
            {
                Drop(client);
            }
        }

        private void SendLoop()
        {
            foreach (string line in m_outgoing.GetConsumingEnumerable())
            {
                byte[] bytes = Encoding.UTF8.GetBytes(line + "\r\n");
                lock (m_clientsLock)
                {
                    foreach (TcpClient client in m_clients)
                    {
                        client.GetStream().Write(bytes, 0, bytes.Length); // HRD1003
                    }
                }
            }
        }

        private void Drop(TcpClient client)
        {
            lock (m_clientsLock)
            {
                m_clients.Remove(client);
            }

            client.Close();
        }
    }
}
