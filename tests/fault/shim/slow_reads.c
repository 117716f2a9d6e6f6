/*
 * Storage that is slow to answer: every read of a file of an index takes some milliseconds more,
 * and it is counted how often the program waits.
 *
 * A round are reads that are issued before any of them is done. A read that is issued later belongs
 * to the next one.
 *
 *   SLOW_READS_MS   milliseconds that each read takes longer; default 0
 *
 * A program that runs with this library finds the functions below in it.
 */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

typedef struct read_counts {
    uint64_t reads;
    uint64_t rounds;
    uint64_t bytes;
} read_counts;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static read_counts counts;
static bool is_round_over = true; /* one of its reads is done */

read_counts slow_reads_count(void);
void slow_reads_forget(void);

read_counts slow_reads_count(void)
{
    pthread_mutex_lock(&lock);
    read_counts now = counts;
    pthread_mutex_unlock(&lock);
    return now;
}

void slow_reads_forget(void)
{
    pthread_mutex_lock(&lock);
    counts = (read_counts){0, 0, 0};
    is_round_over = true;
    pthread_mutex_unlock(&lock);
}

static bool is_of_index(int descriptor)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    return length > 3 && memcmp(path + length - 3, ".si", 3) == 0;
}

static uint64_t begin_read(void)
{
    pthread_mutex_lock(&lock);
    if (is_round_over)
        counts.rounds++;
    is_round_over = false;
    counts.reads++;
    uint64_t round = counts.rounds;
    pthread_mutex_unlock(&lock);
    return round;
}

static void end_read(uint64_t round, ssize_t got)
{
    pthread_mutex_lock(&lock);
    is_round_over = is_round_over || round == counts.rounds;
    counts.bytes += got > 0 ? (uint64_t)got : 0;
    pthread_mutex_unlock(&lock);
}

static void take_time(void)
{
    const char *text = getenv("SLOW_READS_MS");
    double milliseconds = text ? strtod(text, NULL) : 0;
    struct timespec rest = {.tv_sec = 0, .tv_nsec = (long)(milliseconds * 1e6)};
    while (rest.tv_nsec > 0 && nanosleep(&rest, &rest) != 0)
        ;
}

#define DEFINE_READ_AT(name, offset_type)                                                          \
    ssize_t name(int descriptor, void *data, size_t length, offset_type offset)                    \
    {                                                                                              \
        __typeof__(&(name)) next = (__typeof__(&(name)))dlsym(RTLD_NEXT, #name);                   \
        if (!is_of_index(descriptor))                                                              \
            return next(descriptor, data, length, offset);                                         \
        uint64_t round = begin_read();                                                             \
        take_time();                                                                               \
        ssize_t got = next(descriptor, data, length, offset);                                      \
        end_read(round, got);                                                                      \
        return got;                                                                                \
    }

DEFINE_READ_AT(pread, off_t)
DEFINE_READ_AT(pread64, off64_t)
