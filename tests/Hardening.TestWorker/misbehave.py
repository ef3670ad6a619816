"""Children that misbehave on command: forks are cheap and exact here, and only the standard library is needed.

Each command leaves the file `ready`, with the number of its processes, in its working directory once it stands complete. Every process keeps that directory:
it is the mark by which tests find them, for environment, session and arguments may be gone. Each ends by itself after LIMIT seconds, whatever the tests do.
"""
import os
import signal
import sys
import time

LIMIT = 120
DEADLINE = time.monotonic() + LIMIT
POLITE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def stand(processes):
    """Announces that all processes are there."""
    with open("ready.new", "w") as file:
        file.write(str(processes))
    os.rename("ready.new", "ready")


def limit():
    signal.alarm(max(1, int(DEADLINE - time.monotonic()) + 1))  # not inherited by fork


def live():
    limit()
    while True:
        signal.pause()


def dispose_of(signals, how):
    for number in signals:
        signal.signal(number, how)


def fork(act, *arguments, session=False):
    child = os.fork()
    if child == 0:
        try:
            limit()
            if session:
                os.setsid()
            act(*arguments)
        finally:
            os._exit(0)
    return child


def ignore():
    """Ignores every request to end."""
    dispose_of(POLITE, signal.SIG_IGN)
    stand(1)
    live()


def stopped():
    """Stops itself; its child is in a session of its own."""
    def watch(parent):
        while open("/proc/%d/stat" % parent).read().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.001)
        stand(2)
        time.sleep(LIMIT)
        os.kill(parent, signal.SIGKILL)  # a stopped process gets no alarm
    fork(watch, os.getpid(), session=True)
    os.kill(os.getpid(), signal.SIGSTOP)
    live()


def tree(levels=4):
    """A chain of four."""
    if levels == 1:
        stand(4)
    else:
        fork(tree, levels - 1)
    live()


def daemon():
    """A daemon that looks like no child of anyone: forked twice, own session, no environment, no descriptors, another program and another name."""
    reading, writing = os.pipe()  # closed by execve

    def become():
        os.closerange(0, writing)
        os.closerange(writing + 1, 4096)
        try:
            os.execve("/bin/sleep", ["[kworker/u8:1]", str(LIMIT)], {})
        except OSError:
            os.write(writing, b"!")
    os.waitpid(fork(lambda: fork(become), session=True), 0)
    os.close(writing)
    if os.read(reading, 1):
        sys.exit("there is no /bin/sleep")
    stand(2)
    live()


def bomb(processes="200"):
    """Many: half in sessions of their own, a fifth forked twice, a third deaf to every request to end."""
    reading, writing = os.pipe()

    def member(number):
        if number % 3 == 0:
            dispose_of(POLITE, signal.SIG_IGN)
        os.write(writing, b".")
        live()
    for number in range(1, int(processes)):
        session = number % 2 == 0
        if number % 5 == 0:
            os.waitpid(fork(lambda: fork(member, number, session=session)), 0)
        else:
            fork(member, number, session=session)
    there = 1
    while there < int(processes):
        there += len(os.read(reading, 4096))
    stand(there)
    live()


def respawn():
    """A daemon that replaces each of its 20 children that ends, up to 2000 times."""
    def member():
        dispose_of(POLITE, signal.SIG_DFL)
        live()

    def replace():
        dispose_of(POLITE, signal.SIG_IGN)
        forks = alive = 0
        while True:
            while alive < 20 and forks < 2000:
                fork(member)
                alive += 1
                forks += 1
            if forks == 20:
                stand(22)
            if alive == 0:
                live()
            os.wait()
            alive -= 1
    fork(replace, session=True)
    live()


def comet():
    """A process that moves: every 2 ms it forks a child in a session of its own and exits. Each leaves a byte in `beat`, for a look may miss it."""
    def fly():
        dispose_of(POLITE, signal.SIG_IGN)
        generation = 0
        while time.monotonic() < DEADLINE:
            with open("beat", "ab") as file:
                file.write(b".")
            generation += 1
            if generation == 5:
                stand(2)
            time.sleep(0.002)
            if os.fork():
                return
            os.setsid()
    os.waitpid(fork(fly), 0)
    live()


def orphan():
    """Exits and leaves a daemon."""
    def stay(parent):
        while os.getppid() == parent:
            time.sleep(0.001)
        stand(1)
        live()
    fork(stay, os.getpid(), session=True)


def vandal(parent="0"):
    """Signals its process group and that of its parent, as shell scripts do to clean up. Only a group that is its own, and only a parent that it was told of:
    to the wrong group this ends whatever the user runs."""
    everyone = POLITE + (signal.SIGQUIT, signal.SIGUSR1)
    if os.getpgrp() != os.getpid():
        sys.exit("the process group is not its own")
    groups = [os.getpid()]
    if os.getppid() == int(parent) and int(parent) > 1:
        groups.append(int(parent))
    dispose_of(everyone, signal.SIG_IGN)
    for number in everyone:
        for group in groups:
            try:
                os.killpg(group, number)
            except ProcessLookupError:
                pass  # the parent leads no group
    stand(1)
    live()


def flood(size=str(8 << 20)):
    """Writes that many bytes to each of stdout and stderr in turn, and lives on."""
    block = b"flood of text\n" * 4096
    for _ in range(0, int(size), len(block)):
        for stream in (1, 2):
            left = block
            while left:
                left = left[os.write(stream, left):]
    stand(1)
    live()


def close():
    """Closes its standard streams and lives on."""
    os.closerange(0, 3)
    stand(1)
    live()


def deaf():
    """Never reads its input."""
    stand(1)
    live()


def echo():
    """Copies its input to its output, as it comes."""
    stand(1)
    limit()
    while True:
        block = os.read(0, 65536)
        if not block:
            return
        while block:
            block = block[os.write(1, block):]


def allocate(megabytes):
    """Uses that much memory. Exits with 77 when it does not get it."""
    try:
        memory = bytearray(b"\1") * (int(megabytes) << 20)
    except MemoryError:
        os._exit(77)
    stand(len(memory) and 1)
    live()


def burn():
    """Uses one core."""
    stand(1)
    limit()
    while True:
        pass


def leave(code="0"):
    """Exits with a code."""
    stand(0)
    os._exit(int(code))


def die(number):
    """Ends by a signal."""
    stand(0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [int(number)])
    if int(number) not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(int(number), signal.SIG_DFL)
    os.kill(os.getpid(), int(number))


def descriptors():
    """Prints what it has open, a line each: number and target."""
    for number in sorted(map(int, os.listdir("/proc/self/fd"))):
        try:
            print(number, os.readlink("/proc/self/fd/%d" % number))
        except OSError:
            pass  # the one of the listing itself
    sys.stdout.flush()


COMMANDS = {"exit": leave, "signal": die}
COMMANDS.update({act.__name__: act for act in (
    ignore, stopped, tree, daemon, bomb, respawn, comet, orphan, vandal, flood, close, deaf, echo, allocate, burn, descriptors)})

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit("usage: misbehave.py %s [argument]" % "|".join(sorted(COMMANDS)))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python turns it into an exception
    limit()
    COMMANDS[sys.argv[1]](*sys.argv[2:])
