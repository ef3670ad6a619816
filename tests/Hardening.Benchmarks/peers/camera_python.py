"""Cameras in Python for the benchmark `camera`: 2.7 and 3, standard library alone. The kernel is the C one, called through ctypes.

    camera_python.py ways                            what can be measured here
    camera_python.py run WAY KERNEL WORKLOAD         one measurement

queue    a thread for each camera puts frames into a multiprocessing.Queue, whose workers put results into another
shared   the same with frames in shared memory: only their places go through the queues
threads  one process: threads and queue.Queue; the kernel runs without the interpreter's lock
"""
from __future__ import print_function

import ctypes
import json
import mmap
import multiprocessing
import os
import sys
import threading
import time
from collections import deque

try:
    import queue
except ImportError:
    import Queue as queue

IMAGES = 40
DRIVER_BUFFERS = 3
WORKERS = 2
DEADLINE = 66000000
MONOTONIC = 1
libc = ctypes.CDLL(None, use_errno=True)
context = multiprocessing.get_context("fork") if hasattr(multiprocessing, "get_context") else multiprocessing


class Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


class Findings(ctypes.Structure):
    _fields_ = [("bright", ctypes.c_int64), ("means", ctypes.c_int64)]


if hasattr(time, "monotonic_ns"):
    now = time.monotonic_ns
else:
    def now():
        at = Timespec()
        libc.clock_gettime(MONOTONIC, ctypes.byref(at))
        return at.seconds * 1000000000 + at.nanoseconds


def cpu_of(processes):
    """Nanoseconds on a CPU, all threads."""
    total = 0
    for process in processes:
        at = Timespec()
        libc.clock_gettime(ctypes.c_int((~process << 3) | 2), ctypes.byref(at))  # as clock_getcpuclockid(3) makes it
        total += at.seconds * 1000000000 + at.nanoseconds
    return total


