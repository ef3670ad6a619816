/* GStreamer for the benchmark `camera`: for each camera appsrc ! queue ! appsink, with the kernel in the sink's callback.
   Buffers come from a GstBufferPool, queues count frames, and nothing waits for a clock: its defaults would copy less well and leak.
   gcc -O3 -march=native -o camera_gstreamer camera_gstreamer.c $(pkg-config --cflags --libs gstreamer-app-1.0) -lpthread
   camera_gstreamer WORKLOAD */
#include "camera_kernel.c"
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#define DRIVER_BUFFERS 3
#define DEADLINE 66000000
#define MOST 65536

typedef struct
{
    int number;
    GstElement *pipeline, *source, *sink;
    GstBufferPool *pool;
    pthread_t thread;
    uint8_t *mask, *means;
    int64_t period, first, next;
    atomic_llong lost, taken, done, expired;
    int64_t last, wrong, out_of_order, count, latencies[MOST];
} camera;

static int cameras, width, height, synchronous, queue_frames;
static double rate, warm_up, seconds, work;
static char when_full[16];
static uint8_t *memory;
static findings expected[IMAGES];
static camera *all;
static atomic_int stopping;
static atomic_llong count_from = INT64_MAX, count_until = INT64_MAX;

static void sleep_until(int64_t when)
{
    struct timespec until = { when / 1000000000, when % 1000000000 };
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void *capture(void *argument)
{
    camera *mine = argument;
    long bytes = (long)width * height;
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    while (!stopping)
    {
        int64_t now = clock_now(CLOCK_MONOTONIC), due = now;
        if (mine->period)
        {
            due = mine->first + mine->next * mine->period;
            if (due > now)
            {
                sleep_until(due < now + 100000000 ? due : now + 100000000);
                now = clock_now(CLOCK_MONOTONIC);
            }
            if (due > now)
                continue;
            int64_t newest = (now - mine->first) / mine->period;
            if (newest - mine->next >= DRIVER_BUFFERS)
            {
                mine->lost += newest - DRIVER_BUFFERS + 1 - mine->next;
                mine->next = newest - DRIVER_BUFFERS + 1;
            }
            due = mine->first + mine->next * mine->period;
        }
        int64_t sequence = mine->next++;
        GstBuffer *buffer;
        if (gst_buffer_pool_acquire_buffer(mine->pool, &buffer, NULL) != GST_FLOW_OK)
            break;
        gst_buffer_fill(buffer, 0, memory + (sequence + mine->number * 8) % IMAGES * bytes, bytes);
        GST_BUFFER_PTS(buffer) = due;
        GST_BUFFER_OFFSET(buffer) = sequence;
        mine->taken++;
        if (gst_app_src_push_buffer(GST_APP_SRC(mine->source), buffer) != GST_FLOW_OK)
            break;
    }
    gst_app_src_end_of_stream(GST_APP_SRC(mine->source));
    return NULL;
}

static GstFlowReturn on_sample(GstAppSink *sink, gpointer argument)
{
    camera *mine = argument;
    GstSample *sample = gst_app_sink_pull_sample(sink);
    if (!sample)
        return GST_FLOW_EOS;
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    int64_t due = GST_BUFFER_PTS(buffer), sequence = GST_BUFFER_OFFSET(buffer);
    if (!strcmp(when_full, "Deadline") && clock_now(CLOCK_MONOTONIC) - due > DEADLINE)
    {
        mine->expired++;
        gst_sample_unref(sample);
        return GST_FLOW_OK;
    }
    GstMapInfo map;
    findings found;
    gst_buffer_map(buffer, &map, GST_MAP_READ);
    camera_work(map.data, width, height, mine->mask, mine->means, (int64_t)(work * 1e6), &found);
    gst_buffer_unmap(buffer, &map);
    gst_sample_unref(sample);
    int64_t now = clock_now(CLOCK_MONOTONIC);
    int image = (sequence + mine->number * 8) % IMAGES;
    mine->wrong += found.bright != expected[image].bright || found.means != expected[image].means;
    mine->out_of_order += sequence <= mine->last;
    mine->last = sequence;
    if (due >= count_from && due < count_until && mine->count < MOST)
        mine->latencies[mine->count++] = now - due;
    mine->done++;
    return GST_FLOW_OK;
}

static void make(camera *mine, int number)
{
    char line[512];
    long bytes = (long)width * height;
    int waits = !strcmp(when_full, "Wait"), room = !strcmp(when_full, "Latest") ? 1 : queue_frames;
    mine->number = number;
    mine->last = -1;
    mine->period = rate > 0 ? (int64_t)(1e9 / rate) : 0;
    mine->mask = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    mine->means = malloc(bytes / 64);
    memset(mine->latencies, 1, sizeof mine->latencies);
    snprintf(line, sizeof line,
             "appsrc name=in is-live=true format=time block=%s max-bytes=%ld caps=video/x-raw,format=GRAY8,width=%d,height=%d,framerate=30/1 ! "
             "queue max-size-buffers=%d max-size-bytes=0 max-size-time=0 %s ! appsink name=out sync=false async=false emit-signals=false max-buffers=1 enable-last-sample=false",
             waits ? "true" : "false", waits ? bytes : 0, width, height, room, waits ? "" : "leaky=downstream");
    GError *error = NULL;
    mine->pipeline = gst_parse_launch(line, &error);
    if (error)
    {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    mine->source = gst_bin_get_by_name(GST_BIN(mine->pipeline), "in");
    mine->sink = gst_bin_get_by_name(GST_BIN(mine->pipeline), "out");
    GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
    gst_app_sink_set_callbacks(GST_APP_SINK(mine->sink), &callbacks, mine, NULL);
    mine->pool = gst_buffer_pool_new();
    GstStructure *config = gst_buffer_pool_get_config(mine->pool);
    gst_buffer_pool_config_set_params(config, NULL, bytes, room + 4, 0);
    gst_buffer_pool_set_config(mine->pool, config);
    gst_buffer_pool_set_active(mine->pool, TRUE);
    gst_element_set_state(mine->pipeline, GST_STATE_PLAYING);
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

typedef struct { int64_t time, cpu, done, dropped, lost, each[4096]; } tally;

static void count(tally *now)
{
    now->done = now->dropped = now->lost = 0;
    for (int i = 0; i < cameras; i++)
    {
        /* In a queue or in work may be a few: so what a queue dropped is known to within those. */
        now->each[i] = all[i].done;
        now->done += now->each[i];
        now->dropped += all[i].taken - all[i].done;
        now->lost += all[i].lost;
    }
    now->time = clock_now(CLOCK_MONOTONIC);
    now->cpu = clock_now(CLOCK_PROCESS_CPUTIME_ID);
}

int main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    if (argc != 2 || sscanf(argv[1], "%d,%d,%d,%lf,%d,%lf,%lf,%lf,%15[^,],%d", &cameras, &width, &height, &rate, &synchronous, &warm_up, &seconds, &work, when_full, &queue_frames) != 10)
        return 2;
    memory = aligned_alloc(4096, ((size_t)width * height * IMAGES + 4095) / 4096 * 4096);
    uint64_t fingerprint = camera_fill(memory, width, height, expected);
    all = calloc(cameras, sizeof *all);
    for (int i = 0; i < cameras; i++)
        make(&all[i], i);
    int64_t begin = clock_now(CLOCK_MONOTONIC) + 300000000;
    for (int i = 0; i < cameras; i++)
    {
        all[i].first = begin + (synchronous ? 0 : all[i].period * i / cameras);
        pthread_create(&all[i].thread, NULL, capture, &all[i]);
    }
    sleep_until(begin + (int64_t)(warm_up * 1e9));
    puts("begin");
    fflush(stdout);
    static tally before, after;
    count(&before);
    count_until = before.time + (int64_t)(seconds * 1e9);
    count_from = before.time;
    sleep_until(before.time + (int64_t)(seconds * 1e9));
    count(&after);
    puts("end");
    fflush(stdout);
    getchar();
    int64_t stop = clock_now(CLOCK_MONOTONIC), wrong = 0, out_of_order = 0, total = 0;
    stopping = 1;
    for (int i = 0; i < cameras; i++)
        pthread_join(all[i].thread, NULL);
    for (int i = 0; i < cameras; i++)
    {
        GstBus *bus = gst_element_get_bus(all[i].pipeline);
        gst_bus_timed_pop_filtered(bus, 10 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
        gst_element_set_state(all[i].pipeline, GST_STATE_NULL);
        wrong += all[i].wrong;
        out_of_order += all[i].out_of_order;
        total += all[i].count;
    }
    stop = clock_now(CLOCK_MONOTONIC) - stop;
    int64_t *sorted = malloc((total + 1) * sizeof *sorted), at = 0;
    for (int i = 0; i < cameras; i++)
        for (int64_t j = 0; j < all[i].count; j++)
            sorted[at++] = all[i].latencies[j];
    qsort(sorted, total, sizeof *sorted, compare);
    printf("{\"frames\":%ld,\"seconds\":%f,\"cpuSeconds\":%f,", (long)(after.done - before.done), (after.time - before.time) / 1e9, (after.cpu - before.cpu) / 1e9);
    if (total)
    {
        const char *names[] = { "p50", "p99", "p999", "max" };
        double shares[] = { 0.5, 0.99, 0.999, 1 };
        for (int i = 0; i < 4; i++)
        {
            int64_t rank = (int64_t)(total * shares[i] + 0.999999) - 1;
            printf("\"%s\":%f,", names[i], sorted[rank < 0 ? 0 : rank >= total ? total - 1 : rank] / 1e3);
        }
    }
    long dropped = after.dropped - before.dropped;
    printf("\"dropped\":%ld,\"driverLost\":%ld,\"outOfOrder\":%ld,\"each\":[", !strcmp(when_full, "Wait") || dropped < 0 || dropped <= cameras * 2 ? 0 : dropped, (long)(after.lost - before.lost), (long)out_of_order);
    for (int i = 0; i < cameras; i++)
        printf("%s%ld", i ? "," : "", (long)(after.each[i] - before.each[i]));
    printf("],\"stopSeconds\":%f,\"fingerprint\":\"%016lx\"", stop / 1e9, (unsigned long)fingerprint);
    if (wrong)
        printf(",\"wrong\":\"%ld results are wrong\"", (long)wrong);
    puts("}");
    return 0;
}
