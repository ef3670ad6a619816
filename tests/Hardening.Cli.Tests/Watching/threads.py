# Threads that compute, to be watched: threads.py <threads>. It ends by itself after a minute.
import sys
import threading
import time

end = time.time() + 60
started = False


def work():
    while not started:  # with threads that compute it takes long to start more
        time.sleep(0.01)
    while time.time() < end:
        total = 0
        for i in range(2000):
            total += i


for _ in range(int(sys.argv[1])):
    thread = threading.Thread(target=work)
    thread.daemon = True
    thread.start()
started = True

while time.time() < end:
    time.sleep(1)
