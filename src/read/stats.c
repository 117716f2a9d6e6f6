/* Statistics of an opened index, and the report of them that is written when it is closed. */
#include "read/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/struct_size.h"
#include "read/index.h"
#include "read/resident_pages.h"

/* ---- counting ---- */

static uint64_t count_queries(const si_index *index)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < SI_QUERY_COUNTERS; i++)
        count += atomic_load_explicit(&index->state->queries[i].count, memory_order_relaxed);
    return count;
}

si_result si_index_get_stats(const si_index *index, si_index_stats *stats)
{
    SI_TRY(si_require(index, "index", NULL));
    SI_TRY(si_require(stats, "stats", NULL));
    si_block_counts counts = {0};
    SI_TRY(si_struct_check(stats, SI_SIZE_THROUGH(si_index_stats, page_bytes), sizeof *stats,
                           "si_index_stats", NULL));
    if (index->cache)
        counts = si_block_cache_count(index->cache);
    const si_index_stats made = {
        .struct_size = sizeof made,
        .reading = index->cache ? SI_READING_EXPLICIT : SI_READING_MAPPED,
        .queries = count_queries(index),
        .blocks_touched = counts.touched,
        .blocks_cached = counts.hits,
        .blocks_read = counts.read,
        .blocks_evicted = counts.evicted,
        .reads = counts.reads,
        .rounds = counts.rounds,
        .cache_bytes = counts.resident * SI_BLOCK_BYTES,
        .max_cache_bytes = index->cache ? si_block_cache_most_bytes(index->cache) : 0,
        .part_count = index->parts ? index->parts->count : 0,
        .parts_touched = index->parts ? atomic_load(&index->parts->used_count) : 0,
        .pages_touched = si_touched_pages(index),
        .page_bytes = (uint64_t)sysconf(_SC_PAGESIZE)};
    si_struct_fill(stats, &made, sizeof made);
    return SI_OK;
}

/* ---- reporting ---- */

/* The old variable, which names no file. */
static bool is_report_wanted(void)
{
    static const char *const no[] = {"", "0", "Off", "off", "OFF"};
    const char *wish = getenv("SI_REPORT_USAGE_STATS");
    for (size_t i = 0; wish && i < sizeof no / sizeof *no; i++)
        if (strcmp(wish, no[i]) == 0)
            return false;
    return wish != NULL;
}

/* A new file with the name `base` + `end`, or `base` + "_2" + `end` and so on where that exists:
 * each index that is closed writes its own. */
static FILE *create_numbered(const char *base, const char *end)
{
    char path[PATH_MAX];
    int descriptor = -1;
    for (unsigned number = 1; descriptor < 0 && number < 1000; number++) {
        int length = number == 1 ? snprintf(path, sizeof path, "%s%s", base, end)
                                 : snprintf(path, sizeof path, "%s_%u%s", base, number, end);
        if (length < 0 || (size_t)length >= sizeof path)
            return NULL;
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0 && errno != EEXIST)
            return NULL;
    }
    return descriptor < 0 ? NULL : fdopen(descriptor, "w");
}

static FILE *create_report(void)
{
    const char *path = getenv("SPATIAL_INDEX_STATS_FILE"), *folder = getenv("TMPDIR");
    char moment[32], base[PATH_MAX];
    time_t now = time(NULL);
    struct tm utc;
    if (path && *path)
        return create_numbered(path, "");
    if (!is_report_wanted())
        return NULL;
    if (!gmtime_r(&now, &utc) || !strftime(moment, sizeof moment, "%Y-%m-%dT%H:%M:%S", &utc))
        return NULL;
    int length = snprintf(base, sizeof base, "%s/si_cache_stats_%s",
                          folder && *folder ? folder : "/tmp", moment);
    return length < 0 || (size_t)length >= sizeof base ? NULL : create_numbered(base, ".json");
}

/* Of a multi-index, the parts that were touched. */
static void write_parts(FILE *file, const si_index *index)
{
    const char *between = "";
    for (uint64_t i = 0; index->parts && i < index->parts->count; i++)
        if (atomic_load(&index->parts->parts[i].is_used)) {
            fprintf(file, "%s\n            {\"id\": %" PRIu64 ", \"pages_touched\": %" PRIu64 "}",
                    between, i, si_touched_pages_of_part(index, i));
            between = ",";
        }
}

static void write_report(FILE *file, const si_index *index, const si_index_stats *stats)
{
    double rate = stats->queries ? (double)stats->blocks_touched / (double)stats->queries : 0;
    fprintf(file,
            "[\n"
            "    {\n"
            "        \"access_count\": %" PRIu64 ",\n"
            "        \"eviction_count\": %" PRIu64 ",\n"
            "        \"id\": 0,\n"
            "        \"incache_count\": %" PRIu64 ",\n"
            "        \"usage_rate\": %.9g,\n"
            "        \"reading\": \"%s\",\n"
            "        \"query_count\": %" PRIu64 ",\n"
            "        \"block_bytes\": %u,\n"
            "        \"blocks_read\": %" PRIu64 ",\n"
            "        \"reads\": %" PRIu64 ",\n"
            "        \"rounds\": %" PRIu64 ",\n"
            "        \"page_bytes\": %" PRIu64 ",\n"
            "        \"pages_touched\": %" PRIu64 ",\n"
            "        \"part_count\": %" PRIu64 ",\n"
            "        \"parts_touched\": %" PRIu64 ",\n"
            "        \"parts\": [",
            stats->blocks_touched, stats->blocks_evicted, stats->blocks_cached, rate,
            stats->reading == SI_READING_EXPLICIT ? "explicit" : "mapped", stats->queries,
            SI_BLOCK_BYTES, stats->blocks_read, stats->reads, stats->rounds, stats->page_bytes,
            stats->pages_touched, stats->part_count, stats->parts_touched);
    write_parts(file, index);
    fputs("]\n    }\n]\n", file);
}

void si_report_usage(const si_index *index)
{
    si_index_stats stats = SI_INDEX_STATS_INIT;
    FILE *file = create_report();
    if (!file)
        return;
    si_index_get_stats(index, &stats);
    write_report(file, index, &stats);
    fclose(file);
}
