/*
 * Verifies a heavy file by tasks that threads take in order: the checksums and the bounds first,
 * then stretches of blocks outside the columns of elements, nodes level by level, and last the pack
 * units of the elements, which are nearly all of the work.
 */
#include "verify/verify_file.h"

#include <assert.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "verify/verify_elements.h"
#include "verify/verify_nodes.h"

/* Blocks outside the units of the elements: the inner levels, and the space between sections. */
typedef struct stretch {
    const char *content;
    uint64_t offset;
    uint64_t bytes; /* of content */
    uint64_t blocks;
} stretch;

enum { MAX_STRETCHES = 2 + SI_MAX_WORDS + SI_MAX_BYTES };

typedef struct verifier {
    si_unit_reader unit;
    void *buffer; /* of SI_BLOCKS_AT_ONCE blocks, and of SI_NODE_BUFFER_BYTES */
} verifier;

typedef struct verification {
    const si_verified_file *file;
    const si_layout *layout;
    unsigned stretch_count;
    stretch stretches[MAX_STRETCHES];
    unsigned worker_count;
    verifier *workers;
    uint64_t first_task;
    si_damage_list *list;
    const si_verify_watch *watch;
    pthread_mutex_t lock; /* of `done`, and held while the watch runs */
    uint64_t done;
} verification;

/* ---- the tasks ---- */

static uint64_t end_of_section(const si_section *section)
{
    return section->offset + si_divide_up(section->bytes, SI_BLOCK_BYTES) * SI_BLOCK_BYTES;
}

static void add_stretch(verification *job, const char *content, uint64_t offset, uint64_t bytes,
                        uint64_t end)
{
    assert(job->stretch_count < MAX_STRETCHES);
    job->stretches[job->stretch_count++] = (stretch){
        .content = content,
        .offset = offset,
        .bytes = bytes,
        .blocks = (end - offset) / SI_BLOCK_BYTES,
    };
}

static void list_stretches(verification *job)
{
    const si_layout *layout = job->layout;
    const si_element_type *type = si_element_type_of(layout->kind);
    const si_section *before = &layout->floats;
    add_stretch(job, "the inner levels", layout->inner.offset, layout->inner.bytes,
                layout->floats.offset);
    for (unsigned i = 0; i < type->word_count; before = &layout->words[i++])
        add_stretch(job, "the space between sections", end_of_section(before), 0,
                    layout->words[i].offset);
    for (unsigned i = 0; i < type->byte_count; before = &layout->bytes[i++])
        add_stretch(job, "the space between sections", end_of_section(before), 0,
                    layout->bytes[i].offset);
}

static uint64_t stretch_tasks(const stretch *one)
{
    return si_divide_up(one->blocks, SI_BLOCKS_AT_ONCE);
}

static uint64_t node_tasks(const si_layout *layout, unsigned level)
{
    return si_divide_up(layout->node_count[level], SI_VERIFIED_NODES);
}

static uint64_t unit_tasks(const si_layout *layout)
{
    return si_divide_up(layout->element_count, SI_VERIFIED_UNIT);
}

/* The first task is the checksums and the bounds. */
static uint64_t count_tasks(const verification *job)
{
    uint64_t count = 1;
    for (unsigned i = 0; i < job->stretch_count; i++)
        count += stretch_tasks(&job->stretches[i]);
    for (unsigned level = 1; level < job->layout->levels; level++)
        count += node_tasks(job->layout, level);
    return count + unit_tasks(job->layout);
}

/* ---- running a task ---- */

static si_result verify_stretch(const verification *job, const stretch *one, uint64_t piece,
                                verifier *worker, si_damage_log *log, si_error *error)
{
    uint64_t first = piece * SI_BLOCKS_AT_ONCE;
    uint64_t blocks = si_min_u64(SI_BLOCKS_AT_ONCE, one->blocks - first);
    uint64_t before = first * SI_BLOCK_BYTES;
    uint64_t used = one->bytes > before ? one->bytes - before : 0;
    const si_verified_blocks range = {.content = one->content,
                                      .offset = one->offset + before,
                                      .bytes = si_min_u64(used, blocks * SI_BLOCK_BYTES),
                                      .blocks = blocks};
    return si_blocks_verify(job->file, &range, worker->buffer, log, error);
}

