using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Xml.Linq;

namespace Source.Svn
{
    public sealed class SvnRevision
    {
        public SvnRevision(long number, string author, string message)
        {
            Number = number;
            Author = author;
            Message = message;
        }

        public long Number { get; }

        public string Author { get; }

        public string Message { get; }
    }

    /// <summary>Copies the revisions of a Subversion repository.</summary>
    public sealed class SvnBridge : IDisposable
    {
        private readonly string _url;
        private readonly string _work;
        private Process? _serve;

        public SvnBridge(string url, string work)
        {
            _url = url;
            _work = work;
        }

        public void Serve(int port)
        {
            _serve = Process.Start("svnserve", new[] { "--foreground", "--listen-port", port.ToString(CultureInfo.InvariantCulture) });
        }

        public void Restart(int port)
        {
            if (_serve != null)
            {
                _serve.Kill(entireProcessTree: true);
                _serve = Process.Start("svnserve", new[] { "--foreground", "--listen-port", port.ToString(CultureInfo.InvariantCulture) }); // HRD3009
            }
        }

        public IList<SvnRevision> Log(long from, long to)
        {
            var revisions = new List<SvnRevision>();
            foreach (XElement entry in XDocument.Parse(Svn("log --xml -r " + from + ":" + to + " " + _url)).Descendants("logentry"))
            {
                revisions.Add(new SvnRevision(
                    (long)entry.Attribute("revision")!,
                    (string?)entry.Element("author") ?? "",
                    (string?)entry.Element("msg") ?? ""));
            }

            return revisions;
        }

        public void Update(long revision)
        {
            Svn(string.Format(CultureInfo.InvariantCulture, "update -r {0} {1}", revision, _work));
        }

        public void Dispose()
        {
            if (_serve != null)
            {
                if (!_serve.HasExited)
                {
                    _serve.Kill(entireProcessTree: true);
                    _serve.WaitForExit(5000);
                }

                _serve.Dispose();
            }
        }

        private string Svn(string command)
        {
            var output = new StringBuilder();
            using (var svn = new Process())
            {
                svn.StartInfo.FileName = "svn";
                svn.StartInfo.Arguments = "--non-interactive " + command;
                svn.StartInfo.RedirectStandardOutput = true;
                svn.OutputDataReceived += (sender, e) => output.AppendLine(e.Data);
                svn.Start();
                svn.BeginOutputReadLine();
                svn.WaitForExit(); // HRD3004
                if (svn.ExitCode != 0)
                {
                    throw new IOException("svn " + command + " failed.");
                }
            }

            return output.ToString();
        }
    }
}
