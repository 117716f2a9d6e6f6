/* A cache of shapes: a hash table by name, and a list of the shapes not in use by their last use. A
 * thread that wants a shape that another one is making waits for it. */
#include "circuit/morphology_cache.h"

#include <pthread.h>
#include <string.h>
#include <xxhash.h>

#include "base/memory.h"

typedef struct entry {
    struct entry *next_in_bucket;
    struct entry *older, *newer; /* among the idle ones */
    uint64_t hash;
    size_t users; /* threads that use it or wait for it */
    bool loading;
    si_cell_shape *shape; /* NULL: loading, or failed */
    si_result result;
    char *message; /* of a failure */
    size_t bytes;
    char name[];
} entry;

struct si_morphology_cache {
    si_shape_loader loader;
    void *context;
    size_t byte_limit;
    pthread_mutex_t lock;
    pthread_cond_t loaded;
    entry **buckets;
    size_t bucket_count; /* a power of 2 */
    size_t entry_count;
    size_t bytes;
    entry *oldest_idle, *newest_idle;
};

#define FIRST_BUCKET_COUNT 64

si_result si_morphology_cache_create(si_shape_loader loader, void *context, size_t byte_limit,
                                     si_morphology_cache **cache, si_error *error)
{
    si_morphology_cache *created = si_allocate_zeroed(1, sizeof *created);
    entry **buckets = si_allocate_zeroed(FIRST_BUCKET_COUNT, sizeof(entry *));
    if (!created || !buckets) {
        si_free(created);
        si_free(buckets);
        return si_fail_memory(error);
    }
    created->loader = loader;
    created->context = context;
    created->byte_limit = byte_limit;
    created->buckets = buckets;
    created->bucket_count = FIRST_BUCKET_COUNT;
    pthread_mutex_init(&created->lock, NULL);
    pthread_cond_init(&created->loaded, NULL);
    *cache = created;
    return SI_OK;
}

static void free_entry(entry *freed)
{
    si_cell_shape_free(freed->shape);
    si_free(freed->message);
    si_free(freed);
}

void si_morphology_cache_free(si_morphology_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->bucket_count; i++)
        for (entry *each = cache->buckets[i], *next; each; each = next) {
            next = each->next_in_bucket;
            free_entry(each);
        }
    pthread_cond_destroy(&cache->loaded);
    pthread_mutex_destroy(&cache->lock);
    si_free(cache->buckets);
    si_free(cache);
}

static uint64_t hash_of(const char *name)
{
    return XXH64(name, strlen(name), 0);
}

static entry **bucket_of(si_morphology_cache *cache, uint64_t hash)
{
    return &cache->buckets[hash & (cache->bucket_count - 1)];
}

static entry *find_entry(si_morphology_cache *cache, const char *name)
{
    uint64_t hash = hash_of(name);
    entry *found = *bucket_of(cache, hash);
    while (found && (found->hash != hash || strcmp(found->name, name) != 0))
        found = found->next_in_bucket;
    return found;
}

/* Without memory for more buckets the old ones do, slower. */
static void grow_buckets(si_morphology_cache *cache)
{
    size_t old_count = cache->bucket_count;
    entry **old = cache->buckets;
    entry **buckets = si_allocate_zeroed(old_count, 2 * sizeof *buckets);
    if (!buckets)
        return;
    cache->buckets = buckets;
    cache->bucket_count = 2 * old_count;
    for (size_t i = 0; i < old_count; i++)
        for (entry *each = old[i], *next; each; each = next) {
            next = each->next_in_bucket;
            entry **bucket = bucket_of(cache, each->hash);
            each->next_in_bucket = *bucket;
            *bucket = each;
        }
    si_free(old);
}

static entry *add_entry(si_morphology_cache *cache, const char *name)
{
    if (cache->entry_count >= cache->bucket_count)
        grow_buckets(cache);
    size_t name_size = strlen(name) + 1;
    entry *added = si_allocate_zeroed(1, sizeof *added + name_size);
    if (!added)
        return NULL;
    memcpy(added->name, name, name_size);
    added->hash = hash_of(name);
    added->loading = true;
    added->bytes = sizeof *added + name_size;
    entry **bucket = bucket_of(cache, added->hash);
    added->next_in_bucket = *bucket;
    *bucket = added;
    cache->entry_count++;
    cache->bytes += added->bytes;
    return added;
}

