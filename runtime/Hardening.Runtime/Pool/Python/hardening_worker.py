# -*- coding: utf-8 -*-
"""Runs a Python function as a worker of a Hardening process pool. Python 2.7 and 3.6 or later, standard library only.

    # worker.py
    from hardening_worker import job

    @job
    def inspect(frame, request):             # the frames of the job in their order, then the request; a job without frames: inspect(request)
        return {"dark": sum(1 for value in bytearray(frame.data) if value < request["limit"])}

The pool starts `python hardening_worker.py worker.py`. Request and result are JSON; with @job(raw=True) they are bytes. What the function raises
fails its job, and the worker goes on. What it prints goes to the log of the host. A frame is valid until the function returns: copy what is kept.
The protocol is described in docs/worker-protocol.md.
"""
import errno
import json
import mmap
import os
import re
import select
import signal
import struct
import sys
import time
import traceback
import types
from zlib import crc32

try:
    import numpy
except ImportError:
    numpy = None

__all__ = ["job", "job_context", "remaining", "cancelled", "JobCancelled", "SoftLimitExceeded"]

_PY2 = sys.version_info[0] == 2
_TEXT = type(u"")

_MAGIC, _VERSION = 0x57445248, 1
_HELLO, _READY, _JOB, _RESULT, _ERROR, _CANCEL, _MAP, _UNMAP, _STOP, _CONTEXT = range(1, 11)
_HEADER = struct.Struct("<IBBHQIIII")  # magic, version, kind, frames, id, payload bytes, soft limit in ms, 0, checksum
_UNSEALED = struct.Struct("<IBBHQIII")
_CHECKSUM = struct.Struct("<I")
_FRAME = struct.Struct("<IIQIIIIIHHQqqIIQ")
_OUTPUT = 1
_MAX_FRAMES = 8
_CHUNK = 65536  # what a pipe holds
_READ_AHEAD = 1 << 20
_SHOWN = 16384  # of a message or a trace

_TRACEPARENT = re.compile(b"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?\\Z")
_TRACESTATE = re.compile(b"[ -~]{1,512}\\Z")

# PFNC code: name, bytes of a sample, samples of a pixel (0: packed, no array).
_FORMATS = {
    0x01080001: ("Mono8", 1, 1), 0x01100003: ("Mono10", 2, 1), 0x010A0046: ("Mono10p", 0, 0), 0x01100005: ("Mono12", 2, 1),
    0x010C0047: ("Mono12p", 0, 0), 0x01100007: ("Mono16", 2, 1), 0x01080008: ("BayerGR8", 1, 1), 0x01080009: ("BayerRG8", 1, 1),
    0x0108000A: ("BayerGB8", 1, 1), 0x0108000B: ("BayerBG8", 1, 1), 0x02180014: ("RGB8", 1, 3), 0x02180015: ("BGR8", 1, 3),
    0x02100032: ("YUV422_8", 1, 2), 0x0210001F: ("YUV422_8_UYVY", 1, 2),
}
_CODES = dict((entry[0].lower(), code) for code, entry in _FORMATS.items())

# Elapsed time that no correction of the clock touches; on 2.7 in steps of 10 ms.
_clock = getattr(time, "monotonic", None) or (lambda: os.times()[4])


class SoftLimitExceeded(Exception):
    """The job's soft limit is over. Raised in the function by @job(interrupt=True)."""


class JobCancelled(Exception):
    """The job is not wanted any more. A function that has noticed it by cancelled() may raise it."""


class _ProtocolError(Exception):
    """What came is not a message. There is no way back into step: the worker ends."""


# --- What a script uses -------------------------------------------------------------------------------------------------------------------------

_jobs = []


def job(function=None, raw=False, interrupt=False):
    """Marks the one function of a script that does the jobs.

    raw: request and result are bytes, and not JSON.
    interrupt: SoftLimitExceeded is raised in the function at the job's soft limit, by SIGALRM; else it has to ask remaining() or cancelled().
    """
    def mark(marked):
        _jobs.append((marked, raw, interrupt))
        return marked
    return mark if function is None else mark(function)


def job_context():
    """The job that is being done: id, frames, output, traceparent, tracestate, remaining(), cancelled()."""
    return _context


