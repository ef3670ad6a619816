using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net.Mail;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Notifications;

public sealed record OutgoingMail(string To, string Subject, string Body);

/// <summary>At most so many mails wait in memory; what comes on top is put on the disk and taken up again later.</summary>
public sealed class MailOutbox : IDisposable
{
    private const int MostInMemory = 1_000;

    private readonly ConcurrentQueue<OutgoingMail> _mails = new();
    private readonly AutoResetEvent _added = new(false);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _overflow;
    private readonly Func<SmtpClient> _connect;
    private readonly Task _sending;
    private long _sent;

    public MailOutbox(Func<SmtpClient> connect, string overflow)
    {
        _connect = connect;
        _overflow = overflow;
        _sending = Task.Factory.StartNew(SendAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public long Sent => Interlocked.Read(ref _sent);

    public void Add(OutgoingMail mail)
    {
        if (_mails.Count >= MostInMemory)
        {
            File.WriteAllText(Path.Combine(_overflow, $"{Guid.NewGuid():N}.mail"), JsonSerializer.Serialize(mail));
            return;
        }

        _mails.Enqueue(mail);
        _added.Set();
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (((IAsyncResult)_sending).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(10)))
        {
            _added.Dispose();
            _stop.Dispose();
        }
    }

    private void SendAll()
    {
        var handles = new[] { _added, _stop.Token.WaitHandle };
        while (WaitHandle.WaitAny(handles, TimeSpan.FromMinutes(1)) != 1)
        {
            using var client = _connect();
            while (_mails.TryDequeue(out var mail))
            {
                Send(client, mail);
            }

            foreach (var mail in Overflow())
            {
                Send(client, mail);
            }
        }
    }

    private IEnumerable<OutgoingMail> Overflow()
    {
        foreach (var file in Directory.EnumerateFiles(_overflow, "*.mail"))
        {
            var mail = JsonSerializer.Deserialize<OutgoingMail>(File.ReadAllText(file));
            File.Delete(file);
            if (mail is not null)
            {
                yield return mail;
            }
        }
    }

    private void Send(SmtpClient client, OutgoingMail mail)
    {
        try
        {
            client.Send("noreply@example.com", mail.To, mail.Subject, mail.Body);
            Interlocked.Increment(ref _sent);
        }
        catch (SmtpException)
        {
            File.WriteAllText(Path.Combine(_overflow, $"{Guid.NewGuid():N}.mail"), JsonSerializer.Serialize(mail));
        }
    }
}