static si_result verify_task(const verification *job, verifier *worker, uint64_t task,
                             si_damage_log *log, si_error *error)
{
    if (task-- == 0) {
        SI_TRY(si_checksums_verify(job->file, log, error));
        return si_bounds_verify(job->file, log, error);
    }
    for (unsigned i = 0; i < job->stretch_count; i++) {
        uint64_t tasks = stretch_tasks(&job->stretches[i]);
        if (task < tasks)
            return verify_stretch(job, &job->stretches[i], task, worker, log, error);
        task -= tasks;
    }
    for (unsigned level = 1; level < job->layout->levels; level++) {
        uint64_t tasks = node_tasks(job->layout, level);
        if (task < tasks)
            return si_nodes_verify(job->file, level, task, worker->buffer, log, error);
        task -= tasks;
    }
    assert(task < unit_tasks(job->layout));
    return si_unit_verify(job->file, &worker->unit, task, log, error);
}

/* Only units count: they are nearly all of the work. */
static si_result report_done(verification *job, uint64_t task, uint64_t tasks, si_error *error)
{
    uint64_t units = unit_tasks(job->layout);
    if (!job->watch || task < tasks - units)
        return SI_OK;
    pthread_mutex_lock(&job->lock);
    uint64_t file_bytes = job->layout->file_bytes;
    job->done = si_min_u64(job->done + si_unit_bytes(job->layout), file_bytes);
    si_result result = job->watch->step(job->watch->context, job->done, file_bytes, error);
    pthread_mutex_unlock(&job->lock);
    return result;
}

static si_result run_verify_task(void *context, unsigned worker, uint64_t task, si_error *error)
{
    verification *job = context;
    si_damage_log log = {.list = job->list, .task = job->first_task + task};
    SI_TRY(verify_task(job, &job->workers[worker], task, &log, error));
    return report_done(job, task, count_tasks(job), error);
}

/* ---- the whole ---- */

static si_result create_workers(verification *job, si_error *error)
{
    uint64_t bytes = si_max_u64(SI_BLOCKS_AT_ONCE * SI_BLOCK_BYTES, SI_NODE_BUFFER_BYTES);
    job->workers = si_allocate_zeroed(job->worker_count, sizeof *job->workers);
    if (!job->workers)
        return si_fail_memory(error);
    for (unsigned i = 0; i < job->worker_count; i++) {
        SI_TRY(si_unit_reader_create(job->layout, &job->workers[i].unit, error));
        job->workers[i].buffer = si_allocate(bytes, 1);
        if (!job->workers[i].buffer)
            return si_fail_memory(error);
    }
    return SI_OK;
}

static void destroy_workers(verification *job)
{
    for (unsigned i = 0; job->workers && i < job->worker_count; i++) {
        si_unit_reader_destroy(&job->workers[i].unit);
        si_free(job->workers[i].buffer);
    }
    si_free(job->workers);
}

si_result si_file_verify(const si_verified_file *file, unsigned threads, uint64_t first_task,
                         const si_verify_watch *watch, si_damage_list *list, si_error *error)
{
    verification job = {.file = file,
                        .layout = &file->header->layout,
                        .first_task = first_task,
                        .list = list,
                        .watch = watch,
                        .lock = PTHREAD_MUTEX_INITIALIZER};
    list_stretches(&job);
    uint64_t tasks = count_tasks(&job);
    job.worker_count = (unsigned)si_min_u64(threads ? threads : si_processor_count(), tasks);
    si_result result = create_workers(&job, error);
    if (result == SI_OK)
        result = si_parallel(job.worker_count, tasks, run_verify_task, &job, error);
    destroy_workers(&job);
    pthread_mutex_destroy(&job.lock);
    return result == SI_OK && list->out_of_memory ? si_fail_memory(error) : result;
}

si_result si_file_check(int descriptor, const char *path, const si_header_content *header,
                        si_error *error)
{
    const si_verified_file file = {descriptor, path, header};
    si_damage_list list;
    si_damage_list_create(&list, 1);
    si_result result = si_file_verify(&file, 0, 0, NULL, &list, error);
    if (result == SI_OK && list.count > 1)
        result = si_fail(error, SI_ERROR_FORMAT, "%s (and %llu more)", list.kept[0].sentence,
                         (unsigned long long)(list.count - 1));
    else if (result == SI_OK && list.count == 1)
        result = si_fail(error, SI_ERROR_FORMAT, "%s", list.kept[0].sentence);
    si_damage_list_destroy(&list);
    return result;
}
