using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;

namespace Media.Library
{
    public sealed class MediaInfo
    {
        public string Path { get; set; } = "";

        public string Format { get; set; } = "";

        public TimeSpan Duration { get; set; }

        public long BitRate { get; set; }
    }

    /// <summary>Asks ffprobe what is in a file.</summary>
    public class MediaInfoProbe
    {
        private readonly string _ffprobe;
        private readonly Dictionary<string, MediaInfo> _known = new Dictionary<string, MediaInfo>();

        public MediaInfoProbe(string ffprobe)
        {
            _ffprobe = ffprobe;
        }

        public MediaInfo Probe(string path)
        {
            if (_known.TryGetValue(path, out MediaInfo? known))
            {
                return known;
            }

            ProcessStartInfo start = new ProcessStartInfo();
            start.FileName = _ffprobe;
            start.Arguments = "-v error -print_format json -show_format \"" + path + "\""; // HRD3012
            start.RedirectStandardOutput = true;
            start.RedirectStandardError = true;
            start.UseShellExecute = false;
            using (Process probe = Process.Start(start)!)
            {
                string json = probe.StandardOutput.ReadToEnd(); // HRD3006
                string errors = probe.StandardError.ReadToEnd();
                probe.WaitForExit(); // HRD3004
                if (probe.ExitCode != 0)
                {
                    throw new InvalidDataException(errors);
                }

                MediaInfo info = Parse(path, json);
                _known[path] = info;
                return info;
            }
        }

        public byte[] Cover(string path)
        {
            string target = Path.ChangeExtension(path, ".jpg");
            Process ffmpeg = new Process(); // HRD3001
            ffmpeg.StartInfo.FileName = "ffmpeg";
            ffmpeg.StartInfo.Arguments = string.Format(CultureInfo.InvariantCulture, "-y -i \"{0}\" -frames:v 1 \"{1}\"", path, target); // HRD3012
            ffmpeg.Start();
            if (!ffmpeg.WaitForExit(20000))
            {
                ffmpeg.Kill(); // HRD3003
                return Array.Empty<byte>();
            }

            return File.ReadAllBytes(target);
        }

        public string Version()
        {
            using (Process probe = Process.Start(new ProcessStartInfo(_ffprobe, "-version") { RedirectStandardOutput = true })!)
            {
                probe.WaitForExit(); // HRD3006
                return probe.StandardOutput.ReadLine() ?? "";
            }
        }

        private static MediaInfo Parse(string path, string json)
        {
            using (JsonDocument document = JsonDocument.Parse(json))
            {
                JsonElement format = document.RootElement.GetProperty("format");
                return new MediaInfo
                {
                    Path = path,
                    Format = format.GetProperty("format_name").GetString() ?? "",
                    Duration = TimeSpan.FromSeconds(double.Parse(format.GetProperty("duration").GetString()!, CultureInfo.InvariantCulture)),
                    BitRate = long.Parse(format.GetProperty("bit_rate").GetString()!, CultureInfo.InvariantCulture),
                };
            }
        }
    }
}
