/* What faults need that .NET cannot do: native locks, threads in the kernel, a call that no garbage collection can stop. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void lab_lock(void) { pthread_mutex_lock(&mutex); }

void lab_unlock(void) { pthread_mutex_unlock(&mutex); }

void lab_sleep(int milliseconds)
{
    struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000L };
    while (nanosleep(&time, &time) != 0) /* signals do not shorten it: the runtime sends some to stop threads */
        ;
}

/* Maps memory, touches every page of it, and gives it back. */
void lab_touch(int64_t bytes)
{
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return;
    for (int64_t i = 0; i < bytes; i += 4096)
        ((volatile char *)memory)[i] = 1;
    munmap(memory, bytes);
}

void lab_touch_until(const volatile int *stop, int64_t bytes)
{
    while (!*stop)
        lab_touch(bytes);
}

/* Wakes those who wait for a word that nobody waits for. */
void lab_wake_until(const volatile int *stop)
{
    static uint32_t word;
    while (!*stop)
        syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* One short child after the other, all waited for. */
void lab_fork_until(const volatile int *stop, const char *program, const char *argument, const char *text)
{
    char *const arguments[] = { (char *)program, (char *)argument, (char *)text, NULL };
    while (!*stop) {
        pid_t child;
        if (posix_spawn(&child, program, NULL, NULL, arguments, environ) == 0)
            waitpid(child, NULL, 0);
    }
}