def remaining():
    """The seconds until the job's soft limit, negative when it is over; None where there is none."""
    return _context.remaining()


def cancelled():
    """Whether the job is not wanted any more: cancelled, past its soft limit, or its host is gone. Never waits; some microseconds."""
    return _context.cancelled()


class Frame(object):
    """An image in memory that is shared with the host. It can be read until the function returns."""

    __slots__ = ("camera", "sequence", "width", "height", "stride", "length", "pixel_format_code", "status", "device_clock", "device_timestamp",
                 "host_timestamp", "_region", "_offset", "_data")

    def __init__(self, region, fields):
        (_, _, self._offset, self.length, self.width, self.height, self.stride, self.pixel_format_code, self.status, self.device_clock,
         self.device_timestamp, self.sequence, self.host_timestamp, self.camera, _, _) = fields
        self._region = region
        self._data = None

    @property
    def pixel_format(self):
        """The PFNC name, such as "Mono8"; for an unknown code, the code in hexadecimal digits."""
        known = _FORMATS.get(self.pixel_format_code)
        return known[0] if known else "0x%08X" % self.pixel_format_code

    @property
    def is_complete(self):
        """Whether every byte of the image arrived."""
        return self.status == 0

    @property
    def data(self):
        """The bytes, not copied: a memoryview, on 2.7 a buffer."""
        if self._data is None:
            self._data = self._region.slice(self._offset, self.length)
        return self._data

    @property
    def array(self):
        """The image, not copied: (height, width) or (height, width, channels). Needs numpy."""
        return _as_array(self.data, self.width, self.height, self.stride, self.pixel_format_code)

    def tobytes(self):
        """A copy of the bytes, which can be kept."""
        return bytes(self.data)

    def _end(self):
        if self._data is not None and not _PY2:
            try:
                self._data.release()  # who has kept it gets an error now, and not the next image
            except BufferError:
                pass  # an array looks at it


class Output(object):
    """Memory for an image as a part of the result. What is described with describe() or image() is returned with the result."""

    __slots__ = ("length", "_region", "_offset", "_fields", "_described")

    def __init__(self, region, fields):
        self._region, self._fields, self._offset, self.length = region, fields, fields[2], fields[3]
        self._described = None

    @property
    def data(self):
        """The bytes, to be written: a memoryview."""
        return self._region.writable(self._offset, self.length)

    def write(self, data, at=0):
        """Copies bytes into the output."""
        count = len(data)
        if at < 0 or at + count > self.length:
            raise ValueError("%d bytes at %d do not fit into an output of %d bytes." % (count, at, self.length))
        start = self._offset + at
        self._region.memory[start:start + count] = bytes(data)

    def describe(self, width, height, pixel_format, stride=None, length=None):
        """Says what has been written, or will be. Without stride there are no bytes between the rows."""
        code = pixel_format if not isinstance(pixel_format, (str, _TEXT)) else _CODES.get(pixel_format.lower())
        if code is None:
            raise ValueError("'%s' is not a pixel format that is known here; use its PFNC code." % pixel_format)
        if stride is None:
            stride = (width * ((code >> 16) & 0xFF) + 7) // 8
        if length is None:
            length = stride * height
        if length > self.length:
            raise ValueError("An image of %d bytes does not fit into an output of %d bytes: raise ResultSlotBytes of the pool." % (length, self.length))
        self._described = (width, height, stride, code, length)

    def image(self, width, height, pixel_format):
        """The output as an array to write into, not copied. Needs numpy."""
        self.describe(width, height, pixel_format)
        return _as_array(self.data, width, height, self._described[2], self._described[3])

    def _reference(self):
        if self._described is None:
            return b""
        old, (width, height, stride, code, length) = self._fields, self._described
        return _FRAME.pack(old[0], _OUTPUT, old[2], length, width, height, stride, code, 0, 0, 0, old[11], old[12], old[13], 0, 0)


