using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Shop.GiftCards
{
    public class GiftCard
    {
        private readonly object _lock = new object();
        private decimal _balance;

        public GiftCard(long number, decimal balance)
        {
            Number = number;
            _balance = balance;
        }

        public long Number { get; private set; }

        public decimal Balance
        {
            get
            {
                lock (_lock)
                {
                    return _balance;
                }
            }
        }

        /// <summary>Moves money. The card with the lower number is always locked first.</summary>
        public static bool Move(GiftCard from, GiftCard to, decimal amount)
        {
            if (ReferenceEquals(from, to))
            {
                return true;
            }

            GiftCard first = from.Number < to.Number ? from : to;
            GiftCard second = ReferenceEquals(first, from) ? to : from;
            lock (first._lock)
            {
                lock (second._lock)
                {
                    if (from._balance < amount)
                    {
                        return false;
                    }

                    from._balance -= amount;
                    to._balance += amount;
                    return true;
                }
            }
        }

        public bool Spend(decimal amount)
        {
            lock (_lock)
            {
                if (!Covers(amount))
                {
                    return false;
                }

                _balance -= amount;
                return true;
            }
        }

        public bool Covers(decimal amount)
        {
            lock (_lock)
            {
                return _balance >= amount;
            }
        }
    }

    public class GiftCardRegister
    {
        private readonly object _cardsLock = new object();
        private readonly object _usageLock = new object();
        private readonly Dictionary<long, GiftCard> _cards = new Dictionary<long, GiftCard>();
        private readonly Dictionary<long, int> _usage = new Dictionary<long, int>();

        public bool Pay(long number, decimal amount)
        {
            lock (_cardsLock)
            {
                GiftCard card;
                if (!_cards.TryGetValue(number, out card) || !card.Spend(amount))
                {
                    return false;
                }

                Count(number);
                return true;
            }
        }

        public void Issue(long number, decimal balance)
        {
            lock (_cardsLock)
            {
                _cards.Add(number, new GiftCard(number, balance));
                lock (_usageLock)
                {
                    _usage[number] = 0;
                }
            }
        }

        public long[] Unused()
        {
            lock (_usageLock)
            {
                return _usage.Where(pair => pair.Value == 0).Select(pair => pair.Key).ToArray();
            }
        }

        public bool TryReset(TimeSpan patience)
        {
            if (!Monitor.TryEnter(_usageLock, patience))
            {
                return false;
            }

            try
            {
                _usage.Clear();
                return true;
            }
            finally
            {
                Monitor.Exit(_usageLock);
            }
        }

        private void Count(long number)
        {
            lock (_usageLock)
            {
                int used;
                _usage.TryGetValue(number, out used);
                _usage[number] = used + 1;
            }
        }
    }
}
