using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;

namespace Network.Routing;

public readonly record struct Route(IPNetwork Network, string Interface, int Metric);

/// <summary>Looked up for every packet, changed now and then.</summary>
public sealed class RouteTable : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new(LockRecursionPolicy.NoRecursion);
    private readonly SortedDictionary<int, List<Route>> _byLength = new(Comparer<int>.Create(static (a, b) => b.CompareTo(a)));
    private readonly Dictionary<string, int> _hits = new(StringComparer.Ordinal);
    private int _version;

    public int Version
    {
        get
        {
            _lock.EnterReadLock();
            try
            {
                return _version;
            }
            finally
            {
                _lock.ExitReadLock();
            }
        }
    }

    public Route? Find(IPAddress address)
    {
        _lock.EnterReadLock();
        try
        {
            foreach (var (_, routes) in _byLength)
            {
                foreach (var route in routes)
                {
                    if (route.Network.Contains(address))
                    {
                        return route;
                    }
                }
            }

            return null;
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public bool AddOrImprove(Route route)
    {
        _lock.EnterUpgradeableReadLock();
        try
        {
            var routes = _byLength.GetValueOrDefault(route.Network.PrefixLength);
            var index = routes?.FindIndex(known => known.Network.Equals(route.Network)) ?? -1;
            if (index >= 0 && routes![index].Metric <= route.Metric)
            {
                return false;
            }

            _lock.EnterWriteLock();
            try
            {
                if (routes is null)
                {
                    _byLength.Add(route.Network.PrefixLength, routes = []);
                }

                if (index >= 0)
                {
                    routes[index] = route;
                }
                else
                {
                    routes.Add(route);
                }

                _version++;
                return true;
            }
            finally
            {
                _lock.ExitWriteLock();
            }
        }
        finally
        {
            _lock.ExitUpgradeableReadLock();
        }
    }

    public bool TryClear(TimeSpan patience)
    {
        if (!_lock.TryEnterWriteLock(patience))
        {
            return false;
        }

        try
        {
            _byLength.Clear();
            _hits.Clear();
            _version++;
            return true;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    public void Dispose() => _lock.Dispose();
}
