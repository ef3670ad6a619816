"""Process pools of Python for the benchmark `pool`: 2.7 and 3, standard library, joblib and numpy where they are.

    pool_python.py ways                                       what can be measured here, and what is missing
    pool_python.py run SCENARIO WAY WORKERS SECONDS           one measurement

Each prints one JSON object on a line. Every result is compared with what it must be, outside of the measured time.
"""
from __future__ import print_function

import json
import multiprocessing
import os
import struct
import sys
import time
import zlib

try:
    import numpy
except ImportError:
    numpy = None
try:
    from concurrent.futures import ProcessPoolExecutor
except ImportError:
    ProcessPoolExecutor = None
try:
    import joblib
except ImportError:
    joblib = None
try:
    from multiprocessing import shared_memory
except ImportError:
    shared_memory = None

clock = getattr(time, "perf_counter", time.time)

PAYLOAD = 100
FRAME = 1228800
SLOTS = 8
WARM_UP = 0.3  # of the measured time
LIST = {"echo": 5000, "batch": 100000, "frames": 64, "handover": 64}


# What the workers do.

def echo(payload):
    return payload


def read(frame):
    """Every byte, by the fastest way that there is."""
    if numpy is not None:
        return int(numpy.frombuffer(frame, numpy.uint64).sum())
    return zlib.adler32(frame) & 0xffffffff


slab = None


def attach(name):
    global slab
    slab = shared_memory.SharedMemory(name)


def read_slot(slot):
    return read(slab.buf[slot * FRAME:(slot + 1) * FRAME])


# The pools: each gives run(function, items), which returns all results in order, and one(function, item).

class Pool(object):
    def __init__(self, workers, how, initializer=None, arguments=()):
        self.pool = multiprocessing.Pool(workers, initializer, arguments)
        self.how = how

    def run(self, function, items):
        if self.how == "imap_unordered":
            return list(self.pool.imap_unordered(function, items))
        return self.pool.map(function, items, 1 if self.how == "single" else None)

    def one(self, function, item):
        return self.pool.apply(function, (item,))

    def close(self):
        self.pool.terminate()
        self.pool.join()


class Executor(object):
    def __init__(self, workers, how, initializer=None, arguments=()):
        self.pool = ProcessPoolExecutor(workers, initializer=initializer, initargs=arguments)
        self.how = how

    def run(self, function, items):
        if self.how == "submit":
            return [future.result() for future in [self.pool.submit(function, item) for item in items]]
        return list(self.pool.map(function, items, chunksize=1))

    def one(self, function, item):
        return self.pool.submit(function, item).result()

    def close(self):
        self.pool.shutdown()


class Joblib(object):
    def __init__(self, workers, how):
        self.pool = joblib.Parallel(n_jobs=workers, backend="loky", batch_size=1 if how == "single" else "auto")
        self.pool.__enter__()

    def run(self, function, items):
        return self.pool(joblib.delayed(function)(item) for item in items)

    def one(self, function, item):
        return self.pool([joblib.delayed(function)(item)])[0]

    def close(self):
        self.pool.__exit__(None, None, None)


def ways():
    """(scenario, way) -> how to make the pool."""
    made = {}

    def add(scenario, way, kind, how):
        made[(scenario, way)] = (kind, how)

    for scenario in ("echo", "frames"):
        add(scenario, "mp.Pool.map(chunksize=1)", Pool, "single")
    add("echo", "mp.Pool.imap_unordered", Pool, "imap_unordered")
    add("batch", "mp.Pool.map", Pool, "chunks")
    for scenario in ("turn", "frameturn"):
        add(scenario, "mp.Pool.apply", Pool, "single")
    if ProcessPoolExecutor is not None:
        add("echo", "ProcessPoolExecutor.submit", Executor, "submit")
        for scenario in ("echo", "frames"):
            add(scenario, "ProcessPoolExecutor.map(chunksize=1)", Executor, "map")
        for scenario in ("turn", "frameturn"):
            add(scenario, "ProcessPoolExecutor.submit", Executor, "submit")
    if joblib is not None:
        for scenario in ("echo", "frames"):
            add(scenario, "joblib loky, batches of 1", Joblib, "single")
        add("turn", "joblib loky, batches of 1", Joblib, "single")
        add("batch", "joblib loky, its own batches", Joblib, "auto")
    if shared_memory is not None:
        for scenario in ("frames", "frameturn"):
            add(scenario, "mp.Pool, SharedMemory by hand", Pool, "single")
        add("handover", "mp.Pool, SharedMemory by hand", Pool, "single")
    return made


