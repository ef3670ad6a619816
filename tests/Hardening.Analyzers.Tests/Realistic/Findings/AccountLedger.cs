using System;
using System.Collections.Generic;
using System.Threading;

namespace Bank.Core;

public sealed record Posting(int Account, decimal Amount, string Text, DateTimeOffset At);

/// <summary>Balances and the journal of postings. Each has a lock of its own, so that statements do not hold up bookings.</summary>
public sealed class AccountLedger(TimeProvider time)
{
    private readonly Lock _balances = new();
    private readonly Lock _journal = new();
    private readonly Dictionary<int, decimal> _byAccount = [];
    private readonly List<Posting> _postings = [];
    private int _closedUpTo;

    public void Book(int account, decimal amount, string text)
    {
        lock (_balances)
        {
            var balance = _byAccount.GetValueOrDefault(account) + amount;
            if (balance < 0)
            {
                throw new InvalidOperationException($"Account {account} would have {balance}.");
            }

            _byAccount[account] = balance;
            Record(new Posting(account, amount, text, time.GetUtcNow())); // HRD1008
        }
    }

    public void Transfer(int from, int to, decimal amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amount);
        Book(from, -amount, $"to {to}");
        Book(to, amount, $"from {from}");
    }

    public IReadOnlyList<Posting> Statement(int account)
    {
        var found = new List<Posting>();
        lock (_journal)
        {
            foreach (var posting in _postings)
            {
                if (posting.Account == account)
                {
                    found.Add(posting);
                }
            }
        }

        return found;
    }

    public decimal Balance(int account)
    {
        lock (_balances)
        {
            return _byAccount.GetValueOrDefault(account);
        }
    }

    public int CloseDay()
    {
        lock (_journal)
        {
            var sums = new Dictionary<int, decimal>();
            for (var i = _closedUpTo; i < _postings.Count; i++)
            {
                sums[_postings[i].Account] = sums.GetValueOrDefault(_postings[i].Account) + _postings[i].Amount;
            }

            Check(sums);
            _closedUpTo = _postings.Count;
            return sums.Count;
        }
    }

    private void Record(Posting posting)
    {
        lock (_journal)
        {
            _postings.Add(posting);
        }
    }

    private void Check(Dictionary<int, decimal> sums)
    {
        foreach (var account in sums.Keys)
        {
            if (!IsKnown(account))
            {
                throw new InvalidOperationException($"Account {account} has postings, but no balance.");
            }
        }
    }

    private bool IsKnown(int account)
    {
        lock (_balances)
        {
            return _byAccount.ContainsKey(account);
        }
    }
}
