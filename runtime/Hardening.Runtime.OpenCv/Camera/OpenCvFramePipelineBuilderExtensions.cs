namespace Hardening.Camera;

/// <summary>Adds what OpenCV can open to a pipeline.</summary>
public static class OpenCvFramePipelineBuilderExtensions
{
    /// <summary>Adds a file, a stream or a device.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    public static FramePipelineBuilder FromOpenCv(this FramePipelineBuilder pipeline, OpenCvFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return pipeline.From(new OpenCvFrameSource(options));
    }
}
