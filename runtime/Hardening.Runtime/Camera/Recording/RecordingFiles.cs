namespace Hardening.Camera.Recording;

/// <summary>What a recording source found out about its files when it was opened.</summary>
internal sealed record RecordingFiles(IReadOnlyList<string> Paths, FrameFormat Format)
{
    /// <summary>Looks at every file, and reads the headers of those that were not closed.</summary>
    /// <exception cref="FrameSourceException">There is none that can be read, or those of several cameras.</exception>
    public static RecordingFiles Find(RecordingFrameSourceOptions options, string source, FrameSourceContext context, Action unreadable, CancellationToken cancellationToken)
    {
        var failures = new FailureLog(context.Time);
        var paths = new List<string>();
        FrameFormat? format = null;
        var largest = 0;
        var (frames, nanoseconds) = (0L, 0L);
        foreach (var path in Candidates(options, source))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var file = RecordingFileReader.Open(path);
                var end = file.Footer ?? ReadToEnd(file, cancellationToken);
                paths.Add(path);
                format ??= new FrameFormat(file.Width, file.Height, file.PixelFormat, 0, FrameRate: null, IsTriggered: true);
                largest = Math.Max(largest, end.LargestPixelBytes);
                (frames, nanoseconds) = (frames + Math.Max(end.Frames - 1, 0), nanoseconds + Math.Max(end.LastTime - end.FirstTime, 0));
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                if (File.Exists(options.Path))
                {
                    throw new FrameSourceException(source, $"Camera '{source}' cannot replay its recording: {e.Message}", e);
                }

                unreadable();
                if (failures.ShouldLog(out var unlogged))
                {
                    context.Logger.RecordingUnreadable(e, source, path, unlogged);
                }
            }
        }

        if (format is not { } first || largest == 0)
        {
            throw new FrameSourceException(source, $"There is no frame for camera '{source}' in '{options.Path}': none of its recordings can be read, or all are empty.");
        }

        var rate = options.Pace == RecordingPace.AsRecorded && nanoseconds > 0 ? frames * 1e9 / nanoseconds : (double?)null;
        return new RecordingFiles(paths, first with { PayloadBytes = largest, FrameRate = rate });
    }

    private static IEnumerable<string> Candidates(RecordingFrameSourceOptions options, string source)
    {
        if (File.Exists(options.Path))
        {
            return [options.Path];
        }

        if (!Directory.Exists(options.Path))
        {
            throw new FrameSourceException(source, $"There is no recording '{options.Path}', nor a directory of that name, for camera '{source}'.");
        }

        var files = RecordingFileName.In(options.Path, options.Camera);
        var cameras = files.Select(file => file.Name.Camera).Distinct(StringComparer.Ordinal).ToList();
        return cameras.Count switch
        {
            0 => throw new FrameSourceException(source, $"There is no recording {(options.Camera is null ? "" : $"of camera '{options.Camera}' ")}in '{options.Path}'."),
            1 => files.Select(file => file.Path),
            _ => throw new FrameSourceException(source, $"'{options.Path}' has recordings of several cameras ({string.Join(", ", cameras)}): say which one camera '{source}' replays ({nameof(options.Camera)})."),
        };
    }

    private static RecordingFooter ReadToEnd(RecordingFileReader file, CancellationToken cancellationToken)
    {
        var end = default(RecordingFooter);
        while (file.TryNext(out var frame))
        {
            cancellationToken.ThrowIfCancellationRequested();
            end = new RecordingFooter(0, end.Frames + 1, Math.Max(end.LargestPixelBytes, frame.PixelBytes), end.Frames == 0 ? frame.HostTime : end.FirstTime, frame.HostTime);
        }

        return end;
    }
}
