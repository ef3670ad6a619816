using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace Office.Printing
{
    public class PrintJob
    {
        public int Number { get; set; }

        public string File { get; set; }

        public int Copies { get; set; }
    }

    public class PrintSpooler
    {
        private readonly object _printer = new object();
        private readonly Queue<PrintJob> _waiting = new Queue<PrintJob>();
        private readonly string _tool;
        private int _printed;

        public PrintSpooler(string tool)
        {
            _tool = tool;
        }

        public int Printed
        {
            get
            {
                lock (_printer)
                {
                    return _printed;
                }
            }
        }

        public void Add(PrintJob job)
        {
            lock (_printer)
            {
                _waiting.Enqueue(job);
            }
        }

        public bool PrintNext()
        {
            lock (_printer)
            {
                if (_waiting.Count == 0)
                {
                    return false;
                }

                PrintJob job = _waiting.Dequeue();
                for (int copy = 0; copy < job.Copies; copy++)
                {
                    Print(job); // HRD1003
                }

                _printed += job.Copies;
                return true;
            }
        }

        public string Version()
        {
            ProcessStartInfo start = new ProcessStartInfo(_tool, "--version");
            start.RedirectStandardOutput = true;
            start.UseShellExecute = false;
            Process tool = Process.Start(start); // HRD3001
            tool.WaitForExit(); // HRD3006
            return tool.StandardOutput.ReadToEnd().Trim();
        }

        public void Cancel()
        {
            foreach (Process process in Process.GetProcessesByName(Path.GetFileNameWithoutExtension(_tool)))
            {
                using (process)
                {
                    process.Kill(); // HRD3003
                }
            }
        }

        private void Print(PrintJob job)
        {
            using (Process tool = new Process())
            {
                tool.StartInfo.FileName = _tool;
                tool.StartInfo.ArgumentList.Add(job.File);
                tool.Start();
                if (!Finished(tool))
                {
                    tool.Kill(); // HRD3003
                    throw new TimeoutException("Job " + job.Number + " did not end.");
                }
            }
        }

        private static bool Finished(Process tool)
        {
            return tool.WaitForExit(120000);
        }
    }
}
