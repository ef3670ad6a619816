/* A worker in C, written from docs/worker-protocol.md alone. Its requests:
 *   "sum"      the sum of the bytes of all frames, as text
 *   "invert"   writes the inverted first frame into the output
 *   "wait"     waits for its Cancel, and says "cancelled"
 *   "fail"     an Error
 *   other      echoes it */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HELLO = 1, READY, JOB, RESULT, ERROR, CANCEL, MAP, UNMAP, STOP };

struct header {
    uint32_t magic;
    uint8_t version, kind;
    uint16_t frames;
    uint64_t id;
    uint32_t payload, soft_limit, reserved, checksum;
} __attribute__((packed));

struct frame {
    uint32_t region, flags;
    uint64_t offset;
    uint32_t length, width, height, stride, pixel_format;
    uint16_t status, device_clock;
    uint64_t device_timestamp;
    int64_t sequence, host_timestamp;
    uint32_t camera, reserved;
    uint64_t reserved2;
} __attribute__((packed));

struct message {
    struct header header;
    struct frame frames[8];
    char *payload;
};

struct region {
    uint32_t id;
    unsigned char *memory;
    uint64_t bytes;
};

static int input, output;
static uint32_t max_payload = 1 << 20;
static struct region regions[16];

static void die(const char *why) {
    fprintf(stderr, "echo_worker: %s\n", why);
    exit(2);
}

static uint32_t crc32_of(const void *bytes, size_t count) {
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < count; i++) {
        crc ^= ((const unsigned char *)bytes)[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

/* Returns 0 at the end of the channel. */
static int read_all(void *into, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t n = read(input, (char *)into + done, count - done);
        if (n <= 0) {
            if (done > 0) die("the channel ended in the middle of a message");
            return 0;
        }
        done += (size_t)n;
    }
    return 1;
}

static int receive(struct message *message) {
    struct header *header = &message->header;
    if (!read_all(header, sizeof *header)) return 0;
    if (memcmp(&header->magic, "HRDW", 4) != 0) die("no magic");
    if (header->checksum != crc32_of(header, 28)) die("wrong checksum");
    if (header->version != 1) die("another version than 1");
    if (header->frames > 8 || header->payload > max_payload) die("too long");
    message->payload = realloc(message->payload, header->payload + 1);
    if (header->frames && !read_all(message->frames, header->frames * sizeof(struct frame))) die("no frames");
    if (header->payload && !read_all(message->payload, header->payload)) die("no payload");
    message->payload[header->payload] = 0;
    return 1;
}

static void write_all(const void *bytes, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t n = write(output, (const char *)bytes + done, count - done);
        if (n <= 0) exit(0); /* the host has gone */
        done += (size_t)n;
    }
}

static void send_message(uint8_t kind, uint64_t id, const struct frame *frame, const char *payload, size_t bytes) {
    struct header header = { .version = 1, .kind = kind, .frames = frame != NULL, .id = id, .payload = (uint32_t)bytes };
    memcpy(&header.magic, "HRDW", 4);
    header.checksum = crc32_of(&header, 28);
    write_all(&header, sizeof header);
    if (frame) write_all(frame, sizeof *frame);
    write_all(payload, bytes);
}

/* The value of a field of a flat JSON object; this program needs no more of JSON. */
static const char *field(const char *json, const char *name) {
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", name);
    const char *at = strstr(json, quoted);
    return at ? at + strlen(quoted) : NULL;
}

static void map(const char *json) {
    int writable = strncmp(field(json, "writable"), "true", 4) == 0, descriptor;
    if (field(json, "descriptor")) {
        descriptor = atoi(field(json, "descriptor"));
    } else {
        char path[256] = "";
        sscanf(field(json, "path"), "\"%255[^\"]", path);
        descriptor = open(path, writable ? O_RDWR : O_RDONLY);
    }
    uint64_t bytes = strtoull(field(json, "bytes"), NULL, 10);
    void *memory = mmap(NULL, bytes, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, descriptor, 0);
    close(descriptor);
    for (int i = 0; i < 16 && memory != MAP_FAILED; i++) {
        if (!regions[i].memory) {
            regions[i] = (struct region){ (uint32_t)strtoul(field(json, "region"), NULL, 10), memory, bytes };
            break;
        }
    }
}

