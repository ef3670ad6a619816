using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Media.Uploads;

public sealed class VirusScanner(TimeSpan patience)
{
    private readonly SemaphoreSlim _engine = new(1, 1);
    private readonly ManualResetEvent _signaturesLoaded = new(false);
    private int _scanned;

    public int Scanned => Volatile.Read(ref _scanned);

    public void SignaturesAreLoaded() => _signaturesLoaded.Set();

    public async Task<bool> IsCleanAsync(Stream content, CancellationToken token)
    {
        WaitForSignatures(); // HRD2008
        var buffer = new byte[4096];
        var clean = true;
        int read;
        while ((read = await content.ReadAsync(buffer, token)) > 0)
        {
            clean &= Check(buffer.AsSpan(0, read)); // HRD2008
        }

        Interlocked.Increment(ref _scanned);
        return clean;
    }

    private bool Check(ReadOnlySpan<byte> part)
    {
        _engine.Wait(patience); // HRD1010
        try
        {
            return part.IndexOf("EICAR-STANDARD-ANTIVIRUS-TEST-FILE"u8) < 0;
        }
        finally
        {
            _engine.Release();
        }
    }

    private void WaitForSignatures()
    {
        if (!_signaturesLoaded.WaitOne(patience))
        {
            throw new TimeoutException("The signatures are not loaded.");
        }
    }
}

public sealed class UploadMiddleware(RequestDelegate next, VirusScanner scanner, UploadFolder folder)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsPut(context.Request.Method) || !context.Request.Path.StartsWithSegments("/uploads", out var rest))
        {
            await next(context);
            return;
        }

        var path = folder.PathOf(rest.Value ?? "");
        await using (var file = File.Create(path))
        {
            await context.Request.Body.CopyToAsync(file, context.RequestAborted);
        }

        await using var stored = File.OpenRead(path);
        context.Response.StatusCode = await scanner.IsCleanAsync(stored, context.RequestAborted) ? StatusCodes.Status201Created : StatusCodes.Status422UnprocessableEntity;
        folder.Index(path);
    }
}

public sealed class UploadFolder(string root)
{
    private readonly HashSet<string> _indexed = new(StringComparer.OrdinalIgnoreCase);

    public string PathOf(string name) => Path.Combine(root, Path.GetFileName(name));

    public void Index(string path)
    {
        lock (_indexed)
        {
            if (!_indexed.Add(path))
            {
                return;
            }
        }

        new Thread(() => WriteIndex(path)).Start(); // HRD2001
    }

    private void WriteIndex(string path)
    {
        lock (_indexed)
        {
            File.AppendAllText(Path.Combine(root, "index.txt"), path + "\n"); // HRD1003
        }
    }
}

// === Program.cs ===
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Threading;
global using System.Threading.Tasks;
using Media.Uploads;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(new VirusScanner(TimeSpan.FromSeconds(5)));
builder.Services.AddSingleton(new UploadFolder("uploads"));
var app = builder.Build();
app.UseMiddleware<UploadMiddleware>();
await app.RunAsync();