class JobContext(object):
    """What is known of the job besides its request. There is one, for one job after the other."""

    def __init__(self):
        self.id = 0
        self.frames = ()
        self.output = None
        self._limit = None
        self._cancelled = False
        self._trace = b""

    @property
    def traceparent(self):
        """The trace that the job belongs to, as W3C Trace Context has it: "00-<trace>-<span>-<flags>"; None where the caller has none."""
        parent = self._trace.partition(b"\n")[0]
        valid = _TRACEPARENT.match(parent) and (len(parent) == 55 or parent[:2] != b"00")
        return str(parent.decode("ascii", "replace")) if valid else None

    @property
    def tracestate(self):
        """What belongs to it as tracestate; None where there is none."""
        state = self._trace.partition(b"\n")[2]
        return str(state.decode("ascii")) if self.traceparent and _TRACESTATE.match(state) else None

    def remaining(self):
        """The seconds until the job's soft limit, negative when it is over; None where there is none."""
        return None if self._limit is None else self._limit - _clock()

    def cancelled(self):
        """Whether the job is not wanted any more: cancelled, past its soft limit, or its host is gone. Never waits."""
        if not self._cancelled and _channel is not None:
            self._cancelled = (self._limit is not None and _clock() >= self._limit) or _channel.is_cancelled(self.id)
        return self._cancelled


_context = JobContext()
_channel = None


def _as_array(data, width, height, stride, code):
    if numpy is None:
        raise RuntimeError("numpy is not installed for %s: use .data, or install it." % sys.executable)
    _, size, samples = _FORMATS.get(code, ("", 0, 0))
    if not size:
        raise ValueError("Pixels of format 0x%08X do not begin at whole bytes, or are not known here: use .data." % code)
    shape, strides = (height, width), (stride, size * samples)
    if samples > 1:
        shape, strides = shape + (samples,), strides + (size,)
    return numpy.ndarray(shape, "u1" if size == 1 else "<u2", data, 0, strides)


# --- Shared memory ------------------------------------------------------------------------------------------------------------------------------

class _Region(object):
    def __init__(self, settings):
        self.size, self.is_writable = settings["bytes"], settings["writable"]
        descriptor = settings.get("descriptor")
        if descriptor is None:
            descriptor = os.open(settings["path"], (os.O_RDWR if self.is_writable else os.O_RDONLY) | getattr(os, "O_CLOEXEC", 0o2000000))
        try:
            self.memory = mmap.mmap(descriptor, self.size, access=mmap.ACCESS_WRITE if self.is_writable else mmap.ACCESS_READ)
        finally:
            os.close(descriptor)
        self._view = None if _PY2 else memoryview(self.memory)

    def slice(self, offset, length):
        return buffer(self.memory, offset, length) if _PY2 else self._view[offset:offset + length]  # noqa: F821

    def writable(self, offset, length):
        if not _PY2:
            return self._view[offset:offset + length]
        import ctypes  # the only way to a writable view of a file in memory there
        return memoryview((ctypes.c_ubyte * length).from_buffer(self.memory, offset))

    def close(self):
        try:
            if self._view is not None:
                self._view.release()
            self.memory.close()
        except BufferError:
            pass  # a script holds on to a frame: the memory goes when that does


# --- The channel --------------------------------------------------------------------------------------------------------------------------------

def _again(call, *arguments):
    # Before 3.5 a signal ends a wait.
    while True:
        try:
            return call(*arguments)
        except (OSError, select.error) as error:
            if error.args[0] != errno.EINTR:
                raise