static unsigned char *find(const struct frame *frame) {
    for (int i = 0; i < 16; i++) {
        if (regions[i].memory && regions[i].id == frame->region && frame->offset + frame->length <= regions[i].bytes) return regions[i].memory + frame->offset;
    }
    return NULL;
}

static void fail(uint64_t id, const char *text) {
    char json[256];
    int bytes = snprintf(json, sizeof json, "{\"type\":\"EchoFailure\",\"message\":\"%s\",\"trace\":\"\"}", text);
    send_message(ERROR, id, NULL, json, (size_t)bytes);
}

static void sum(const struct message *job) {
    uint64_t total = 0;
    for (int i = 0; i < job->header.frames; i++) {
        const unsigned char *pixels = find(&job->frames[i]);
        if (!pixels) {
            fail(job->header.id, "a frame is not in mapped memory");
            return;
        }
        for (uint32_t at = 0; at < job->frames[i].length; at++) total += pixels[at];
    }
    char text[32];
    send_message(RESULT, job->header.id, NULL, text, (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)total));
}

static void invert(const struct message *job) {
    const struct frame *image = &job->frames[0];
    struct frame result = job->frames[1];
    const unsigned char *from = find(image);
    unsigned char *to = find(&result);
    if (job->header.frames != 2 || !(result.flags & 1) || !from || !to || image->length > result.length) {
        fail(job->header.id, "wants a frame and an output");
        return;
    }
    for (uint32_t at = 0; at < image->length; at++) to[at] = (unsigned char)~from[at];
    result.length = image->length, result.width = image->width, result.height = image->height;
    result.stride = image->stride, result.pixel_format = image->pixel_format;
    send_message(RESULT, job->header.id, &result, "", 0);
}

/* While a job waits, only its own Cancel is of interest; the host sends no job behind one that waits in this test. */
static void wait_for_cancel(uint64_t id) {
    static struct message other;
    while (receive(&other)) {
        if (other.header.kind == CANCEL && other.header.id == id) {
            send_message(RESULT, id, NULL, "cancelled", 9);
            return;
        }
    }
    exit(0);
}

int main(void) {
    static struct message message;
    if (!getenv("HARDENING_WORKER")) die("is started by a pool");
    input = fcntl(0, F_DUPFD_CLOEXEC, 3);
    output = fcntl(1, F_DUPFD_CLOEXEC, 3);
    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
    dup2(2, 1);
    unsetenv("HARDENING_WORKER");
    printf("this goes to the log\n");
    fflush(stdout);

    if (!receive(&message)) return 0;
    if (message.header.kind != HELLO || !field(message.payload, "maxMessageBytes")) die("no Hello");
    max_payload = (uint32_t)strtoul(field(message.payload, "maxMessageBytes"), NULL, 10);
    char ready[128];
    send_message(READY, 0, NULL, ready, (size_t)snprintf(ready, sizeof ready, "{\"name\":\"echo_worker\",\"language\":\"C\",\"process\":%d}", (int)getpid()));

    while (receive(&message)) {
        switch (message.header.kind) {
            case JOB:
                if (!strcmp(message.payload, "sum")) sum(&message);
                else if (!strcmp(message.payload, "invert")) invert(&message);
                else if (!strcmp(message.payload, "wait")) wait_for_cancel(message.header.id);
                else if (!strcmp(message.payload, "fail")) fail(message.header.id, "as asked");
                else send_message(RESULT, message.header.id, NULL, message.payload, message.header.payload);
                break;
            case MAP:
                map(message.payload);
                break;
            case UNMAP:
                for (int i = 0; i < 16; i++) {
                    if (regions[i].memory && regions[i].id == message.header.id) {
                        munmap(regions[i].memory, regions[i].bytes);
                        regions[i].memory = NULL;
                    }
                }
                break;
            case STOP:
                return 0;
            default:
                break; /* Cancel of a job that is done, and what a later host may send */
        }
    }
    return 0;
}
