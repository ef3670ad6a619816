"""A worker that gets ready as it should, answers jobs as it should, and when a job says so does what no worker should."""
import os
import signal
import struct
import sys
import time
import zlib

KINDS = {"ready": 2, "result": 4, "error": 5}
UNSEALED = struct.Struct("<IBBHQIII")


def read(count):
    data = b""
    while len(data) < count:
        more = os.read(0, count - len(data))
        if not more:
            sys.exit(0)
        data += more
    return data


def receive():
    header = read(32)
    _, _, kind, frames, job, length, _, _ = UNSEALED.unpack(header[:28])
    read(frames * 80)
    return kind, job, read(length)


def message(kind, job, payload, length=None, frames=b""):
    header = UNSEALED.pack(0x57445248, 1, kind, len(frames) // 80, job, len(payload) if length is None else length, 0, 0)
    return header + struct.pack("<I", zlib.crc32(header) & 0xFFFFFFFF) + frames + payload


def send(data):
    while data:
        data = data[os.write(1, data):]


def misbehave(word, job):
    if word == b"garbage":
        send(os.urandom(4096))
    elif word == b"half":
        send(message(KINDS["result"], job, b"whole")[:-2])
        os._exit(0)
    elif word == b"stuck":
        send(message(KINDS["result"], job, b"whole")[:-2])
        time.sleep(1000)
    elif word == b"huge":
        send(message(KINDS["result"], job, b"", length=0xFFFFFFF0))
    elif word == b"checksum":
        send(message(KINDS["result"], job, b"")[:28] + b"\0\0\0\0")
    elif word == b"stranger":
        send(message(KINDS["result"], job + 1000, b"whose?"))
    elif word == b"kind":
        send(message(9, job, b""))
    elif word == b"ready":
        send(message(KINDS["ready"], 0, b"{}"))
    elif word == b"twice":
        send(message(KINDS["result"], job, b"once") + message(KINDS["result"], job, b"twice"))
    elif word == b"no json":
        send(message(KINDS["error"], job, b'{"type":"ValueError","mess'))
    elif word == b"no object":
        send(message(KINDS["error"], job, b'["ValueError"]'))
    elif word == b"no text":
        send(message(KINDS["error"], job, b'{"type":7}'))
    elif word == b"frame":
        send(message(KINDS["result"], job, b"elsewhere", frames=struct.pack("<IIQIIIII44x", 999, 1, 0, 64, 8, 8, 8, 0x01080001)))
    elif word == b"close":
        os.close(1)
    elif word == b"stop":
        os.close(1)
        os.kill(os.getpid(), signal.SIGSTOP)
    elif word == b"closeall":
        os.close(1)
        os.close(0)
    time.sleep(1000)


receive()
send(message(KINDS["ready"], 0, b'{"name":"bad","language":"Python","process":%d}' % os.getpid()))
while True:
    kind, job, payload = receive()
    if kind == 3:
        if payload.startswith(b"echo"):
            send(message(KINDS["result"], job, payload))
        else:
            misbehave(payload, job)
    elif kind == 9:
        sys.exit(0)