class _Channel(object):
    """Messages over the two descriptors that were standard input and output."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer
        self._data, self._at = b"", 0  # what has been read, and where the next message begins
        self._looked = 0  # up to where was_cancelled has looked
        self._ended = False
        self._poll = select.poll()
        self._poll.register(reader, select.POLLIN)
        self._owner = os.getpid()
        self.cancelled_ids = set()  # of which the message is still in _data
        self.max_bytes = 1 << 26

    def receive(self):
        """The next message as (kind, id, soft limit, frame references, payload); None at the end."""
        data, at = self._data, self._at
        while len(data) - at < 32:
            data, at = self._more(data, at)
            if data is None:
                return None
        fields = _HEADER.unpack_from(data, at)
        if fields[8] != crc32(data[at:at + 28]) & 0xFFFFFFFF or fields[0] != _MAGIC or fields[1] != _VERSION or fields[3] > _MAX_FRAMES:
            raise _ProtocolError(self._describe(fields, data[at:at + 28]))
        _, _, kind, frames, number, size, soft, _, _ = fields
        start = at + 32
        middle = start + 80 * frames
        end = middle + size
        if end > len(data):
            if size > self.max_bytes:
                raise _ProtocolError("its payload has %d bytes, and %d are allowed" % (size, self.max_bytes))
            data = self._whole(data, at, end - at)
            if data is None:
                return None
            start, middle, end, self._looked = start - at, middle - at, end - at, 0
        if end == len(data):
            self._data, self._at, self._looked = b"", 0, 0
        else:
            self._data, self._at = data, end
        return kind, number, soft, data[start:middle] if frames else b"", data[middle:end]

    def send(self, kind, number, references, payload):
        head = _UNSEALED.pack(_MAGIC, _VERSION, kind, len(references) // 80, number, len(payload), 0, 0)
        message = head + _CHECKSUM.pack(crc32(head) & 0xFFFFFFFF) + references + payload
        try:
            written = os.write(self._writer, message)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise _HostGone()
            if error.errno != errno.EINTR:
                raise
            written = 0
        if written != len(message):
            self._rest(memoryview(message), written)

    def is_cancelled(self, number):
        """Takes what has come, without a wait, and looks for the end of this job among it. The rest is kept for receive()."""
        if os.getpid() != self._owner:
            return False  # a forked child: what it took would be lost
        while not self._ended and len(self._data) - self._at < _READ_AHEAD and _again(self._poll.poll, 0):
            more = _again(os.read, self._reader, _CHUNK)
            self._ended = not more
            self._data, self._at, self._looked = self._data[self._at:] + more, 0, 0
        return self._ended or self.was_cancelled(number)

    def was_cancelled(self, number):
        """Looks for the end of this job among what has been read."""
        data, at = self._data, max(self._looked, self._at)
        while len(data) - at >= 32:
            fields = _HEADER.unpack_from(data, at)
            if fields[0] != _MAGIC:
                break  # receive() tells of it
            if fields[2] == _CANCEL:
                self.cancelled_ids.add(fields[4])
            at += 32 + 80 * fields[3] + fields[5]
            if at > len(data):
                break
        self._looked = at
        return number in self.cancelled_ids

    def _more(self, data, at):
        more = b"" if self._ended else _again(os.read, self._reader, _CHUNK)
        if not more:
            self._ended = True
            if len(data) - at:
                _say("the host closed the channel in the middle of a message.")
            return None, 0
        self._looked = 0
        return (data[at:] + more if at < len(data) else more), 0

    def _whole(self, data, at, length):
        parts, missing = [data[at:]], length - (len(data) - at)
        while missing > 0:
            more = b"" if self._ended else _again(os.read, self._reader, max(missing, _CHUNK))
            if not more:
                self._ended = True
                _say("the host closed the channel in the middle of a message.")
                return None
            parts.append(more)
            missing -= len(more)
        return b"".join(parts)

    def _rest(self, message, written):
        while written < len(message):
            try:
                written += _again(os.write, self._writer, message[written:])
            except OSError as error:
                if error.errno == errno.EPIPE:
                    raise _HostGone()
                raise

    @staticmethod
    def _describe(fields, sealed):
        if fields[0] != _MAGIC:
            return "its first four bytes are 0x%08X instead of 0x%08X" % (fields[0], _MAGIC)
        if fields[8] != crc32(sealed) & 0xFFFFFFFF:
            return "its checksum is 0x%08X, and 0x%08X would be right" % (fields[8], crc32(sealed) & 0xFFFFFFFF)
        if fields[1] != _VERSION:
            return "it is of version %d of the protocol, and this worker speaks version %d" % (fields[1], _VERSION)
        return "it has %d frames, and %d are the most" % (fields[3], _MAX_FRAMES)


class _HostGone(Exception):
    pass


def _say(text):
    sys.stderr.write("hardening_worker: %s\n" % text)
    sys.stderr.flush()


# --- The jobs -----------------------------------------------------------------------------------------------------------------------------------

def _plain(value):
    # numpy's numbers and arrays.
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError("%s is not JSON: return what json.dumps takes, or use @job(raw=True) and return bytes." % type(value).__name__)


# The same bytes on all versions: ASCII, no blanks, the order of the dict as it is; NaN is not JSON.
_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=_plain).encode
_decode = json.JSONDecoder().decode


def _serve(channel, function, raw, interrupt):
    context, regions, receive, send = _context, {}, channel.receive, channel.send
    owner, getpid, flush = os.getpid(), os.getpid, sys.stdout.flush
    traced, trace = 0, b""  # of the job that comes behind it, unless that is taken back
    while True:
        message = receive()
        if message is None:
            return 0
        kind, number, soft, references, payload = message
        if kind == _JOB:
            context.id, context._cancelled, context.output, context._trace = number, False, None, trace if traced == number else b""
            traced = 0
            context._limit = _clock() + soft / 1000.0 if soft else None
            frames, failure = (), None
            try:
                if channel._at and channel.was_cancelled(number):
                    raise JobCancelled("The job was cancelled before it began.")
                if references:
                    frames = _find_frames(references, regions, context)
                context.frames = frames
                request = payload if raw else _decode(payload.decode("utf-8")) if payload else None
                if interrupt and soft:
                    result = _limited(function, frames + (request,), soft / 1000.0)
                else:
                    result = function(*(frames + (request,)))
                if getpid() != owner:
                    _leave(0)  # a child that the script has forked, and that came back out of the function
                result = _as_bytes(result) if raw else _encode(result).encode("ascii")
                if len(result) > channel.max_bytes:
                    raise ValueError("The result has %d bytes, and %d are allowed: raise MaxMessageBytes of the pool." % (len(result), channel.max_bytes))
                returned = context.output._reference() if context.output is not None else b""
            except BaseException as error:  # SystemExit too: whoever ends the job that way has not asked for the worker's end
                if getpid() != owner:
                    _leave_by(error)
                failure = error
                result = _describe_failure()
            try:
                flush()
            except Exception:
                pass  # a script has closed its output
            for frame in frames:
                frame._end()
            context.frames = ()
            if failure is None:
                send(_RESULT, number, returned, result)
            else:
                send(_ERROR, number, b"", result)
                if isinstance(failure, KeyboardInterrupt):
                    return 130
                failure = None
            channel.cancelled_ids.discard(number)
        elif kind == _CONTEXT:
            traced, trace = number, payload
        elif kind == _CANCEL:
            channel.cancelled_ids.discard(number)
        elif kind == _MAP:
            settings = json.loads(payload.decode("utf-8"))
            try:
                regions[settings["region"]] = _Region(settings)
            except (OSError, IOError, ValueError, mmap.error) as error:
                regions[settings["region"]] = "Shared memory %d could not be mapped: %s." % (settings["region"], error)
        elif kind == _UNMAP:
            region = regions.pop(number, None)
            if isinstance(region, _Region):
                region.close()
        elif kind == _STOP:
            return 0


def _find_frames(references, regions, context):
    frames = []
    for at in range(0, len(references), 80):
        fields = _FRAME.unpack_from(references, at)
        region = regions.get(fields[0], "Shared memory %d was not announced." % fields[0])
        if not isinstance(region, _Region):
            raise RuntimeError(region)
        if fields[2] + fields[3] > region.size:
            raise RuntimeError("A frame of %d bytes at %d does not lie in shared memory %d of %d bytes." % (fields[3], fields[2], fields[0], region.size))
        if fields[1] & _OUTPUT:
            context.output = Output(region, fields)
        else:
            frames.append(Frame(region, fields))
    return tuple(frames)


def _limited(function, arguments, seconds):
    running = [True]

    def interrupt(_, __):
        if running[0]:
            raise SoftLimitExceeded("The job did not end within its soft limit of %.3f s." % seconds)

    signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        return function(*arguments)
    finally:
        running[0] = False
        signal.setitimer(signal.ITIMER_REAL, 0)


def _as_bytes(result):
    if isinstance(result, bytes):
        return result
    if result is None:
        return b""
    if isinstance(result, _TEXT):
        raise TypeError("The result of a @job(raw=True) must be bytes, and not text: encode it.")
    return bytes(memoryview(result)) if not _PY2 else bytes(buffer(result))  # noqa: F821


# --- Failures -----------------------------------------------------------------------------------------------------------------------------------

def _text(value):
    try:
        text = value if isinstance(value, (bytes, _TEXT)) else _TEXT(value)
    except Exception:  # a message that cannot be made, or on 2.7 one with other letters than ASCII
        try:
            text = str(value)
        except Exception as error:
            text = "(its text fails with %s)" % type(error).__name__
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return text if len(text) <= _SHOWN else text[:_SHOWN // 2] + u" [...] " + text[-_SHOWN // 2:]


def _failure():
    # Without the frames of this file: they say nothing of the script.
    kind, value, trace = sys.exc_info()
    while trace is not None and trace.tb_frame.f_code.co_filename == _serve.__code__.co_filename:
        trace = trace.tb_next
    return kind, value, trace


def _describe_failure():
    kind, value, trace = _failure()
    module = kind.__module__
    name = kind.__name__ if module in ("builtins", "exceptions", "hardening_worker", "__main__") else module + "." + kind.__name__
    try:
        lines = "".join(traceback.format_exception(kind, value, trace))
    except Exception as error:
        lines = "(no trace: %s)" % type(error).__name__
    return _encode({"type": name, "message": _text(value), "trace": _text(lines)}).encode("ascii")


def _leave(code):
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _leave_by(error):
    # A forked child: its failure is its own affair, and nothing of it may reach the channel.
    if isinstance(error, SystemExit):
        if error.code is not None and not isinstance(error.code, int):
            sys.stderr.write("%s\n" % error.code)
        _leave(error.code if isinstance(error.code, int) else 0 if error.code is None else 1)
    traceback.print_exc()
    _leave(1)


# --- The start ----------------------------------------------------------------------------------------------------------------------------------

def _take_streams():
    # Whatever the script, a library or a child of theirs reads or prints: not a byte of it is taken from the channel or gets into it.
    import fcntl
    taken = []
    for descriptor in (0, 1):
        taken.append(os.dup(descriptor))
        fcntl.fcntl(taken[-1], fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    return taken


def _load(path):
    path = os.path.abspath(path)
    with open(path, "rb") as script:
        source = script.read()
    name = os.path.splitext(os.path.basename(path))[0]
    module = types.ModuleType(name if name not in sys.modules else "__worker__")
    module.__file__ = path
    sys.modules[module.__name__] = module
    sys.modules["hardening_worker"] = sys.modules["__main__"]
    sys.path[0] = os.path.dirname(path)
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))  # for processes that the script starts by multiprocessing
    exec(compile(source, path, "exec", 0, True), module.__dict__)
    if len(_jobs) != 1:
        raise SystemExit("hardening_worker: %s has %d functions marked with @job, and must have one." % (path, len(_jobs)))
    return _jobs[0]


def _greet(channel, name):
    hello = channel.receive()
    if hello is None:
        return False
    if hello[0] != _HELLO:
        raise _ProtocolError("it is of kind %d, and the first one must be Hello (%d)" % (hello[0], _HELLO))
    channel.max_bytes = json.loads(hello[4].decode("utf-8")).get("maxMessageBytes", channel.max_bytes)
    version = ".".join(str(part) for part in sys.version_info[:3])
    channel.send(_READY, 0, b"", _encode({"name": name, "language": "Python " + version, "process": os.getpid()}).encode("ascii"))
    return True


def _main():
    global _channel
    if len(sys.argv) < 2 or "HARDENING_WORKER" not in os.environ:
        _say("this runs a script as a worker of a Hardening process pool, which starts it: python hardening_worker.py worker.py [arguments]")
        return 2
    del sys.argv[0]
    reader, writer = _take_streams()
    settings = dict(part.split("=", 1) for part in os.environ.pop("HARDENING_WORKER").split(";") if "=" in part)
    if settings.get("channel") != "stdio":
        _say("this worker speaks over standard input and output, and was started for '%s'." % settings.get("channel"))
        return 2
    try:
        function, raw, interrupt = _load(sys.argv[0])
    except BaseException as error:
        if isinstance(error, (IOError, OSError)) and error.filename == os.path.abspath(sys.argv[0]):
            _say("the script '%s' cannot be read: %s." % (error.filename, error.strerror))
        else:
            traceback.print_exception(*_failure())
        return 1
    _channel = _Channel(reader, writer)
    try:
        return _serve(_channel, function, raw, interrupt) if _greet(_channel, function.__name__) else 0
    except _ProtocolError as error:
        _say("the host sent a message that is none: %s." % error)
        return 2
    except _HostGone:
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(_main())
