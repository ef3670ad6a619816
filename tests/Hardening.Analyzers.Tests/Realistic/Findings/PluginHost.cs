using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;

namespace Desk.Plugins
{
    public interface IPlugin
    {
        string Name { get; }

        void Initialize(IServiceProvider services);

        void Tick(TimeSpan elapsed);
    }

    public class PluginHost
    {
        private readonly object _loadLock = new object();
        private readonly string _folder;
        private readonly IServiceProvider _services;
        private IPlugin[] _plugins;
        private bool _loaded;
        private Thread _pump;

        public PluginHost(string folder, IServiceProvider services)
        {
            _folder = folder;
            _services = services;
        }

        public event EventHandler<UnhandledExceptionEventArgs> PluginFailed;

        public IPlugin[] Plugins
        {
            get
            {
                if (!_loaded)
                {
                    lock (_loadLock)
                    {
                        if (!_loaded)
                        {
                            _loaded = true; // HRD1013
                            _plugins = CreateAll();
                        }
                    }
                }

                return _plugins;
            }
        }

        public void Start()
        {
            _pump = new Thread(Pump); // HRD2013
            _pump.Name = "plug-ins";
            _pump.Start();
        }

        private IPlugin[] CreateAll()
        {
            List<IPlugin> created = new List<IPlugin>();
            foreach (Type type in FindTypes())
            {
                IPlugin plugin = (IPlugin)Activator.CreateInstance(type);
                created.Add(plugin);
            }

            return created.OrderBy(plugin => plugin.Name).ToArray();
        }

        private IEnumerable<Type> FindTypes()
        {
            foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
            {
                if (assembly.IsDynamic || !assembly.Location.StartsWith(_folder, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                foreach (Type type in assembly.GetExportedTypes())
                {
                    if (typeof(IPlugin).IsAssignableFrom(type) && !type.IsAbstract)
                    {
                        yield return type;
                    }
                }
            }
        }

        private void Pump()
        {
            DateTime last = DateTime.UtcNow;
            foreach (IPlugin plugin in Plugins)
            {
                plugin.Initialize(_services);
            }

            while (true)
            {
                DateTime now = DateTime.UtcNow;
                foreach (IPlugin plugin in Plugins)
                {
                    TickOne(plugin, now - last);
                }

                last = now;
                Thread.Sleep(100);
            }
        }

        private void TickOne(IPlugin plugin, TimeSpan elapsed)
        {
            try
            {
                plugin.Tick(elapsed);
            }
            catch (Exception failure)
            {
                EventHandler<UnhandledExceptionEventArgs> handler = PluginFailed;
                if (handler != null)
                {
                    handler(plugin, new UnhandledExceptionEventArgs(failure, false));
                }
            }
        }
    }
}
