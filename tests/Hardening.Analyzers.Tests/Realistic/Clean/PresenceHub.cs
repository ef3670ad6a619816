using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.SignalR;

namespace Collaboration.Presence;

public interface IPresenceClient
{
    Task Joined(string document, string user);

    Task Left(string document, string user);

    Task Moved(string user, int line, int column);
}

public sealed record Cursor(int Line, int Column, DateTimeOffset At);

/// <summary>Who looks at which document, and where.</summary>
public sealed class PresenceTracker(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, Cursor>> _documents = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<string>> _colors = new();
    private int _nextColor;

    public bool Join(string document, string user) =>
        _documents.GetOrAdd(document, static _ => new ConcurrentDictionary<string, Cursor>()).TryAdd(user, new Cursor(0, 0, time.GetUtcNow()));

    public bool Leave(string document, string user) =>
        _documents.TryGetValue(document, out var users) && users.TryRemove(user, out _);

    public void Move(string document, string user, int line, int column)
    {
        if (_documents.TryGetValue(document, out var users))
        {
            users.AddOrUpdate(
                user,
                static (_, at) => at,
                static (_, old, at) => at.At >= old.At ? at : old,
                new Cursor(line, column, time.GetUtcNow()));
        }
    }

    public IReadOnlyCollection<string> Users(string document) =>
        _documents.TryGetValue(document, out var users) ? users.Keys.Order(StringComparer.Ordinal).ToList() : [];

    public string ColorOf(string user) =>
        _colors.GetOrAdd(user, name => new Lazy<string>(() => NextColor(name))).Value;

    private string NextColor(string user)
    {
        var number = Interlocked.Increment(ref _nextColor);
        return $"hsl({(number * 47 + user.Length) % 360}, 70%, 50%)";
    }
}

public sealed class PresenceHub(PresenceTracker tracker) : Hub<IPresenceClient>
{
    private string User => Context.UserIdentifier ?? Context.ConnectionId;

    public async Task<IReadOnlyCollection<string>> Open(string document)
    {
        await Groups.AddToGroupAsync(Context.ConnectionId, document, Context.ConnectionAborted);
        if (tracker.Join(document, User))
        {
            await Clients.OthersInGroup(document).Joined(document, User);
        }

        Context.Items["document"] = document;
        return tracker.Users(document);
    }

    public async Task Move(int line, int column)
    {
        if (Context.Items["document"] is string document)
        {
            tracker.Move(document, User, line, column);
            await Clients.OthersInGroup(document).Moved(User, line, column);
        }
    }

    public string Color() => tracker.ColorOf(User);

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Items["document"] is string document && tracker.Leave(document, User))
        {
            await Clients.Group(document).Left(document, User);
        }

        await base.OnDisconnectedAsync(exception);
    }
}
