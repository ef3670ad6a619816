using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Intranet.Files
{
    public class HttpFileServer : IDisposable
    {
        private readonly HttpListener _listener = new HttpListener();
        private readonly string _root;
        private readonly Dictionary<string, byte[]> _cache = new Dictionary<string, byte[]>();
        private readonly object _cacheLock = new object();
        private readonly SemaphoreSlim _writers = new SemaphoreSlim(2);
        private Dictionary<string, string> _types;
        private bool _running;
        private int _open;

        public HttpFileServer(string prefix, string root)
        {
            _listener.Prefixes.Add(prefix);
            _root = root;
        }

        public int Served { get; private set; }

        public void Run()
        {
            _listener.Start();
            _running = true;
            while (_running)
            {
                HttpListenerContext context = _listener.GetContext();
                Interlocked.Increment(ref _open);
                ThreadPool.QueueUserWorkItem(Serve, context); // HRD2002
            }
        }

        public void Dispose()
        {
            _running = false;
            _listener.Close();
            while (Thread.VolatileRead(ref _open) > 0) // HRD1014
            {
                Thread.Yield();
            }
        }

        [MethodImpl(MethodImplOptions.Synchronized)] // HRD1001
        private void CountOne()
        {
            Served++;
        }

        private void Serve(object state)
        {
            HttpListenerContext context = (HttpListenerContext)state;
            try
            {
                string path = Path.Combine(_root, context.Request.Url.AbsolutePath.TrimStart('/'));
                if (context.Request.HttpMethod == "PUT")
                {
                    Store(path, context.Request.InputStream); // HRD2008
                }
                else
                {
                    byte[] content = Read(path);
                    context.Response.ContentType = TypeOf(Path.GetExtension(path));
                    context.Response.OutputStream.Write(content, 0, content.Length);
                }

                CountOne();
            }
            catch (IOException ex)
            {
                byte[] text = Encoding.UTF8.GetBytes(ex.Message);
                context.Response.StatusCode = 500;
                context.Response.OutputStream.Write(text, 0, text.Length);
            }
            finally
            {
                context.Response.Close();
                Interlocked.Decrement(ref _open);
            }
        }

        private byte[] Read(string path)
        {
            lock (_cacheLock)
            {
                byte[] content;
                if (!_cache.TryGetValue(path, out content))
                {
                    content = File.ReadAllBytes(path); // HRD1003
                    _cache[path] = content;
                }

                return content;
            }
        }

        private void Store(string path, Stream content)
        {
            _writers.Wait();
            try
            {
                using (FileStream file = File.Create(path))
                {
                    content.CopyTo(file);
                }
            }
            finally
            {
                _writers.Release();
            }
        }

        private string TypeOf(string extension)
        {
            Dictionary<string, string> types = _types;
            if (types == null)
            {
                lock (_cacheLock)
                {
                    types = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                    types[".html"] = "text/html";
                    types[".css"] = "text/css";
                    types[".png"] = "image/png";
                    _types = types; // HRD1013
                }
            }

            string type;
            return types.TryGetValue(extension, out type) ? type : "application/octet-stream";
        }
    }
}
