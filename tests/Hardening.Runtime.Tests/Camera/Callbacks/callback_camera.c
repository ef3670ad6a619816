/* A camera library as vendors make them: it calls back on threads of its own, and fills its own buffers or the application's. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_THREADS 8
#define MAX_BUFFERS 64

/* pixels is null when the camera had a frame and no buffer of the application for it. */
typedef void (*frame_callback)(void *user, unsigned char *pixels, int length, long long number);

struct camera {
    int length, threads, hz, announced;
    frame_callback callback;
    void *user;
    atomic_int running;
    atomic_llong number;
    pthread_t thread[MAX_THREADS];
    pthread_mutex_t lock;
    unsigned char *buffers[MAX_BUFFERS];
    int count;
};

struct camera *camera_open(int length)
{
    struct camera *camera = calloc(1, sizeof *camera);
    camera->length = length;
    pthread_mutex_init(&camera->lock, NULL);
    return camera;
}

int camera_announce(struct camera *camera, unsigned char *buffer)
{
    int taken;
    pthread_mutex_lock(&camera->lock);
    taken = camera->count < MAX_BUFFERS;
    if (taken)
        camera->buffers[camera->count++] = buffer;
    pthread_mutex_unlock(&camera->lock);
    return taken;
}

static unsigned char *next_buffer(struct camera *camera)
{
    unsigned char *buffer = NULL;
    pthread_mutex_lock(&camera->lock);
    if (camera->count > 0) {
        buffer = camera->buffers[0];
        memmove(camera->buffers, camera->buffers + 1, --camera->count * sizeof *camera->buffers);
    }
    pthread_mutex_unlock(&camera->lock);
    return buffer;
}

static void *run(void *argument)
{
    struct camera *camera = argument;
    unsigned char *own = malloc(camera->length);
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    while (atomic_load(&camera->running)) {
        long long number = atomic_fetch_add(&camera->number, 1);
        unsigned char *pixels = camera->announced ? next_buffer(camera) : own;
        if (pixels)
            memset(pixels, (int)(number & 0xff), camera->length);
        camera->callback(camera->user, pixels, camera->length, number);
        if (camera->hz > 0) {
            next.tv_nsec += 1000000000L / camera->hz;
            next.tv_sec += next.tv_nsec / 1000000000L;
            next.tv_nsec %= 1000000000L;
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
        }
    }
    free(own);
    return NULL;
}

int camera_start(struct camera *camera, frame_callback callback, void *user, int threads, int hz, int announced)
{
    camera->callback = callback;
    camera->user = user;
    camera->threads = threads;
    camera->hz = hz;
    camera->announced = announced;
    atomic_store(&camera->number, 0);
    atomic_store(&camera->running, 1);
    for (int i = 0; i < threads; i++)
        if (pthread_create(&camera->thread[i], NULL, run, camera) != 0)
            return -1;
    return 0;
}

/* With wait = 0 it is as bad as some: callbacks still come after it has returned. camera_join waits for them. */
void camera_join(struct camera *camera)
{
    for (int i = 0; i < camera->threads; i++)
        pthread_join(camera->thread[i], NULL);
    camera->threads = 0;
}

long long camera_stop(struct camera *camera, int wait)
{
    if (wait) {
        atomic_store(&camera->running, 0);
        camera_join(camera);
    }
    camera->count = 0;
    return atomic_load(&camera->number);
}

void camera_end(struct camera *camera)
{
    atomic_store(&camera->running, 0);
    camera_join(camera);
}

void camera_close(struct camera *camera)
{
    pthread_mutex_destroy(&camera->lock);
    free(camera);
}
