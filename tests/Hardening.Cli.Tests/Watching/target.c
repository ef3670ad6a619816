/* A program that does one thing, to be watched: t.c <what> <threads>. It ends by itself after a minute. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 16 << 20 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void burn(long us)
{
    for (long end = now() + us; now() < end;)
    {
    }
}

/* Work under one lock, and next to none without it. */
static void *convoy(void *unused)
{
    for (;;)
    {
        pthread_mutex_lock(&gate);
        burn(1000);
        pthread_mutex_unlock(&gate);
        burn(100);
    }
    return unused;
}

/* One takes the lock and never lets go. */
static void *hold(void *unused)
{
    pthread_mutex_lock(&gate);
    for (;;)
    {
        pause();
    }
    return unused;
}

static void *fault(void *unused)
{
    for (;;)
    {
        char *memory = mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (long i = 0; i < BYTES; i += 4096)
        {
            memory[i] = 1;
        }
        munmap(memory, BYTES);
    }
    return unused;
}

static void *pace(void *unused)
{
    for (;;)
    {
        burn(300);
        usleep(20000);
    }
    return unused;
}

int main(int count, char **arguments)
{
    const char *what = count > 1 ? arguments[1] : "";
    int threads = count > 2 ? atoi(arguments[2]) : 1;
    void *(*work)(void *) = strcmp(what, "convoy") == 0 || strcmp(what, "held") == 0 ? convoy : strcmp(what, "faults") == 0 ? fault : pace;
    pthread_t thread;
    alarm(60);
    if (strcmp(what, "held") == 0)
    {
        pthread_create(&thread, 0, hold, 0);
        usleep(100000);
    }
    for (int i = 0; i < threads; i++)
    {
        pthread_create(&thread, 0, work, 0);
    }
    for (;;)
    {
        pause();
    }
}
