using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;

namespace Media.Probing
{
    public sealed class ProbeException : Exception
    {
        public ProbeException(string message)
            : base(message)
        {
        }
    }

    /// <summary>Asks ffprobe for single values of a file. Synchronous, since its callers are the workers of a batch.</summary>
    public sealed class FfprobeClient
    {
        private const int LimitMilliseconds = 30_000;
        private const int GraceMilliseconds = 5_000;

        private readonly string _path;

        public FfprobeClient(string path)
        {
            _path = path ?? throw new ArgumentNullException(nameof(path));
        }

        public TimeSpan Duration(string file)
        {
            string seconds = Ask(file, "format=duration");
            return TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture));
        }

        public IReadOnlyList<string> Codecs(string file)
        {
            var codecs = new List<string>();
            using (var reader = new StringReader(Ask(file, "stream=codec_name")))
            {
                string? line;
                while ((line = reader.ReadLine()) != null)
                {
                    codecs.Add(line);
                }
            }

            return codecs;
        }

        private string Ask(string file, string entries)
        {
            var output = new StringBuilder();
            var errors = new StringBuilder();
            using (var probe = new Process())
            {
                probe.StartInfo.FileName = _path;
                foreach (string argument in new[] { "-v", "error", "-show_entries", entries, "-of", "csv=p=0", file })
                {
                    probe.StartInfo.ArgumentList.Add(argument);
                }

                probe.StartInfo.RedirectStandardOutput = true;
                probe.StartInfo.RedirectStandardError = true;
                probe.OutputDataReceived += (sender, e) => output.AppendLine(e.Data);
                probe.ErrorDataReceived += (sender, e) => errors.AppendLine(e.Data);
                probe.Start();
                probe.BeginOutputReadLine();
                probe.BeginErrorReadLine();
                if (!probe.WaitForExit(LimitMilliseconds))
                {
                    probe.Kill(true);
                    if (!probe.WaitForExit(GraceMilliseconds))
                    {
                        throw new ProbeException("ffprobe cannot be ended.");
                    }

                    throw new ProbeException("ffprobe took longer than " + LimitMilliseconds + " ms.");
                }

                // Only this overload waits until the last line has been handed over.
                probe.WaitForExit();
                if (probe.ExitCode != 0)
                {
                    throw new ProbeException(errors.ToString());
                }
            }

            return output.ToString().Trim();
        }
    }
}
