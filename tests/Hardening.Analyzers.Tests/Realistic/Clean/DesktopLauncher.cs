using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Desktop.Shell;

/// <summary>What the window of an application opens for its user. All of it belongs to the user, and stays when the application ends.</summary>
public sealed class DesktopLauncher : INotifyPropertyChanged
{
    private string _message = "";
    private string _editor = "notepad";

    public event PropertyChangedEventHandler? PropertyChanged;

    public string Message
    {
        get => _message;
        private set => Set(ref _message, value);
    }

    public string Editor
    {
        get => _editor;
        set => Set(ref _editor, value);
    }

    public void OpenHelp() => OpenInBrowser(new Uri("https://help.example.com"));

    public void OpenInBrowser(Uri page)
    {
        try
        {
            Process.Start(new ProcessStartInfo(page.AbsoluteUri) { UseShellExecute = true });
        }
        catch (Win32Exception failure)
        {
            Message = failure.Message;
        }
    }

    public void ShowInFolder(string file)
    {
        if (!File.Exists(file))
        {
            Message = $"{file} is not there any more.";
            return;
        }

        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            using (Process.Start("explorer.exe", ["/select,", file]))
            {
            }
        }
        else
        {
            using var opener = Process.Start("xdg-open", [Path.GetDirectoryName(file)!]);
        }
    }

    public void Edit(string file)
    {
        var info = new ProcessStartInfo(Editor) { UseShellExecute = true, ArgumentList = { file } };
        using (Process.Start(info))
        {
            Message = $"{Path.GetFileName(file)} is being edited.";
        }
    }

    public void RestartAsAdministrator()
    {
        var own = Environment.ProcessPath ?? throw new InvalidOperationException("The application does not know its own file.");
        var info = new ProcessStartInfo(own) { UseShellExecute = true, Verb = "runas" };
        Environment.GetCommandLineArgs().Skip(1).ToList().ForEach(info.ArgumentList.Add);
        Process.Start(info)?.Dispose();
        Environment.Exit(0);
    }

    private void Set<T>(ref T field, T value, [CallerMemberName] string? name = null)
    {
        field = value;
        PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(name));
    }
}
