namespace RuleTour.Threads;

/// <summary>Imports files as they appear. Ten thousand that are copied at once are ten thousand tasks, and nobody sees which of them failed.</summary>
internal sealed class ScanImport(string archive)
{
    public void Watch(FileSystemWatcher inbox)
    {
        inbox.Created += OnCreated;
        inbox.EnableRaisingEvents = true;
    }

    private void OnCreated(object sender, FileSystemEventArgs file)
    {
        _ = Task.Run(() => Import(file.FullPath)); // HRD2002
    }

    private void Import(string path) => File.Move(path, Path.Combine(archive, Path.GetFileName(path)));
}
