using System.Globalization;
using System.Text;
using Hardening.Pool;
using Hardening.Pool.Protocol;
using Hardening.Pool.Workers;
using Hardening.Runtime.Tests.Processes;

namespace Hardening.Runtime.Tests.Pool.Foreign;

/// <summary>hardening_worker.py, on each Python.</summary>
[Platform("Linux")]
[TestFixtureSource(typeof(PythonInterpreters), nameof(PythonInterpreters.Names))]
public sealed class PythonWorkerTests(string name) : IDisposable
{
    private readonly Scratch _scratch = new();
    private string _interpreter = "";

    [OneTimeSetUp]
    public void Find() => _interpreter = PythonInterpreters.Require(name);

    public void Dispose() => _scratch.Dispose();

    [Test, CancelAfter(60_000)]
    public void Json_comes_back_as_the_same_bytes_from_each_version()
    {
        using var worker = Start("""
            @job
            def answer(request):
                return [request["text"], request["numbers"], {"nested": [None, True, False, ""]}, len(request["text"])]
            """);
        var ready = worker.BeReady();
        Assert.That(ready.GetProperty("name").GetString(), Is.EqualTo("answer"));
        Assert.That(ready.GetProperty("language").GetString(), Does.StartWith(name == "python3" ? "Python 3." : "Python 2.7."));
        Assert.That(ready.GetProperty("process").GetInt32(), Is.GreaterThan(0));
        Assert.That(
            worker.Do("""{"text":"ä€ \"x\"\n","numbers":[0,-1,12345678901234567890,0.1,1e22,1e-7,2.5]}"""),
            Is.EqualTo("""["\u00e4\u20ac \"x\"\n",[0,-1,12345678901234567890,0.1,1e+22,1e-07,2.5],{"nested":[null,true,false,""]},7]"""));
    }

    [Test, CancelAfter(60_000)]
    public void Raw_bytes_come_back_as_they_are_small_and_large_and_many_at_once()
    {
        using var worker = Start("""
            @job(raw=True)
            def echo(request):
                return bytearray(request) if len(request) % 2 else request
            """);
        _ = worker.BeReady();
        foreach (var length in new[] { 0, 1, 100, 65_504, 65_505, 3_000_001 })
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            worker.Send(MessageKind.Job, 1, bytes);
            var (kind, id, payload) = worker.Receive();
            Assert.That((kind, id), Is.EqualTo((MessageKind.Result, 1ul)));
            Assert.That(payload.AsSpan().SequenceEqual(bytes), $"{length} bytes");
        }

        for (var number = 0u; number < 200; number++)
        {
            worker.Send(MessageKind.Job, number, BitConverter.GetBytes(number));
        }

