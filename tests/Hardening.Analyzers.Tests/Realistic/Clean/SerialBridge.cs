using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace Lab.Serial
{
    public interface IPort
    {
        bool TryRead(out byte[] packet);

        void Write(byte[] packet);
    }

    /// <summary>Polls two ports. One timer is started again by hand, the other drops the ticks for which it has no time.</summary>
    public class SerialBridge : IDisposable
    {
        private readonly IPort m_left;
        private readonly IPort m_right;
        private readonly System.Timers.Timer m_leftTimer;
        private readonly System.Timers.Timer m_rightTimer;
        private readonly object m_rightBusy = new object();
        private readonly object m_statLock = new object();
        private readonly Dictionary<string, long> m_bytes = new Dictionary<string, long>();
        private bool m_disposed;

        public SerialBridge(IPort left, IPort right)
        {
            m_left = left;
            m_right = right;
            m_leftTimer = new System.Timers.Timer(50);
            m_leftTimer.AutoReset = false;
            m_leftTimer.Elapsed += LeftTimer_Elapsed;
            m_rightTimer = new System.Timers.Timer(50) { AutoReset = true };
            m_rightTimer.Elapsed += RightTimer_Elapsed;
        }

        public event EventHandler<UnhandledExceptionEventArgs> Failed;

        public void Start()
        {
            m_leftTimer.Start();
            m_rightTimer.Start();
        }

        public long Bytes(string direction)
        {
            lock (m_statLock)
            {
                long count;
                m_bytes.TryGetValue(direction, out count);
                return count;
            }
        }

        public void Dispose()
        {
            m_disposed = true;
            m_leftTimer.Dispose();
            m_rightTimer.Dispose();
        }

        private void LeftTimer_Elapsed(object sender, System.Timers.ElapsedEventArgs e)
        {
            try
            {
                Move(m_left, m_right, "left to right");
            }
            catch (IOException ex)
            {
                OnFailed(ex);
            }
            finally
            {
                if (!m_disposed)
                {
                    m_leftTimer.Start();
                }
            }
        }

        private void RightTimer_Elapsed(object sender, System.Timers.ElapsedEventArgs e)
        {
            if (!Monitor.TryEnter(m_rightBusy))
            {
                return;
            }

            IOException failure = null;
            try
            {
                Move(m_right, m_left, "right to left");
            }
            catch (IOException ex)
            {
                failure = ex;
            }
            finally
            {
                Monitor.Exit(m_rightBusy);
            }

            if (failure != null)
            {
                OnFailed(failure);
            }
        }

        private void Move(IPort from, IPort to, string direction)
        {
            byte[] packet;
            while (from.TryRead(out packet))
            {
                to.Write(packet);
                lock (m_statLock)
                {
                    long count;
                    m_bytes.TryGetValue(direction, out count);
                    m_bytes[direction] = count + packet.Length;
                }
            }
        }

        private void OnFailed(Exception failure)
        {
            EventHandler<UnhandledExceptionEventArgs> handler = Failed;
            if (handler != null)
            {
                handler(this, new UnhandledExceptionEventArgs(failure, false));
            }
        }
    }
}
