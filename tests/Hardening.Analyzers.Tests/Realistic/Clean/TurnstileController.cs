using System;
using System.Collections.Generic;
using System.Threading;

namespace Access.Turnstiles
{
    public enum PassResult
    {
        Granted,
        Denied,
        TimedOut
    }

    public interface ITurnstile
    {
        void Unlock();

        void Lock();

        event EventHandler Passed;
    }

    /// <summary>Lets one person through and waits until they have passed.</summary>
    public class TurnstileController : IDisposable
    {
        private readonly ITurnstile _turnstile;
        private readonly AutoResetEvent _passed = new AutoResetEvent(false);
        private readonly object _busy = new object();
        private readonly HashSet<string> _cards = new HashSet<string>();
        private readonly ReaderWriterLock _cardsLock = new ReaderWriterLock();
        private int _count;

        public TurnstileController(ITurnstile turnstile)
        {
            _turnstile = turnstile;
            _turnstile.Passed += Turnstile_Passed;
        }

        public int Count
        {
            get { return Thread.VolatileRead(ref _count); }
        }

        public void Allow(IEnumerable<string> cards)
        {
            _cardsLock.AcquireWriterLock(1000);
            try
            {
                _cards.UnionWith(cards);
            }
            finally
            {
                _cardsLock.ReleaseWriterLock();
            }
        }

        public PassResult Pass(string card, TimeSpan patience)
        {
            if (!IsAllowed(card))
            {
                return PassResult.Denied;
            }

            if (!Monitor.TryEnter(_busy))
            {
                return PassResult.Denied;
            }

            try
            {
                _passed.Reset();
                _turnstile.Unlock();
                _count++;
            }
            finally
            {
                Monitor.Exit(_busy);
            }

            if (_passed.WaitOne(patience))
            {
                return PassResult.Granted;
            }

            _turnstile.Lock();
            return PassResult.TimedOut;
        }

        public void Dispose()
        {
            _turnstile.Passed -= Turnstile_Passed;
            _passed.Dispose();
        }

        private bool IsAllowed(string card)
        {
            _cardsLock.AcquireReaderLock(1000);
            try
            {
                return _cards.Contains(card);
            }
            finally
            {
                _cardsLock.ReleaseReaderLock();
            }
        }

        private void Turnstile_Passed(object sender, EventArgs e)
        {
            _passed.Set();
        }
    }
}