        for (var number = 0u; number < 200; number++)
        {
            Assert.That(worker.Receive(), Is.EqualTo((MessageKind.Result, (ulong)number, BitConverter.GetBytes(number))));
        }
    }

    [Test, CancelAfter(60_000)]
    public void What_the_function_raises_fails_its_job_alone_and_the_trace_shows_the_script_only()
    {
        using var worker = Start("""
            import sys
            class Broken(Exception):
                pass
            def inner(how):
                if how == "exit":
                    sys.exit("no camera")
                if how == "nan":
                    return float("nan")
                if how == "set":
                    return set()
                raise Broken(u"bad gr\u00fc\u00dfe " + how)
            @job
            def outer(request):
                return inner(request)
            """);
        _ = worker.BeReady();
        var (type, message, trace) = worker.Fail("\"image\"");
        Assert.That((type, message), Is.EqualTo(("worker.Broken", "bad grüße image")));
        Assert.That(trace, Does.Contain("worker.py\", line").And.Contain("in outer").And.Contain("in inner").And.Not.Contain("hardening_worker.py"));
        (type, message, _) = worker.Fail("\"exit\"");
        Assert.That((type, message), Is.EqualTo(("SystemExit", "no camera")));
        Assert.That(worker.Fail("\"nan\"").Type, Is.EqualTo("ValueError"), "NaN is not JSON");
        Assert.That(worker.Fail("\"set\"").Message, Does.Contain("is not JSON"));
        Assert.That(worker.Fail("{").Type, Does.EndWith("Error"), "a request that is none");
        worker.Send(MessageKind.Stop, 0, default);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_is_printed_by_the_script_or_its_children_goes_to_the_log_and_nothing_reads_the_channel(CancellationToken timeout)
    {
        using var worker = Start("""
            import os, sys, subprocess
            print("loading")
            @job
            def talk(request):
                print(u"print \u00e4")
                os.write(1, b"descriptor 1\n")
                os.system("echo shell; cat")
                subprocess.call(["sh", "-c", "echo child"])
                sys.stderr.write("stderr\n")
                return sys.stdin.read()
            """);
        _ = worker.BeReady();
        Assert.That(worker.Do("1"), Is.EqualTo("\"\""));
        worker.Send(MessageKind.Stop, 0, default);
        Assert.That((await worker.ExitAsync(timeout)).ExitCode, Is.Zero);
        Assert.That(worker.LastOutput.Split('\n'), Is.EqualTo(new[] { "loading", "print ä", "descriptor 1", "shell", "child", "stderr" }));
    }

    [TestCase("return 'child'")]
    [TestCase("raise ValueError('child')")]
    [TestCase("sys.exit(3)")]
    [CancelAfter(60_000)]
    public void A_forked_child_that_comes_back_says_nothing_to_the_host(string end)
    {
        using var worker = Start($$"""
            import os, sys
            @job
            def split(request):
                child = os.fork()
                if child == 0:
                    {{end}}
                return os.WEXITSTATUS(os.waitpid(child, 0)[1])
            """);
        _ = worker.BeReady();
        var code = end.StartsWith("return", StringComparison.Ordinal) ? "0" : end.StartsWith("raise", StringComparison.Ordinal) ? "1" : "3";
        Assert.That(worker.Do("1"), Is.EqualTo(code));
        Assert.That(worker.Do("2"), Is.EqualTo(code), "the next answer is that of the next job");
    }

    [Test, CancelAfter(60_000)]
    public void Frames_are_read_where_they_lie_and_an_output_is_written_where_it_is_wanted()
    {
        var pixels = Enumerable.Range(0, 8192).Select(i => (byte)(i / 64)).ToArray();
        using var region = ForeignWorker.Share(5, pixels).File;
        using var results = ForeignWorker.Share(6, new byte[8192], isWritable: true).File;
        using var worker = Start(
            """
            from hardening_worker import job_context
            @job
            def add(first, second, request):
                output = job_context().output
                output.write(bytes(bytearray(value + 1 for value in bytearray(second.data))))
                output.data[0:1] = b"\x07"
                output.describe(4, 3, "mono8", stride=16, length=40)
                return [first.camera, first.sequence, first.width, first.height, first.stride, first.pixel_format, first.pixel_format_code, first.is_complete,
                        first.device_timestamp, first.host_timestamp, sum(bytearray(first.data)), len(first.data), first.tobytes() == bytes(first.data)]
            """,
            new SharedRegion(5, region, 8192, IsWritable: false),
            new SharedRegion(6, results, 8192, IsWritable: true));
        _ = worker.BeReady();
        var first = new FrameReference
        {
            Region = 5, Offset = 640, Length = 128, Width = 60, Height = 2, Stride = 64, PixelFormat = 0x01080001, Sequence = -3, HostTimestamp = 99, DeviceTimestamp = ulong.MaxValue, Camera = 4,
        };
        var second = new FrameReference { Region = 5, Offset = 8000, Length = 40, PixelFormat = 77, Status = 1 };
        var output = new FrameReference { Region = 6, Offset = 4096, Length = 4096, Flags = FrameReferenceFlags.Output, Camera = 4 };
        worker.Send(MessageKind.Job, 7, "1"u8, softLimit: 0, first, second, output);
        var (kind, _, payload) = worker.Receive(out var frames);
        Assert.That(Encoding.UTF8.GetString(payload), Is.EqualTo("""[4,-3,60,2,64,"Mono8",17301505,true,18446744073709551615,99,1344,128,true]"""));
        Assert.That((kind, frames.Length), Is.EqualTo((MessageKind.Result, 1)));
        Assert.That(
            (frames[0].Region, frames[0].Offset, frames[0].Length, frames[0].Width, frames[0].Height, frames[0].Stride, frames[0].PixelFormat, frames[0].Flags),
            Is.EqualTo((6u, 4096ul, 40u, 4u, 3u, 16u, 0x01080001u, FrameReferenceFlags.Output)));
        var written = new byte[40];
        _ = RandomAccess.Read(results, written, 4096);
        Assert.That(written, Is.EqualTo(pixels.AsSpan(8000, 40).ToArray().Select(value => (byte)(value + 1)).Select((value, i) => i == 0 ? (byte)7 : value)));
    }

    [Test, CancelAfter(60_000)]
    public void Memory_that_is_announced_later_is_opened_by_its_path_and_what_is_not_there_fails_the_job_alone()
    {
        using var region = ForeignWorker.Share(9, [.. Enumerable.Repeat((byte)3, 4096)]).File;
        using var worker = Start("""
            kept = []
            @job
            def total(frame, request):
                if request == "keep":
                    kept.append(frame)
                return sum(bytearray(frame.data))
            """);
        _ = worker.BeReady();
        var frame = new FrameReference { Region = 9, Offset = 4000, Length = 96 };
        Assert.That(worker.Fail("1", 0, frame).Message, Does.Contain("memory 9 was not announced"));
        worker.Send(MessageKind.Map, 0, """{"region":9,"bytes":4096,"writable":false,"path":"/proc/1/fd/99999"}"""u8);
        Assert.That(worker.Fail("1", 0, frame).Message, Does.Contain("memory 9 could not be mapped"));
        worker.Send(MessageKind.Map, 0, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"region":9,"bytes":4096,"writable":false,"path":"/proc/{{Environment.ProcessId}}/fd/{{region.DangerousGetHandle()}}"}""")));
        Assert.That(worker.Do("\"keep\"", 0, frame), Is.EqualTo("288"));
        Assert.That(worker.Fail("1", 0, frame with { Offset = 4001 }).Message, Does.Contain("does not lie in"));
        Assert.That(worker.Fail("1", 0, frame, frame).Type, Is.EqualTo("TypeError"), "one frame more than the function takes");
        worker.Send(MessageKind.Unmap, 9, default);
        Assert.That(worker.Fail("1", 0, frame).Message, Does.Contain("was not announced"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_job_that_asks_sees_its_cancellation_and_what_came_with_it_is_done_after_it(CancellationToken timeout)
    {
        using var worker = Start("""
            from hardening_worker import cancelled, remaining
            import time
            @job
            def patient(request):
                if request != "wait":
                    return request
                print("begun")
                while not cancelled():
                    time.sleep(0.001)
                return [remaining() is None]
            """);
        _ = worker.BeReady();
        worker.Send(MessageKind.Job, 1, "\"wait\""u8);
        await Eventually.HoldsAsync(() => worker.LastOutput.Contains("begun", StringComparison.Ordinal), "the first job begins", timeout);
        worker.Send(MessageKind.Job, 2, "\"next\""u8);
        worker.Send(MessageKind.Cancel, 2, default); // not the one that is being done
        Assert.That(worker.Channel.TrySendAside(MessageKind.Cancel, 1));
        Assert.That(Text(worker.Receive()), Is.EqualTo("Result 1 [true]"));
        Assert.That(Text(worker.Receive()), Does.StartWith("Error 2 ").And.Contain("\"JobCancelled\""));
        worker.Send(MessageKind.Cancel, 2, default); // too late: nothing comes of it
        worker.Send((MessageKind)77, 1, "an unknown kind"u8);
        Assert.That(worker.Do("\"last\""), Is.EqualTo("\"last\""));
    }

    [Test, CancelAfter(60_000)]
    public void A_soft_limit_can_be_asked_for_or_interrupts_the_function()
    {
        using var asking = Start("""
            from hardening_worker import cancelled, remaining
            import time
            @job
            def patient(request):
                left = remaining()
                while not cancelled():
                    time.sleep(0.001)
                return [0 < left < 0.06, remaining() <= 0]
            """);
        _ = asking.BeReady();
        Assert.That(asking.Do("1", softLimit: 50), Is.EqualTo("[true,true]"));
        using var interrupted = Start("""
            @job(interrupt=True)
            def stubborn(request):
                while request:
                    pass
                return "done"
            """);
        _ = interrupted.BeReady();
        var (type, message, trace) = interrupted.Fail("1", softLimit: 30);
        Assert.That((type, message), Is.EqualTo(("SoftLimitExceeded", "The job did not end within its soft limit of 0.030 s.")));
        Assert.That(trace, Does.Contain("in stubborn"));
        Assert.That(interrupted.Do("0", softLimit: 30_000), Is.EqualTo("\"done\""));
    }

    [TestCase("raise RuntimeError('no licence')", "RuntimeError: no licence")]
    [TestCase("import does_not_exist_anywhere", "does_not_exist_anywhere")]
    [TestCase("@job", "SyntaxError")]
    [TestCase("x = 1", "has 0 functions marked with @job")]
    [TestCase("job(len); job(max)", "has 2 functions marked with @job")]
    [CancelAfter(60_000)]
    public async Task A_script_that_cannot_be_loaded_ends_before_it_is_ready_and_says_why(string script, string expected, CancellationToken timeout)
    {
        using var worker = Start(script);
        Assert.That((await worker.ExitAsync(timeout)).ExitCode, Is.EqualTo(1));
        Assert.That(worker.LastOutput, Does.Contain(expected).And.Not.Contain("in _main"));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_end_of_the_channel_ends_the_worker(CancellationToken timeout)
    {
        using var worker = Start("""
            @job
            def nothing(request):
                pass
            """);
        _ = worker.BeReady();
        Assert.That(worker.Do("1"), Is.EqualTo("null"));
        worker.Channel.Dispose();
        Assert.That((await worker.ExitAsync(timeout)).ExitCode, Is.Zero);
        Assert.That(worker.LastOutput, Is.Empty);
    }

    [TestCase("48656C6C6F20776F726C642C207468697320697320736F6D65206F746865722070726F6772616D", "its first four bytes are")]
    [TestCase("48524457020100000000000000000000000000000000000000000000", "it is of version 2 of the protocol")]
    [TestCase("48524457010109000000000000000000000000000000000000000000", "it has 9 frames")]
    [TestCase("485244570101000000000000000000000000007F0000000000000000", "and 67108864 are allowed")]
    [TestCase("48524457010300000000000000000000000000000000000000000000", "the first one must be Hello")]
    [TestCase("4852445701010000000000000000000000000000000000000000000000000001", "its checksum is")]
    [TestCase("485244570101", "in the middle of a message")]
    [CancelAfter(60_000)]
    public async Task Garbage_ends_the_worker_with_a_text(string hex, string expected, CancellationToken timeout)
    {
        var bytes = Convert.FromHexString(hex);
        if (bytes.Length == Crc32.Length)
        {
            bytes = [.. bytes, .. BitConverter.GetBytes(Crc32.Compute(bytes))];
        }

        using var worker = Hardening.Processes.SupervisedProcess.Start(new System.Diagnostics.ProcessStartInfo(_interpreter, [PythonWorkerCommand.Runner, Script("import hardening_worker\nhardening_worker.job(len)")])
        {
            RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, Environment = { ["HARDENING_WORKER"] = "v=1;channel=stdio" },
        });
        await worker.StandardInput.BaseStream.WriteAsync(bytes, timeout);
        worker.StandardInput.Close();
        Assert.That(await worker.StandardError.ReadToEndAsync(timeout), Does.Contain(expected));
        Assert.That(await worker.StandardOutput.ReadToEndAsync(timeout), Is.Empty);
        await worker.WaitForExitAsync(timeout);
        Assert.That(worker.ExitCode, Is.EqualTo(bytes.Length < MessageHeader.Bytes ? 0 : 2));
    }

    [Test, CancelAfter(60_000)]
    public void A_context_is_for_the_job_of_its_id_alone_and_a_malformed_one_is_passed_over()
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var worker = Start("""
            from hardening_worker import job_context
            @job
            def trace(request):
                context = job_context()
                assert context.traceparent is None or type(context.traceparent) is str
                return [context.traceparent, context.tracestate]
            """);
        _ = worker.BeReady();
        Assert.That(Trace($"{Parent}\nshop=2f1a"), Is.EqualTo($"""["{Parent}","shop=2f1a"]"""));
        Assert.That(Trace(null), Is.EqualTo("[null,null]"));
        Assert.That(Trace(Parent, job: 8), Is.EqualTo("[null,null]"), "the context of a job that was taken back");
        Assert.That(Trace(Parent), Is.EqualTo($"""["{Parent}",null]"""));
        foreach (var malformed in (string[])["", "garbage", Parent.ToUpperInvariant(), Parent + "-x", "ff" + Parent[2..], "\u00ff" + Parent[1..], Parent.Replace("b7ad6b7169203331", "0000000000000000", StringComparison.Ordinal)])
        {
            Assert.That(Trace(malformed), Is.EqualTo("[null,null]"), malformed);
        }

        foreach (var state in (string[])["a=1\nb=2", "a=\u00ff", new string('s', 513), "a=1\n"])
        {
            Assert.That(Trace($"{Parent}\n{state}"), Is.EqualTo($"""["{Parent}",null]"""), state);
        }

        string Trace(string? context, ulong job = 7)
        {
            if (context is not null)
            {
                worker.Send(MessageKind.Context, job, Encoding.Latin1.GetBytes(context));
            }

            return worker.Do("1");
        }
    }

    [Test, CancelAfter(60_000)]
    public void With_numpy_a_frame_is_an_array_of_its_shape()
    {
        var interpreter = PythonInterpreters.Require(name, "import numpy");
        using var region = ForeignWorker.Share(1, [.. Enumerable.Range(0, 4096).Select(i => (byte)i)]).File;
        using var results = ForeignWorker.Share(2, new byte[4096], isWritable: true).File;
        var script = Script("""
            from hardening_worker import job, job_context
            import numpy
            @job
            def describe(frame, request):
                array = frame.array
                job_context().output.image(3, 2, "Mono8")[:] = 9
                return [array.shape, array.strides, str(array.dtype), array.flags.writeable, array.sum(), array[1, 1], numpy.float64(0.5)]
            """);
        using var worker = new ForeignWorker(WorkerCommand.Python(script, interpreter), new SharedRegion(1, region, 4096, IsWritable: false), new SharedRegion(2, results, 4096, IsWritable: true));
        _ = worker.BeReady();
        var frame = new FrameReference { Region = 1, Length = 32, Width = 4, Height = 2, Stride = 16, PixelFormat = 0x01080001 };
        var output = new FrameReference { Region = 2, Length = 4096, Flags = FrameReferenceFlags.Output };
        Assert.That(worker.Do("1", 0, frame, output), Is.EqualTo("""[[2,4],[16,1],"uint8",false,76,17,0.5]"""));
        Assert.That(worker.Do("1", 0, frame with { PixelFormat = 0x02180014 }, output), Is.EqualTo("""[[2,4,3],[16,3,1],"uint8",false,324,[19,20,21],0.5]"""));
        Assert.That(worker.Do("1", 0, frame with { PixelFormat = 0x01100005 }, output), Is.EqualTo("""[[2,4],[16,2],"uint16",false,24664,4882,0.5]"""));
        Assert.That(worker.Fail("1", 0, frame with { PixelFormat = 0x010C0047 }, output).Message, Does.Contain("do not begin at whole bytes"));
        Assert.That(worker.Fail("1", 0, frame with { Length = 19 }, output).Type, Is.EqualTo("TypeError").Or.EqualTo("ValueError"), "a frame that is not whole");
        var written = new byte[7];
        _ = RandomAccess.Read(results, written, 0);
        Assert.That(written, Is.EqualTo(new byte[] { 9, 9, 9, 9, 9, 9, 0 }));
    }

    private static string Text((MessageKind Kind, ulong Id, byte[] Payload) message) => $"{message.Kind} {message.Id} {Encoding.UTF8.GetString(message.Payload)}";

    private string Script(string text) => _scratch.File("worker.py", text);

    private ForeignWorker Start(string script, params IReadOnlyList<SharedRegion> regions) =>
        new(WorkerCommand.Python(Script($"from hardening_worker import job\n{script}"), _interpreter, "an argument"), regions);
}
