namespace Hardening.Cli.Projects;

/// <summary>
/// The files that a build is given on its command line. They send all that it writes to a folder of ours, where a project sets paths of its own too, and write down what each run of the
/// compiler is called with.
/// </summary>
internal static class BuildHooks
{
    /// <returns>The options that bring them in.</returns>
    public static IEnumerable<string> Write(ScratchFolder scratch)
    {
        var afterProps = scratch.File("after.props", """
            <Project>
              <!-- After Directory.Build.props, which may set these. Each project has a folder of its own, whatever its name. -->
              <PropertyGroup>
                <HardenProject>$(MSBuildProjectName)-$([MSBuild]::StableStringHash($(MSBuildProjectFullPath)).ToString('x8'))</HardenProject>
                <BaseIntermediateOutputPath>$(HardenScratch)/obj/$(HardenProject)/</BaseIntermediateOutputPath>
                <MSBuildProjectExtensionsPath>$(BaseIntermediateOutputPath)</MSBuildProjectExtensionsPath>
                <!-- What earlier builds left in the project's folder is no source. -->
                <DefaultItemExcludes>$(DefaultItemExcludes);bin/**;obj/**</DefaultItemExcludes>
                <!-- A restore writes a lock file beside the project, where it has to be told to keep it. -->
                <RestoreLockedMode Condition="Exists('$(MSBuildProjectDirectory)/packages.lock.json')">true</RestoreLockedMode>
                <NuGetLockFilePath Condition="!Exists('$(MSBuildProjectDirectory)/packages.lock.json')">$(BaseIntermediateOutputPath)packages.lock.json</NuGetLockFilePath>
              </PropertyGroup>
            </Project>
            """);
        var beforeProps = scratch.File("before.props", $"""
            <Project>
              <PropertyGroup>
                <CustomAfterDirectoryBuildProps>$(CustomAfterDirectoryBuildProps);{afterProps}</CustomAfterDirectoryBuildProps>
              </PropertyGroup>
            </Project>
            """);
        var beforeTargets = scratch.File("before.targets", """
            <Project>
              <!-- After the project's own body. -->
              <PropertyGroup>
                <HardenPivot>$(Configuration)/$(TargetFramework)/$(RuntimeIdentifier)/</HardenPivot>
                <IntermediateOutputPath Condition="!$(IntermediateOutputPath.StartsWith('$(HardenScratch)'))">$(HardenScratch)/obj/$(HardenProject)/$(HardenPivot)</IntermediateOutputPath>
                <OutputPath>$(HardenScratch)/bin/$(HardenProject)/$(HardenPivot)</OutputPath>
                <OutDir></OutDir>
                <DocumentationFile Condition="'$(DocumentationFile)' != ''">$(IntermediateOutputPath)$(AssemblyName).xml</DocumentationFile>
                <ErrorLog></ErrorLog>
                <EmitCompilerGeneratedFiles>false</EmitCompilerGeneratedFiles>
                <CompilerGeneratedFilesOutputPath></CompilerGeneratedFilesOutputPath>
                <PostBuildEvent></PostBuildEvent>
                <!-- Code for Windows compiles everywhere, if it is asked for. -->
                <EnableWindowsTargeting Condition="$(TargetFramework.Contains('-windows'))">true</EnableWindowsTargeting>
              </PropertyGroup>
            </Project>
            """);
        var afterTargets = scratch.File("after.targets", """
            <Project>
              <!-- What goes beside a program may be looked for where another project puts its output as a rule. It is no code. -->
              <Target Name="_CopySourceItemsToOutputDirectory" />
              <Target Name="HardenCapture" AfterTargets="CoreCompile" Condition="'@(CscCommandLineArgs)' != ''">
                <WriteLinesToFile File="$(HardenScratch)/captured/$([System.Guid]::NewGuid()).args" Overwrite="true"
                  Lines="project:$(MSBuildProjectFullPath);framework:$(TargetFramework);@(CscCommandLineArgs)" />
              </Target>
            </Project>
            """);
        scratch.Folder("captured");
        return
        [
            $"-p:HardenScratch={scratch.Path}",
            $"-p:CustomBeforeDirectoryBuildProps={beforeProps}",
            $"-p:CustomBeforeMicrosoftCommonTargets={beforeTargets}",
            $"-p:CustomAfterMicrosoftCommonTargets={afterTargets}",
            $"-p:ArtifactsPath={scratch.Folder("artifacts")}",
            "-p:ProvideCommandLineArgs=true",
        ];
    }
}
