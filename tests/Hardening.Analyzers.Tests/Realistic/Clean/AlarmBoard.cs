using System;
using System.Collections.Generic;
using System.Threading;

namespace Plant.Alarms
{
    public enum AlarmLevel
    {
        Info = 0,
        Warning = 1,
        Critical = 2
    }

    public class Alarm
    {
        public Alarm(string source, AlarmLevel level, string text)
        {
            Source = source;
            Level = level;
            Text = text;
            Raised = DateTime.UtcNow;
        }

        public string Source { get; private set; }

        public AlarmLevel Level { get; private set; }

        public string Text { get; private set; }

        public DateTime Raised { get; private set; }
    }

    public interface IAlarmListener
    {
        void Raised(Alarm alarm);

        void Cleared(Alarm alarm);
    }

    /// <summary>Listeners are kept in an array that is replaced, never changed, so it can be walked without the lock.</summary>
    public class AlarmBoard
    {
        private readonly object _lock = new object();
        private readonly Dictionary<string, Alarm> _active = new Dictionary<string, Alarm>();
        private volatile IAlarmListener[] _listeners = new IAlarmListener[0];

        public event EventHandler<EventArgs> AllCleared;

        public void Add(IAlarmListener listener)
        {
            lock (_lock)
            {
                IAlarmListener[] old = _listeners;
                IAlarmListener[] changed = new IAlarmListener[old.Length + 1];
                Array.Copy(old, changed, old.Length);
                changed[old.Length] = listener;
                _listeners = changed;
            }
        }

        public void Remove(IAlarmListener listener)
        {
            lock (_lock)
            {
                List<IAlarmListener> changed = new List<IAlarmListener>(_listeners);
                changed.Remove(listener);
                _listeners = changed.ToArray();
            }
        }

        public void Raise(Alarm alarm)
        {
            lock (_lock)
            {
                Alarm known;
                if (_active.TryGetValue(alarm.Source, out known) && known.Level >= alarm.Level)
                {
                    return;
                }

                _active[alarm.Source] = alarm;
            }

            foreach (IAlarmListener listener in _listeners)
            {
                listener.Raised(alarm);
            }
        }

        public bool Clear(string source)
        {
            Alarm alarm;
            bool last;
            EventHandler<EventArgs> handler;
            lock (_lock)
            {
                if (!_active.TryGetValue(source, out alarm))
                {
                    return false;
                }

                _active.Remove(source);
                last = _active.Count == 0;
                handler = AllCleared;
            }

            foreach (IAlarmListener listener in _listeners)
            {
                listener.Cleared(alarm);
            }

            if (last && handler != null)
            {
                handler(this, EventArgs.Empty);
            }

            return true;
        }
    }
}
