/* Shapes made once, shared and forgotten. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unit/test.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "circuit/morphology_cache.h"

static _Atomic int loads;

/* Names are numbers: of the points of the shape; names beginning with '-' do not load. */
static si_result load_numbered(void *context, const char *name, si_cell_shape **shape,
                               si_error *error)
{
    (void)context;
    atomic_fetch_add(&loads, 1);
    if (name[0] == '-')
        return si_fail(error, SI_ERROR_FORMAT, "%s is broken", name);
    usleep(200);
    size_t point_count = 0;
    sscanf(name, "%zu", &point_count);
    si_cell_shape *made = si_allocate_zeroed(1, sizeof *made);
    made->points = si_allocate_zeroed(point_count, sizeof *made->points);
    made->point_count = point_count;
    *shape = made;
    return SI_OK;
}

static si_morphology_cache *new_cache(size_t byte_limit)
{
    si_morphology_cache *cache;
    si_error error;
    loads = 0;
    assert_ok(si_morphology_cache_create(load_numbered, NULL, byte_limit, &cache, &error), error);
    return cache;
}

static void use(si_morphology_cache *cache, const char *name)
{
    const si_cell_shape *shape;
    si_error error;
    assert_ok(si_morphology_cache_acquire(cache, name, &shape, &error), error);
    si_morphology_cache_release(cache, name);
}

static void shape_is_made_once(void **state)
{
    (void)state;
    si_morphology_cache *cache = new_cache(1 << 20);
    const si_cell_shape *first, *again;
    si_error error;
    assert_ok(si_morphology_cache_acquire(cache, "5", &first, &error), error);
    assert_ok(si_morphology_cache_acquire(cache, "5", &again, &error), error);
    assert_ptr_equal(first, again);
    assert_int_equal(first->point_count, 5);
    si_morphology_cache_release(cache, "5");
    si_morphology_cache_release(cache, "5");
    use(cache, "5");
    assert_int_equal(loads, 1);
    si_morphology_cache_free(cache);
}

static void failure_is_remembered(void **state)
{
    (void)state;
    si_morphology_cache *cache = new_cache(1 << 20);
    const si_cell_shape *shape;
    for (int i = 0; i < 3; i++) {
        si_error error = {0};
        assert_int_equal(si_morphology_cache_acquire(cache, "-x", &shape, &error), SI_ERROR_FORMAT);
        assert_int_equal(error.result, SI_ERROR_FORMAT);
        assert_string_equal(error.message, "-x is broken");
    }
    assert_int_equal(loads, 1);
    si_morphology_cache_free(cache);
}

static void least_recently_used_is_forgotten(void **state)
{
    (void)state;
    /* Room for two shapes of 1000 points, of 12 bytes each, but not for three. */
    si_morphology_cache *cache = new_cache(30000);
    use(cache, "1000");
    use(cache, "1001");
    use(cache, "1000");
    use(cache, "1002"); /* drives out 1001 */
    assert_int_equal(loads, 3);
    use(cache, "1000");
    assert_int_equal(loads, 3);
    use(cache, "1001");
    assert_int_equal(loads, 4);
    si_morphology_cache_free(cache);
}

static void shape_in_use_stays(void **state)
{
    (void)state;
    si_morphology_cache *cache = new_cache(100);
    const si_cell_shape *shape;
    si_error error;
    assert_ok(si_morphology_cache_acquire(cache, "1000", &shape, &error), error);
    use(cache, "2000");
    use(cache, "1000");
    assert_int_equal(loads, 2);
    assert_int_equal(shape->point_count, 1000);
    si_morphology_cache_release(cache, "1000");
    use(cache, "1000");
    assert_int_equal(loads, 3);
    si_morphology_cache_free(cache);
}

static si_result use_one_of_many(void *context, unsigned worker, uint64_t task, si_error *error)
{
    (void)worker;
    char name[16];
    snprintf(name, sizeof name, "%d", (int)(task % 150));
    const si_cell_shape *shape;
    SI_TRY(si_morphology_cache_acquire(context, name, &shape, error));
    bool right = shape->point_count == task % 150;
    si_morphology_cache_release(context, name);
    return right ? SI_OK : si_fail(error, SI_ERROR_FORMAT, "another shape");
}

static void threads_share_shapes(void **state)
{
    (void)state;
    si_error error;
    si_morphology_cache *cache = new_cache(1 << 20);
    assert_ok(si_parallel(4, 3000, use_one_of_many, cache, &error), error);
    assert_int_equal(loads, 150);
    si_morphology_cache_free(cache);

    cache = new_cache(5000); /* most of the time there is no room */
    assert_ok(si_parallel(4, 3000, use_one_of_many, cache, &error), error);
    si_morphology_cache_free(cache);
}

static void want_of_memory_is_reported_and_not_remembered(void **state)
{
    (void)state;
    si_morphology_cache *cache = new_cache(1 << 20);
    const si_cell_shape *shape;
    si_error error;
    si_memory_fail_after(1); /* the entry */
    assert_int_equal(si_morphology_cache_acquire(cache, "7", &shape, &error), SI_ERROR_MEMORY);
    si_memory_fail_after(2); /* the message of the failure */
    assert_int_equal(si_morphology_cache_acquire(cache, "-7", &shape, &error), SI_ERROR_MEMORY);
    si_memory_fail_after(0);
    assert_int_equal(si_morphology_cache_acquire(cache, "-7", &shape, &error), SI_ERROR_FORMAT);
    use(cache, "7");
    si_morphology_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shape_is_made_once),
        cmocka_unit_test(failure_is_remembered),
        cmocka_unit_test(least_recently_used_is_forgotten),
        cmocka_unit_test(shape_in_use_stays),
        cmocka_unit_test(threads_share_shapes),
        cmocka_unit_test(want_of_memory_is_reported_and_not_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
