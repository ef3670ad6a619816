namespace Hardening.Camera;

/// <summary>Adds GigE Vision cameras to a pipeline.</summary>
public static class AravisFramePipelineBuilderExtensions
{
    /// <summary>Adds a GigE Vision camera.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    public static FramePipelineBuilder FromAravis(this FramePipelineBuilder pipeline, AravisFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return pipeline.From(new AravisFrameSource(options));
    }
}