def missing():
    named = []
    if ProcessPoolExecutor is None:
        named.append("ProcessPoolExecutor: not in this Python")
    if shared_memory is None:
        named.append("SharedMemory: not in this Python")
    if joblib is None:
        named.append("joblib: not installed for this Python")
    if numpy is None:
        named.append("numpy: not installed for this Python, so its workers read frames with zlib.adler32")
    return named


# Measuring.

def cpu():
    """Nanoseconds on a CPU, of this process and all that descend from it."""
    found = [os.getpid()]
    total = 0
    for process in found:
        try:
            for task in os.listdir("/proc/%d/task" % process):
                with open("/proc/%d/task/%s/schedstat" % (process, task)) as stat:
                    total += int(stat.read().split()[0])
                with open("/proc/%d/task/%s/children" % (process, task)) as children:
                    found.extend(int(child) for child in children.read().split())
        except (IOError, OSError):
            pass  # a thread that has just ended
    return total


def percentile(ordered, part):
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1e6


def frames():
    made = []
    for number in range(SLOTS):
        row = bytearray((number * 7 + at * 31) & 255 for at in range(4096))
        made.append(bytes(row * (FRAME // 4096)))
    return made


def inputs(scenario, way):
    """What the jobs get, what they must give, and the function."""
    if scenario in ("echo", "batch", "turn"):
        items = [struct.pack("<q", number) + b"x" * (PAYLOAD - 8) for number in range(LIST.get(scenario, 1000))]
        return echo, items, items
    images = frames()
    if "SharedMemory" in way:
        slots = [number % SLOTS for number in range(LIST.get(scenario, 64))]
        if scenario == "handover":
            return echo, slots, slots
        return read_slot, slots, [read(images[slot]) for slot in slots]
    chosen = [images[number % SLOTS] for number in range(LIST.get(scenario, 64))]
    if joblib is not None and numpy is not None and "joblib" in way:
        # What joblib sends through a file in memory is an array.
        return read, [numpy.frombuffer(image, numpy.uint8) for image in chosen], [read(image) for image in chosen]
    return read, chosen, [read(image) for image in chosen]


def measure(scenario, way, workers, seconds):
    kind, how = ways()[(scenario, way)]
    function, items, expected = inputs(scenario, way)
    memory = None
    if "SharedMemory" in way:
        memory = shared_memory.SharedMemory(create=True, size=FRAME * SLOTS)
        for slot, image in enumerate(frames()):
            memory.buf[slot * FRAME:(slot + 1) * FRAME] = image
        pool = kind(workers, how, attach, (memory.name,))
    else:
        pool = kind(workers, how)
    try:
        if scenario in ("turn", "frameturn"):
            return in_turn(pool, function, items, expected, seconds)
        return at_once(pool, function, items, expected, seconds, how == "imap_unordered")
    finally:
        pool.close()
        if memory is not None:
            memory.close()
            memory.unlink()


def at_once(pool, function, items, expected, seconds, sort):
    wrong = None
    until = clock() + seconds * WARM_UP
    pool.run(function, items)
    while clock() < until:
        pool.run(function, items)
    jobs = 0
    elapsed = 0.0
    begin_cpu = cpu()
    checking = 0
    while elapsed < seconds:
        begin = clock()
        results = pool.run(function, items)
        elapsed += clock() - begin
        jobs += len(items)
        before = cpu()
        if (sorted(results) != sorted(expected) if sort else results != expected):
            wrong = "a result is not what was sent"
        checking += cpu() - before
    return {"jobs": jobs, "seconds": elapsed, "cpu": (cpu() - begin_cpu - checking) / 1e3 / jobs, "wrong": wrong}


def in_turn(pool, function, items, expected, seconds):
    wrong = None
    times = []
    number = 0
    until = clock() + seconds * WARM_UP
    while clock() < until or number < 10:
        pool.one(function, items[number % len(items)])
        number += 1
    begin_cpu = cpu()
    begin = clock()
    number = 0
    while clock() - begin < seconds:
        item = items[number % len(items)]
        before = clock()
        result = pool.one(function, item)
        times.append(clock() - before)
        if result != expected[number % len(items)]:
            wrong = "a result is not what was sent"
        number += 1
    elapsed = clock() - begin
    used = cpu() - begin_cpu
    times.sort()
    return {"jobs": number, "seconds": elapsed, "p50": percentile(times, 0.5), "p99": percentile(times, 0.99), "cpu": used / 1e3 / number, "wrong": wrong}


if __name__ == "__main__":
    if sys.argv[1] == "ways":
        print(json.dumps({"name": "Python %d.%d" % sys.version_info[:2], "ways": sorted(ways()), "missing": missing()}))
    else:
        print(json.dumps(measure(sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))))
