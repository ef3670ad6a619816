using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Support.Tickets;

public sealed record Ticket(int Number, string Customer, string Text, bool Open);

/// <summary>Everything in memory: the lock is held for a few instructions, sorting and filtering happen on a copy.</summary>
public sealed partial class TicketStore
{
    private static readonly Lock NumberGate = new();
    private static int s_lastNumber;

    private readonly Lock _gate = new();
    private readonly List<Ticket> _tickets = [];
    private readonly List<string> _audit = [];

    public static int NextNumber()
    {
        lock (NumberGate)
        {
            s_lastNumber = s_lastNumber % 999_999 + 1;
            return s_lastNumber;
        }
    }

    public Ticket Open(string customer, string text)
    {
        var ticket = new Ticket(NextNumber(), customer, text, Open: true);
        lock (_gate)
        {
            _tickets.Add(ticket);
            Note($"{ticket.Number} opened");
        }

        return ticket;
    }

    public bool Close(int number)
    {
        lock (_gate)
        {
            var index = _tickets.FindIndex(ticket => ticket.Number == number);
            if (index < 0 || !_tickets[index].Open)
            {
                return false;
            }

            _tickets[index] = _tickets[index] with { Open = false };
            Note($"{number} closed");
            return true;
        }
    }

    private void Note(string text)
    {
        _audit.Add(text);
        if (_audit.Count > 10_000)
        {
            _audit.RemoveRange(0, 5_000);
        }
    }
}

public sealed partial class TicketStore
{
    public IReadOnlyList<Ticket> ByCustomer() =>
        [.. Snapshot().OrderBy(ticket => ticket.Customer, StringComparer.CurrentCulture).ThenByDescending(ticket => ticket.Number)];

    public IEnumerable<Ticket> Search(string word)
    {
        foreach (var ticket in Snapshot())
        {
            if (ticket.Text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                yield return ticket;
            }
        }
    }

    public async IAsyncEnumerable<Ticket> NewAsync(TimeProvider time, [EnumeratorCancellation] CancellationToken token = default)
    {
        var seen = 0;
        while (!token.IsCancellationRequested)
        {
            var tickets = Snapshot();
            for (; seen < tickets.Length; seen++)
            {
                yield return tickets[seen];
            }

            await Task.Delay(TimeSpan.FromSeconds(1), time, token);
        }
    }

    public int CountOpen()
    {
        using (_gate.EnterScope())
        {
            return _tickets.Count(static ticket => ticket.Open);
        }
    }

    private Ticket[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _tickets];
        }
    }
}
