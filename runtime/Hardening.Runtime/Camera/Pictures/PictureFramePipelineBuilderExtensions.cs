namespace Hardening.Camera.Pictures;

/// <summary>Adds pictures to a pipeline.</summary>
public static class PictureFramePipelineBuilderExtensions
{
    /// <summary>Adds a camera that shows the PGM and PPM files of a folder.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    public static FramePipelineBuilder FromPictures(this FramePipelineBuilder pipeline, PictureFolderFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return pipeline.From(new PictureFolderFrameSource(options));
    }
}
