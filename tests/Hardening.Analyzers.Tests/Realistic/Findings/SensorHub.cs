using System;
using System.Collections.Generic;
using System.Threading;

namespace Lab.Sensors
{
    public delegate void SampleHandler(int nChannel, double dValue);

    public class CSensorChannel
    {
        private static readonly object s_csLock = new object(); // HRD1007

        private readonly int m_nChannel;
        private readonly double[] m_adSamples = new double[1024];
        private int m_nNext;
        private double m_dSum;

        public CSensorChannel(int nChannel)
        {
            m_nChannel = nChannel;
        }

        public int Channel
        {
            get { return m_nChannel; }
        }

        public void Put(double dValue)
        {
            Monitor.Enter(s_csLock);
            try
            {
                m_dSum += dValue - m_adSamples[m_nNext];
                m_adSamples[m_nNext] = dValue;
                m_nNext = (m_nNext + 1) % m_adSamples.Length;
            }
            finally
            {
                Monitor.Exit(s_csLock);
            }
        }

        public double Mean()
        {
            lock (s_csLock)
            {
                return m_dSum / m_adSamples.Length;
            }
        }
    }

    public class CSensorHub
    {
        private readonly Dictionary<int, CSensorChannel> m_mapChannels = new Dictionary<int, CSensorChannel>();
        private readonly SampleHandler m_pfnRead;
        private Thread m_hThread;
        private bool m_bReady;
        private bool m_bQuit;

        public CSensorHub(SampleHandler pfnRead, int nChannels)
        {
            m_pfnRead = pfnRead;
            for (int i = 0; i < nChannels; i++)
            {
                m_mapChannels.Add(i, new CSensorChannel(i));
            }
        }

        public void Open()
        {
            m_hThread = new Thread(ThreadProc);
            m_hThread.IsBackground = true;
            m_hThread.Start();
            while (!Volatile.Read(ref m_bReady)) // HRD1014
            {
            }
        }

        public void Pause()
        {
            m_hThread.Suspend(); // HRD2014
        }

        public void Continue()
        {
            m_hThread.Resume(); // HRD2014
        }

        public bool Close(int nTimeout)
        {
            Volatile.Write(ref m_bQuit, true);
            return m_hThread.Join(nTimeout);
        }

        public CSensorChannel this[int nChannel]
        {
            get { return m_mapChannels[nChannel]; }
        }

        private void ThreadProc()
        {
            Volatile.Write(ref m_bReady, true);
            Random rnd = new Random();
            while (!Volatile.Read(ref m_bQuit))
            {
                foreach (KeyValuePair<int, CSensorChannel> kv in m_mapChannels)
                {
                    double dValue = rnd.NextDouble();
                    kv.Value.Put(dValue);
                    m_pfnRead(kv.Key, dValue);
                }

                Thread.Sleep(20);
            }
        }
    }
}
