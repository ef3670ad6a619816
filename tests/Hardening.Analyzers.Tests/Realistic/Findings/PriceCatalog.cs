using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Shop.Catalog
{
    public interface IPriceSource
    {
        IEnumerable<KeyValuePair<string, decimal>> Load(DateTime since);

        decimal Quote(string article);
    }

    public sealed class PriceCatalog : IDisposable
    {
        #region Fields

        private readonly ReaderWriterLockSlim _lock = new ReaderWriterLockSlim(LockRecursionPolicy.SupportsRecursion);
        private readonly Dictionary<string, decimal> _prices = new Dictionary<string, decimal>(StringComparer.Ordinal);
        private readonly IPriceSource _source;
        private DateTime _loaded = DateTime.MinValue;

        #endregion

        public PriceCatalog(IPriceSource source)
        {
            _source = source ?? throw new ArgumentNullException(nameof(source));
        }

        #region Reading

        public decimal this[string article]
        {
            get
            {
                _lock.EnterReadLock();
                try
                {
                    decimal price;
                    if (_prices.TryGetValue(article, out price))
                    {
                        return price;
                    }

                    price = _source.Quote(article);
                    _lock.EnterWriteLock(); // HRD1012
                    try
                    {
                        _prices[article] = price;
                    }
                    finally
                    {
                        _lock.ExitWriteLock();
                    }

                    return price;
                }
                finally
                {
                    _lock.ExitReadLock();
                }
            }
        }

        public IReadOnlyList<string> Cheaper(decimal limit)
        {
            _lock.EnterReadLock(); // HRD1009
            List<string> found = _prices.Where(pair => pair.Value < limit).Select(pair => pair.Key).ToList();
            _lock.ExitReadLock();
            return found;
        }

        public DateTime Loaded
        {
            get
            {
                _lock.EnterReadLock();
                try
                {
                    return _loaded;
                }
                finally
                {
                    _lock.ExitReadLock();
                }
            }
        }

        #endregion

        #region Writing

        public int Refresh()
        {
            DateTime now = DateTime.UtcNow;
            KeyValuePair<string, decimal>[] news = _source.Load(Loaded).ToArray();
            _lock.EnterWriteLock(); // HRD1009
            foreach (KeyValuePair<string, decimal> pair in news)
            {
                if (pair.Value < 0)
                {
                    throw new InvalidOperationException("The price of " + pair.Key + " is negative.");
                }

                _prices[pair.Key] = pair.Value;
            }

            _loaded = now;
            _lock.ExitWriteLock();
            return news.Length;
        }

        #endregion

        public void Dispose()
        {
            _lock.Dispose();
        }
    }
}