def sleep_until(when):
    libc.clock_nanosleep(MONOTONIC, 1, ctypes.byref(Timespec(when // 1000000000, when % 1000000000)), None)


class Workload(object):
    def __init__(self, text):
        parts = text.split(",")
        self.cameras, self.width, self.height = int(parts[0]), int(parts[1]), int(parts[2])
        self.rate, self.synchronous = float(parts[3]), parts[4] == "1"
        self.warm_up, self.seconds, self.work = float(parts[5]), float(parts[6]), float(parts[7])
        self.when_full, self.queue = parts[8], int(parts[9])
        self.bytes = self.width * self.height
        self.period = int(1e9 / self.rate) if self.rate > 0 else 0
        self.waits = self.when_full == "Wait"


class Kernel(object):
    """The C kernel, with the memory that one worker needs for it."""

    def __init__(self, library, workload):
        self.workload = workload
        self.run = library.camera_work
        self.run.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p]
        self.run.restype = None
        self.mask = ctypes.create_string_buffer(workload.bytes)
        self.means = ctypes.create_string_buffer(workload.bytes // 64)
        self.found = Findings()

    def __call__(self, pixels):
        self.run(pixels, self.workload.width, self.workload.height, self.mask, self.means, int(self.workload.work * 1e6), ctypes.byref(self.found))
        return self.found.bright, self.found.means


class Camera(object):
    """A camera and its driver: frames by an absolute schedule, the last few kept."""

    def __init__(self, number, workload):
        self.number, self.workload, self.next, self.lost, self.taken, self.dropped, self.done, self.last = number, workload, 0, 0, 0, 0, 0, -1

    def begin(self, start):
        self.first = start + (0 if self.workload.synchronous else self.workload.period * self.number // self.workload.cameras)
        libc.prctl(29, 1, 0, 0, 0)

    def read(self):
        """(sequence, due, image), or None after a while."""
        period = self.workload.period
        at = due = now()
        if period:
            due = self.first + self.next * period
            if due > at:
                sleep_until(min(due, at + 100000000))
                at = now()
            if due > at:
                return None
            newest = (at - self.first) // period
            if newest - self.next >= DRIVER_BUFFERS:
                self.lost += newest - DRIVER_BUFFERS + 1 - self.next
                self.next = newest - DRIVER_BUFFERS + 1
            due = self.first + self.next * period
        sequence = self.next
        self.next += 1
        self.taken += 1
        return sequence, due, (sequence + self.number * 8) % IMAGES


def address_of(area):
    return ctypes.addressof((ctypes.c_char * len(area)).from_buffer(area))


def too_old(workload, due):
    return workload.when_full == "Deadline" and now() - due > DEADLINE


def work_on_bytes(tasks, results, library, workload):
    kernel = Kernel(library, workload)
    while True:
        task = tasks.get()
        if task is None:
            return
        camera, sequence, due, image, pixels = task
        results.put((camera, sequence, due, image, None if too_old(workload, due) else kernel(pixels), None))


def work_on_slots(tasks, results, library, workload, slab):
    kernel = Kernel(library, workload)
    while True:
        task = tasks.get()
        if task is None:
            return
        camera, sequence, due, image, slot = task
        results.put((camera, sequence, due, image, None if too_old(workload, due) else kernel(slab + slot * workload.bytes), slot))


class Line(object):
    def __init__(self, way, library, workload):
        self.way, self.workload = way, workload
        self.area = mmap.mmap(-1, workload.bytes * IMAGES)
        self.memory = address_of(self.area)
        self.expected = (Findings * IMAGES)()
        library.camera_fill.restype = ctypes.c_uint64
        library.camera_fill.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p]
        self.fingerprint = "%016x" % library.camera_fill(self.memory, workload.width, workload.height, ctypes.byref(self.expected))
        self.cameras = [Camera(number, workload) for number in range(workload.cameras)]
        self.stopping, self.wrong, self.out_of_order, self.latencies, self.window = False, 0, 0, [], None
        waiting = workload.queue * workload.cameras
        if way == "threads":
            self.tasks, self.results = queue.Queue(waiting), queue.Queue()
            made, arguments = threading.Thread, (self.tasks, self.results, library, workload)
            target = work_on_bytes
        else:
            # Results are bounded by the tasks: 32 bytes each, and read at once.
            self.tasks, self.results = context.Queue(waiting), context.Queue()
            made, arguments, target = context.Process, (self.tasks, self.results, library, workload), work_on_bytes
            if way == "shared":
                each = workload.queue + WORKERS + 2
                self.slab = mmap.mmap(-1, workload.bytes * each * workload.cameras)
                for page in range(0, len(self.slab), 4096):
                    self.slab[page:page + 1] = b"\1"
                self.slots = [deque(range(number * each, (number + 1) * each)) for number in range(workload.cameras)]
                target, arguments = work_on_slots, arguments + (address_of(self.slab),)
        self.workers = [made(target=target, args=arguments) for _ in range(WORKERS)]
        for worker in self.workers:
            worker.daemon = True
            worker.start()
        self.collector = threading.Thread(target=self.collect)
        self.captures = [threading.Thread(target=self.capture, args=(camera,)) for camera in self.cameras]
        for thread in self.captures + [self.collector]:
            thread.daemon = True

    def start(self, begin):
        self.collector.start()
        for camera, thread in zip(self.cameras, self.captures):
            camera.begin(begin)
            thread.start()

    def capture(self, camera):
        size = self.workload.bytes
        libc.prctl(29, 1, 0, 0, 0)
        while not self.stopping:
            frame = camera.read()
            if frame is None:
                continue
            sequence, due, image = frame
            if self.way == "shared":
                free = self.slots[camera.number]
                while not free and self.workload.waits and not self.stopping:
                    time.sleep(0.0002)
                if not free:
                    camera.dropped += 1
                    continue
                what = free.popleft()
                ctypes.memmove(ctypes.addressof((ctypes.c_char * 1).from_buffer(self.slab, what * size)), self.memory + image * size, size)
            else:
                what = self.area[image * size:(image + 1) * size]
            try:
                if self.workload.waits:
                    self.tasks.put((camera.number, sequence, due, image, what))
                else:
                    self.tasks.put_nowait((camera.number, sequence, due, image, what))
            except queue.Full:
                camera.dropped += 1
                if self.way == "shared":
                    self.slots[camera.number].append(what)

    def collect(self):
        while True:
            result = self.results.get()
            if result is None:
                return
            number, sequence, due, image, found, slot = result
            at = now()
            if slot is not None:
                self.slots[number].append(slot)
            camera = self.cameras[number]
            if found is None:
                camera.dropped += 1
                continue
            camera.done += 1
            self.out_of_order += sequence <= camera.last
            camera.last = max(camera.last, sequence)
            self.wrong += found != (self.expected[image].bright, self.expected[image].means)
            if self.window and self.window[0] <= due < self.window[1]:
                self.latencies.append(at - due)

    def tally(self):
        each = [camera.done for camera in self.cameras]
        processes = [os.getpid()] + [worker.pid for worker in self.workers if hasattr(worker, "pid")]
        return now(), cpu_of(processes), each, sum(camera.dropped for camera in self.cameras), sum(camera.lost for camera in self.cameras)

    def stop(self):
        self.stopping = True
        for thread in self.captures:
            thread.join(10)
        for _ in self.workers:
            self.tasks.put(None)
        for worker in self.workers:
            worker.join(10)
        self.results.put(None)
        self.collector.join(10)
        taken, ended = sum(camera.taken for camera in self.cameras), sum(camera.done + camera.dropped for camera in self.cameras)
        return None if taken == ended else "%d frames came, %d are done or dropped" % (taken, ended)


def percentile(ordered, share):
    rank = int(len(ordered) * share + 0.999999) - 1
    return ordered[min(max(rank, 0), len(ordered) - 1)] / 1e3 if ordered else None


def measure(way, library, workload):
    line = Line(way, ctypes.CDLL(library), workload)
    begin = now() + 300000000
    line.start(begin)
    sleep_until(begin + int(workload.warm_up * 1e9))
    print("begin")
    sys.stdout.flush()
    start, cpu, before, dropped, lost = line.tally()
    line.window = (start, start + int(workload.seconds * 1e9))
    sleep_until(line.window[1])
    end, cpu_after, after, dropped_after, lost_after = line.tally()
    print("end")
    sys.stdout.flush()
    sys.stdin.readline()
    stopping = now()
    wrong = line.stop()
    stopped = now() - stopping
    ordered = sorted(line.latencies)
    each = [last - first for last, first in zip(after, before)]
    measured = {
        "frames": sum(each), "seconds": (end - start) / 1e9, "cpuSeconds": (cpu_after - cpu) / 1e9, "dropped": dropped_after - dropped, "driverLost": lost_after - lost, "outOfOrder": line.out_of_order, "each": each,
        "stopSeconds": stopped / 1e9, "fingerprint": line.fingerprint, "wrong": "%d results are wrong" % line.wrong if line.wrong else wrong}
    if ordered:
        measured.update(p50=percentile(ordered, 0.5), p99=percentile(ordered, 0.99), p999=percentile(ordered, 0.999), max=percentile(ordered, 1))
    return measured


if __name__ == "__main__":
    if sys.argv[1] == "ways":
        print(json.dumps({"name": "Python %d.%d" % sys.version_info[:2], "ways": ["queue", "shared", "threads"]}))
    else:
        print(json.dumps(measure(sys.argv[2], sys.argv[3], Workload(sys.argv[4]))))
