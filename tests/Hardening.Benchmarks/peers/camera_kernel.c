/* The work on a frame for contenders in other languages: the same as InspectionKernel.cs, instruction for instruction.
   gcc -O3 -march=native -shared -fPIC -o camera_kernel.so camera_kernel.c */
#define _GNU_SOURCE
#include <immintrin.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THRESHOLD 200
#define IMAGES 40

typedef struct { int64_t bright, means; } findings;

void camera_inspect(const uint8_t *pixels, int width, int height, uint8_t *mask, uint8_t *means, findings *found)
{
    const __m256i limit = _mm256_set1_epi8((char)THRESHOLD), zero = _mm256_setzero_si256();
    __m256i bright_sums = zero, mean_sums = zero;
    for (int top = 0; top < height; top += 8)
        for (int left = 0; left < width; left += 32)
        {
            size_t at = (size_t)top * width + left;
            __m256i sums = zero, bright = zero;
            for (int row = 0; row < 8; row++, at += width)
            {
                __m256i values = _mm256_loadu_si256((const __m256i *)(pixels + at));
                __m256i is_bright = _mm256_cmpeq_epi8(_mm256_max_epu8(values, limit), values);
                _mm256_storeu_si256((__m256i *)(mask + at), is_bright);
                bright = _mm256_sub_epi8(bright, is_bright);
                sums = _mm256_add_epi64(sums, _mm256_sad_epu8(values, zero));
            }
            bright_sums = _mm256_add_epi64(bright_sums, _mm256_sad_epu8(bright, zero));
            sums = _mm256_srli_epi64(sums, 6);
            mean_sums = _mm256_add_epi64(mean_sums, sums);
            *means++ = (uint8_t)_mm256_extract_epi64(sums, 0);
            *means++ = (uint8_t)_mm256_extract_epi64(sums, 1);
            *means++ = (uint8_t)_mm256_extract_epi64(sums, 2);
            *means++ = (uint8_t)_mm256_extract_epi64(sums, 3);
        }
    int64_t parts[4];
    _mm256_storeu_si256((__m256i *)parts, bright_sums);
    found->bright = parts[0] + parts[1] + parts[2] + parts[3];
    _mm256_storeu_si256((__m256i *)parts, mean_sums);
    found->means = parts[0] + parts[1] + parts[2] + parts[3];
}

static int64_t clock_now(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The work on one frame: the kernel once, or for so much CPU time. */
void camera_work(const uint8_t *pixels, int width, int height, uint8_t *mask, uint8_t *means, int64_t nanoseconds, findings *found)
{
    int64_t end = nanoseconds > 0 ? clock_now(CLOCK_THREAD_CPUTIME_ID) + nanoseconds : 0;
    do
        camera_inspect(pixels, width, height, mask, means, found);
    while (nanoseconds > 0 && clock_now(CLOCK_THREAD_CPUTIME_ID) < end);
}

static findings inspect_plainly(const uint8_t *pixels, int width, int height)
{
    findings found = { 0, 0 };
    for (long at = 0; at < (long)width * height; at++)
        found.bright += pixels[at] >= THRESHOLD;
    for (int top = 0; top < height; top += 8)
        for (int left = 0; left < width; left += 8)
        {
            int sum = 0;
            for (int at = 0; at < 64; at++)
                sum += pixels[(size_t)(top + at / 8) * width + left + at % 8];
            found.means += (uint8_t)(sum / 64);
        }
    return found;
}

/* Fills the drivers' memory, says what there is to be found in each image, and what stands for all of it. */
uint64_t camera_fill(uint8_t *memory, int width, int height, findings *expected)
{
    uint64_t hash = 0xcbf29ce484222325u;
    long bytes = (long)width * height;
    for (int image = 0; image < IMAGES; image++)
    {
        uint64_t state = 0x9E3779B97F4A7C15u * (uint64_t)(image + 1), *words = (uint64_t *)(memory + image * bytes);
        for (long word = 0; word < bytes / 8; word++)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            words[word] = state;
        }
        expected[image] = inspect_plainly(memory + image * bytes, width, height);
        hash = (hash ^ (uint64_t)expected[image].bright) * 0x100000001b3u;
        hash = (hash ^ (uint64_t)expected[image].means) * 0x100000001b3u;
    }
    return hash;
}
