namespace Hardening.Analyzers.Facts;

/// <summary>
/// The members that block, by metadata name: one type a line, then its members. A constructor is <c>.ctor</c>.
/// Members of derived types under the same name count too: they override or hide these.
/// </summary>
internal static class BlockingTable
{
    /// <summary>Waits for another thread, task, process or point in time. Nothing is read or written, so the place of the wait is free.</summary>
    public const string Waits = """
        System.Threading.Thread: Sleep Join
        System.Threading.Monitor: Wait
        System.Threading.SpinWait: SpinUntil
        System.Threading.WaitHandle: WaitOne WaitAll WaitAny SignalAndWait
        System.Threading.ManualResetEventSlim: Wait
        System.Threading.CountdownEvent: Wait
        System.Threading.SemaphoreSlim: Wait
        System.Threading.Barrier: SignalAndWait
        System.Threading.Tasks.Task: Wait WaitAll WaitAny
        System.Threading.Tasks.Task`1: Result
        System.Threading.Tasks.ValueTask`1: Result
        System.Runtime.CompilerServices.TaskAwaiter: GetResult
        System.Runtime.CompilerServices.TaskAwaiter`1: GetResult
        System.Runtime.CompilerServices.ValueTaskAwaiter: GetResult
        System.Runtime.CompilerServices.ValueTaskAwaiter`1: GetResult
        System.Runtime.CompilerServices.ConfiguredTaskAwaitable+ConfiguredTaskAwaiter: GetResult
        System.Runtime.CompilerServices.ConfiguredTaskAwaitable`1+ConfiguredTaskAwaiter: GetResult
        System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable+ConfiguredValueTaskAwaiter: GetResult
        System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable`1+ConfiguredValueTaskAwaiter: GetResult
        System.Diagnostics.Process: WaitForExit WaitForInputIdle
        """;

    /// <summary>Talks to a device, a disk, the network or another process, or runs other threads' work to its end.</summary>
    public const string InputOutput = """
        System.Threading.Tasks.Parallel: For ForEach Invoke
        System.Collections.Concurrent.BlockingCollection`1: Take TakeFromAny AddToAny GetConsumingEnumerable
        System.IO.Stream: Read ReadByte ReadExactly ReadAtLeast Write WriteByte Flush CopyTo
        System.IO.FileStream: .ctor Lock
        System.IO.StreamReader: Read ReadBlock ReadLine ReadToEnd
        System.IO.StreamWriter: Write WriteLine Flush
        System.IO.RandomAccess: Read Write FlushToDisk
        System.IO.File: ReadAllText ReadAllLines ReadAllBytes ReadLines WriteAllText WriteAllLines WriteAllBytes AppendAllText AppendAllLines AppendAllBytes AppendText CreateText Create Open OpenRead OpenText OpenWrite OpenHandle Copy Move Replace Delete
        System.IO.FileInfo: AppendText CreateText Create Open OpenRead OpenText OpenWrite CopyTo MoveTo Replace Delete
        System.IO.Directory: Delete Move GetFiles GetDirectories GetFileSystemEntries
        System.IO.DirectoryInfo: Delete MoveTo GetFiles GetDirectories GetFileSystemInfos
        System.IO.FileSystemWatcher: WaitForChanged
        System.IO.Pipes.NamedPipeClientStream: Connect
        System.IO.Pipes.NamedPipeServerStream: WaitForConnection
        System.Console: Read ReadKey ReadLine
        System.Net.Dns: GetHostEntry GetHostAddresses
        System.Net.HttpListener: GetContext
        System.Net.Http.HttpMessageInvoker: Send
        System.Net.Mail.SmtpClient: Send
        System.Net.NetworkInformation.Ping: Send
        System.Net.Security.SslStream: AuthenticateAsClient AuthenticateAsServer
        System.Net.Sockets.Socket: Accept Connect Disconnect Poll Select Send SendTo SendFile Receive ReceiveFrom ReceiveMessageFrom
        System.Net.Sockets.TcpClient: Connect
        System.Net.Sockets.TcpListener: AcceptSocket AcceptTcpClient
        System.Net.Sockets.UdpClient: Receive Send
        System.Net.WebClient: DownloadData DownloadFile DownloadString OpenRead OpenWrite UploadData UploadFile UploadString UploadValues
        System.Net.WebRequest: GetRequestStream GetResponse
        System.Data.IDbConnection: Open
        System.Data.IDbCommand: ExecuteNonQuery ExecuteReader ExecuteScalar Prepare
        System.Data.IDbTransaction: Commit Rollback
        System.Data.IDataReader: NextResult Read
        System.Data.Common.DbConnection: Open
        System.Data.Common.DbCommand: ExecuteNonQuery ExecuteReader ExecuteScalar Prepare
        System.Data.Common.DbTransaction: Commit Rollback
        System.Data.Common.DbDataReader: NextResult Read
        System.Data.Common.DbDataAdapter: Fill Update
        """;

    /// <summary>The same for libraries that are not part of .NET.</summary>
    public const string Libraries = """
        System.IO.Ports.SerialPort: Open Read ReadByte ReadChar ReadExisting ReadLine ReadTo Write WriteLine
        Microsoft.EntityFrameworkCore.DbContext: SaveChanges
        OpenCvSharp.Cv2: ImRead ImWrite WaitKey WaitKeyEx
        OpenCvSharp.Mat: ImWrite SaveImage
        OpenCvSharp.VideoCapture: .ctor FromCamera FromFile Open Read Grab RetrieveMat
        OpenCvSharp.VideoWriter: Write
        Emgu.CV.CvInvoke: Imread Imwrite WaitKey
        Emgu.CV.Mat: Save
        Emgu.CV.UMat: Save
        Emgu.CV.VideoCapture: .ctor Grab QueryFrame QuerySmallFrame Read
        Emgu.CV.VideoWriter: Write
        Aravis.Stream: PopBuffer TimeoutPopBuffer
        Aravis.Camera: Acquisition
        Basler.Pylon.IStreamGrabber: GrabOne RetrieveResult
        SpinnakerNET.IManagedCamera: GetNextImage
        SpinnakerNET.ManagedCamera: GetNextImage
        FlyCapture2Managed.ManagedCameraBase: RetrieveBuffer
        """;

    /// <summary>Streams that are no device; whether what they wrap is one cannot be seen. No members: the whole type does not block.</summary>
    public const string InMemory = """
        System.IO.MemoryStream:
        System.IO.UnmanagedMemoryStream:
        System.IO.Compression.BrotliStream:
        System.IO.Compression.DeflateStream:
        System.IO.Compression.GZipStream:
        System.IO.Compression.ZLibStream:
        System.Security.Cryptography.CryptoStream:
        """;

    public static IEnumerable<(string Type, string[] Members)> Read(string table)
    {
        foreach (var line in table.Split((char[])['\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':');
            yield return (line.Substring(0, colon), line.Substring(colon + 1).Split((char[])[' '], StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