static void leave_idle(si_morphology_cache *cache, entry *leaving)
{
    *(leaving->older ? &leaving->older->newer : &cache->oldest_idle) = leaving->newer;
    *(leaving->newer ? &leaving->newer->older : &cache->newest_idle) = leaving->older;
    leaving->older = leaving->newer = NULL;
}

static void become_idle(si_morphology_cache *cache, entry *idle)
{
    idle->older = cache->newest_idle;
    *(cache->newest_idle ? &cache->newest_idle->newer : &cache->oldest_idle) = idle;
    cache->newest_idle = idle;
}

/* Of an entry that is in use by nobody and in no list of idle ones. */
static void remove_entry(si_morphology_cache *cache, entry *removed)
{
    entry **link = bucket_of(cache, removed->hash);
    while (*link != removed)
        link = &(*link)->next_in_bucket;
    *link = removed->next_in_bucket;
    cache->entry_count--;
    cache->bytes -= removed->bytes;
    free_entry(removed);
}

static void keep_within_limit(si_morphology_cache *cache)
{
    while (cache->bytes > cache->byte_limit && cache->oldest_idle) {
        entry *oldest = cache->oldest_idle;
        leave_idle(cache, oldest);
        remove_entry(cache, oldest);
    }
}

/* An entry that failed for want of memory is not worth keeping. */
static void drop_user(si_morphology_cache *cache, entry *used)
{
    if (--used->users > 0)
        return;
    if (used->result == SI_ERROR_MEMORY) {
        remove_entry(cache, used);
        return;
    }
    become_idle(cache, used);
    keep_within_limit(cache);
}

/* The caller holds the lock, which is given up meanwhile. */
static void load_entry(si_morphology_cache *cache, entry *loaded)
{
    si_error failure = {.result = SI_OK};
    si_cell_shape *shape = NULL;
    pthread_mutex_unlock(&cache->lock);
    si_result result = cache->loader(cache->context, loaded->name, &shape, &failure);
    char *message = result == SI_OK ? NULL : si_duplicate_string(failure.message);
    pthread_mutex_lock(&cache->lock);
    if (result != SI_OK && !message)
        result = SI_ERROR_MEMORY;
    loaded->result = result;
    loaded->shape = shape;
    loaded->message = message;
    size_t bytes = shape ? si_cell_shape_bytes(shape) : message ? strlen(message) + 1 : 0;
    loaded->bytes += bytes;
    cache->bytes += bytes;
    loaded->loading = false;
    pthread_cond_broadcast(&cache->loaded);
    keep_within_limit(cache);
}

/* The entry of a name, loaded or failed, with the caller as one of its users; NULL: no memory. */
static entry *use_entry(si_morphology_cache *cache, const char *name)
{
    entry *used = find_entry(cache, name);
    if (!used) {
        used = add_entry(cache, name);
        if (!used)
            return NULL;
        used->users = 1;
        load_entry(cache, used);
        return used;
    }
    if (used->users++ == 0)
        leave_idle(cache, used);
    while (used->loading)
        pthread_cond_wait(&cache->loaded, &cache->lock);
    return used;
}

si_result si_morphology_cache_acquire(si_morphology_cache *cache, const char *name,
                                      const si_cell_shape **shape, si_error *error)
{
    pthread_mutex_lock(&cache->lock);
    entry *used = use_entry(cache, name);
    si_result result = used ? used->result : SI_ERROR_MEMORY;
    if (result == SI_OK) {
        *shape = used->shape;
    } else {
        si_error_set(error, result, "%s", used && used->message ? used->message : "out of memory");
        if (used)
            drop_user(cache, used);
    }
    pthread_mutex_unlock(&cache->lock);
    return result;
}

void si_morphology_cache_release(si_morphology_cache *cache, const char *name)
{
    pthread_mutex_lock(&cache->lock);
    drop_user(cache, find_entry(cache, name));
    pthread_mutex_unlock(&cache->lock);
}
