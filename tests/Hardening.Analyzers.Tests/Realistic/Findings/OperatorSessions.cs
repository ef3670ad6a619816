using System;
using System.Collections.Generic;
using System.Linq;

namespace Plant.Terminals
{
    public sealed class OperatorSession
    {
        private static readonly object s_sync = new object(); // HRD1007

        private readonly List<string> _commands = new List<string>();
        private readonly Dictionary<string, DateTime> _lastSeen = new Dictionary<string, DateTime>();
        private DateTime _expires;

        public OperatorSession(string name, TimeSpan lifetime)
        {
            Name = name;
            _expires = DateTime.UtcNow + lifetime;
        }

        public string Name { get; private set; }

        public void Record(string command)
        {
            lock (s_sync)
            {
                _commands.Add(command);
                _lastSeen[command] = DateTime.UtcNow;
                if (_commands.Count > 500)
                {
                    _commands.RemoveRange(0, 100);
                }
            }
        }

        public bool Extend(TimeSpan by)
        {
            lock (s_sync)
            {
                if (_expires < DateTime.UtcNow)
                {
                    return false;
                }

                _expires += by;
                return true;
            }
        }

        public string[] LastCommands(int count)
        {
            lock (s_sync)
            {
                return _commands.Skip(Math.Max(0, _commands.Count - count)).ToArray();
            }
        }

        public bool IsExpired(DateTime now)
        {
            lock (s_sync)
            {
                return _expires < now;
            }
        }
    }

    public static class SessionDirectory
    {
        private static readonly Dictionary<Guid, OperatorSession> s_sessions = new Dictionary<Guid, OperatorSession>();

        public static Guid Open(string name)
        {
            Guid id = Guid.NewGuid();
            lock (typeof(SessionDirectory)) // HRD1001
            {
                s_sessions.Add(id, new OperatorSession(name, TimeSpan.FromHours(8)));
            }

            return id;
        }

        public static OperatorSession Find(Guid id)
        {
            lock (typeof(SessionDirectory)) // HRD1001
            {
                OperatorSession session;
                return s_sessions.TryGetValue(id, out session) ? session : null;
            }
        }

        public static int Sweep()
        {
            DateTime now = DateTime.UtcNow;
            lock (typeof(SessionDirectory)) // HRD1001
            {
                List<Guid> gone = s_sessions.Where(pair => pair.Value.IsExpired(now)).Select(pair => pair.Key).ToList();
                foreach (Guid id in gone)
                {
                    s_sessions.Remove(id);
                }

                return gone.Count;
            }
        }
    }
}
