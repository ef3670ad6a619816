using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Plant.Configuration
{
    public class SettingChangedEventArgs : EventArgs
    {
        private readonly string _key;
        private readonly string _value;

        public SettingChangedEventArgs(string key, string value)
        {
            _key = key;
            _value = value;
        }

        public string Key { get { return _key; } }

        public string Value { get { return _value; } }
    }

    /// <summary>Settings of the plant, kept in one ini file.</summary>
    public class SettingsStore
    {
        private readonly Dictionary<string, string> _values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        private readonly string _path;
        private int _revision;

        public event EventHandler<SettingChangedEventArgs> Changed;

        public SettingsStore(string path)
        {
            if (path == null)
            {
                throw new ArgumentNullException("path");
            }

            _path = path;
            Load();
        }

        public int Revision
        {
            get
            {
                lock (this) // HRD1001
                {
                    return _revision;
                }
            }
        }

        public string Get(string key, string fallback)
        {
            lock (this) // HRD1001
            {
                string value;
                return _values.TryGetValue(key, out value) ? value : fallback;
            }
        }

        public void Set(string key, string value)
        {
            lock (this) // HRD1001
            {
                string old;
                if (_values.TryGetValue(key, out old) && old == value)
                {
                    return;
                }

                _values[key] = value;
                _revision++;
                Persist(); // HRD1003
                EventHandler<SettingChangedEventArgs> handler = Changed;
                if (handler != null)
                {
                    handler(this, new SettingChangedEventArgs(key, value)); // HRD1005
                }
            }
        }

        public bool Remove(string key)
        {
            lock (this) // HRD1001
            {
                if (!_values.Remove(key))
                {
                    return false;
                }

                _revision++;
                Persist(); // HRD1003
                return true;
            }
        }

        private void Persist()
        {
            StringBuilder text = new StringBuilder();
            text.Append("; revision ").Append(_revision).AppendLine();
            foreach (KeyValuePair<string, string> pair in _values)
            {
                text.Append(pair.Key).Append('=').AppendLine(pair.Value);
            }

            Replace(text.ToString());
        }

        private void Replace(string text)
        {
            string temporary = _path + ".new";
            File.WriteAllText(temporary, text, Encoding.UTF8);
            if (File.Exists(_path))
            {
                File.Replace(temporary, _path, _path + ".bak");
            }
            else
            {
                File.Move(temporary, _path);
            }
        }

        private void Load()
        {
            if (!File.Exists(_path))
            {
                return;
            }

            foreach (string line in File.ReadAllLines(_path))
            {
                int equals = line.IndexOf('=');
                if (equals > 0 && !line.StartsWith(";", StringComparison.Ordinal))
                {
                    _values[line.Substring(0, equals).Trim()] = line.Substring(equals + 1).Trim();
                }
            }
        }
    }
}
