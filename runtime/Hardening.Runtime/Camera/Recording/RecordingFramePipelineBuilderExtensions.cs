namespace Hardening.Camera.Recording;

/// <summary>Adds recordings to a pipeline.</summary>
public static class RecordingFramePipelineBuilderExtensions
{
    /// <summary>Records every frame that reaches the sinks.</summary>
    public static FramePipelineBuilder ToRecording(this FramePipelineBuilder pipeline, RecordingSinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return pipeline.To(new RecordingSink(options));
    }

    /// <summary>Adds a camera that replays a recording.</summary>
    public static FramePipelineBuilder FromRecording(this FramePipelineBuilder pipeline, RecordingFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return pipeline.From(new RecordingFrameSource(options));
    }
}
