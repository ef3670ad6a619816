using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Hardening.Dashboard.Pictures;

/// <summary>Tells once for each camera that no picture can be made.</summary>
internal sealed partial class PictureLog(ILogger logger)
{
    private const int MostCameras = 4096; // bounded by what a pipeline may have

    private readonly ILogger _logger = logger;
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    public void Failed(Exception failure, string camera)
    {
        if (_told.Count < MostCameras && _told.TryAdd(camera, true))
        {
            LogFailed(failure, camera);
        }
    }

    [LoggerMessage(6000, LogLevel.Warning, "A picture of camera {Camera} could not be made. Further failures of this camera are counted, not logged.")]
    private partial void LogFailed(Exception exception, string camera);
}
