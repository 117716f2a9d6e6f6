/* Errors, memory, text, paths, files and threads. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/test.h"

#include "base/arithmetic.h"
#include "base/error.h"
#include "base/file.h"
#include "base/machine_memory.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/struct_size.h"
#include "base/text.h"

static void error_may_quote_its_own_message(void **state)
{
    (void)state;
    si_error error = {0};
    assert_int_equal(si_fail(&error, SI_ERROR_FORMAT, "line %d", 3), SI_ERROR_FORMAT);
    si_fail(&error, SI_ERROR_FORMAT, "cell 7: %s", error.message);
    assert_string_equal(error.message, "cell 7: line 3");
    assert_int_equal(si_fail(NULL, SI_ERROR_IO, "nobody listens"), SI_ERROR_IO);
    assert_string_equal(si_result_name(SI_ERROR_LIMIT), "SI_ERROR_LIMIT");
}

static void overlong_messages_are_cut(void **state)
{
    (void)state;
    char text[2 * SI_ERROR_MESSAGE_SIZE];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    si_error error = {0};
    si_fail_errno(&error, SI_ERROR_IO, 2, "%s", text);
    assert_int_equal(strlen(error.message), SI_ERROR_MESSAGE_SIZE - 1);
}

static void messages_are_utf8(void **state)
{
    (void)state;
    si_error error = {0};
    si_fail(&error, SI_ERROR_IO, "caf\xe9 / caf\xc3\xa9 / \xe2\x82\xac / \xf0\x9f\x90\xa6");
    assert_string_equal(error.message, "caf? / caf\xc3\xa9 / \xe2\x82\xac / \xf0\x9f\x90\xa6");
    si_fail(&error, SI_ERROR_IO, "%s", "\xc0\x80 \xed\xa0\x80 \xf4\x90\x80\x80 \xff \xe2\x82");
    assert_string_equal(error.message, "?? ??? ???? ? ??");
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    uint64_t result = 7;
    assert_false(si_multiply_u64(UINT64_MAX / 2, 3, &result));
    assert_false(si_add_u64(UINT64_MAX, 1, &result));
    assert_int_equal(result, 7);
    assert_int_equal(si_divide_up(UINT64_MAX, 2), UINT64_MAX / 2 + 1);
    assert_null(si_allocate(SIZE_MAX / 2, 3));
}

static void the_nth_allocation_can_fail(void **state)
{
    (void)state;
    si_memory_fail_after(2);
    void *first = si_allocate(1, 1);
    assert_non_null(first);
    assert_null(si_allocate(1, 1));
    void *third = si_allocate(1, 1);
    assert_non_null(third);
    si_memory_fail_after(0);
    si_free(first);
    si_free(third);
}

static void check_absolute(const char *path, const char *expected)
{
    char *absolute = si_path_absolute(path);
    assert_string_equal(absolute, expected);
    si_free(absolute);
}

static void paths_are_normalised_lexically(void **state)
{
    (void)state;
    check_absolute("/a//b/./c/../d/", "/a/b/d");
    check_absolute("/..", "/");
    check_absolute("/a/../../b", "/b");
    char *joined = si_path_join("folder/", "name");
    assert_string_equal(joined, "folder/name");
    si_free(joined);
    char *parent = si_path_parent("/a/b//");
    assert_string_equal(parent, "/a");
    si_free(parent);
    parent = si_path_parent("bare");
    assert_string_equal(parent, ".");
    si_free(parent);
}

static void check_relative(const char *folder, const char *path, const char *expected)
{
    char *way = si_path_relative(folder, path);
    assert_string_equal(way, expected);
    si_free(way);
}

static void ways_between_paths(void **state)
{
    (void)state;
    check_relative("/a/b", "/a/c/file", "../c/file");
    check_relative("/a/b", "/a/b/file", "file");
    check_relative("/a/b", "/a/bc/file", "../bc/file");
    check_relative("/a/bc", "/a/b", "../b");
    check_relative("/a/b/c", "/file", "../../../file");
    check_relative("/", "/a/file", "a/file");
    check_relative("/x", "/y", "../y");
}

static void folders_are_created_with_their_parents(void **state)
{
    (void)state;
    char base[] = "/tmp/si-test-XXXXXX";
    assert_non_null(mkdtemp(base));
    char *deep = si_path_join(base, "a/b/c");
    si_error error = {0};
    assert_int_equal(si_folder_create(deep, &error), SI_OK);
    assert_true(si_path_is_folder(deep));
    assert_int_equal(si_folder_create(deep, &error), SI_OK);
    assert_int_equal(si_folder_sync(deep, &error), SI_OK);
    char *content;
    size_t length;
    assert_int_equal(si_file_read_all(deep, &content, &length, &error), SI_ERROR_IO);
    char *pipe_path = si_path_join(deep, "pipe");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(si_file_read_all(pipe_path, &content, &length, &error), SI_ERROR_IO);
    si_free(pipe_path);
    si_free(deep);
    char command[64];
    assert_true(snprintf(command, sizeof command, "rm -r %s", base) < 64);
    assert_int_equal(system(command), 0);
}

typedef struct total {
    _Atomic uint64_t sum;
    uint64_t fail_from;
} total;

static si_result add_task(void *context, unsigned worker, uint64_t task, si_error *error)
{
    total *work = context;
    (void)worker;
    if (task >= work->fail_from)
        return si_fail(error, SI_ERROR_FORMAT, "task %d", (int)task);
    atomic_fetch_add(&work->sum, task);
    return SI_OK;
}

static void every_task_runs_once(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads < 9; threads++) {
        total work = {.fail_from = UINT64_MAX};
        assert_int_equal(si_parallel(threads, 1000, add_task, &work, NULL), SI_OK);
        assert_int_equal(work.sum, 499500);
    }
}

static void the_lowest_failed_task_is_reported(void **state)
{
    (void)state;
    si_error error = {0};
    total work = {.fail_from = 100};
    assert_int_equal(si_parallel(4, 1000, add_task, &work, &error), SI_ERROR_FORMAT);
    assert_string_equal(error.message, "task 100");
    assert_int_equal(si_parallel(4, 0, add_task, &work, &error), SI_OK);
}

static void put_file(const char *root, const char *name, const char *text)
{
    char path[512];
    si_error error;
    snprintf(path, sizeof path, "%s/%s", root, name);
    char *folder = si_path_parent(path);
    assert_ok(si_folder_create(folder, &error), error);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
    si_free(folder);
}

static void memory_is_that_of_the_machine_or_its_limits(void **state)
{
    (void)state;
    char root[] = "/tmp/si-test-XXXXXX", command[64];
    assert_non_null(mkdtemp(root));
    uint64_t installed = si_machine_memory(root);
    assert_true(installed > 0 && installed < UINT64_MAX);
    put_file(root, "proc/meminfo", "MemTotal: 9000 kB\nMemAvailable:   8000 kB\n");
    assert_int_equal(si_machine_memory(root), 8000 << 10);
    put_file(root, "proc/self/cgroup", "2:cpu,memory:/a/b\n1:name=memory:/c\nx\n0::/d/e\n");
    assert_int_equal(si_machine_memory(root), 8000 << 10);
    put_file(root, "sys/fs/cgroup/memory/c/memory.limit_in_bytes", "10");
    put_file(root, "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "7000000\n");
    assert_int_equal(si_machine_memory(root), 7000000);
    put_file(root, "sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
    put_file(root, "sys/fs/cgroup/memory/memory.limit_in_bytes", "6000000\n");
    assert_int_equal(si_machine_memory(root), 6000000);
    put_file(root, "sys/fs/cgroup/d/e/memory.max", "max\n");
    put_file(root, "sys/fs/cgroup/d/memory.max", "5000000\n");
    assert_int_equal(si_machine_memory(root), 5000000);
    put_file(root, "sys/fs/cgroup/unified/d/e/memory.max", "4000000\n");
    assert_int_equal(si_machine_memory(root), 4000000);
    snprintf(command, sizeof command, "rm -r %s", root);
    assert_int_equal(system(command), 0);
}

/* A struct that has grown by `added`. */
typedef struct grown_struct {
    size_t struct_size;
    int first;
    int last_of_first_version;
    double added;
} grown_struct;

#define LEAST_SIZE SI_SIZE_THROUGH(grown_struct, last_of_first_version)

static void older_structs_are_accepted(void **state)
{
    (void)state;
    si_error error;
    const grown_struct old = {LEAST_SIZE, 1, 2, -1}, current = {sizeof current, 1, 2, 3},
                       newer = {sizeof newer + 8, 1, 2, 3}, unset = {0, 1, 2, 3};
    grown_struct read = {sizeof read, 0, 0, 7};
    assert_int_equal(si_struct_read(&read, sizeof read, &old, LEAST_SIZE, "it", NULL), SI_OK);
    assert_int_equal(read.struct_size, sizeof read);
    assert_int_equal(read.first, 1);
    assert_int_equal(read.last_of_first_version, 2);
    assert_true(read.added > 6 && read.added < 8); /* the default */
    assert_int_equal(si_struct_read(&read, sizeof read, &current, LEAST_SIZE, "it", NULL), SI_OK);
    assert_true(read.added > 2 && read.added < 4);
    assert_int_equal(si_struct_read(&read, sizeof read, &newer, LEAST_SIZE, "it", &error),
                     SI_ERROR_ARGUMENT);
    assert_non_null(strstr(error.message, "struct_size of an it"));
    assert_int_equal(si_struct_read(&read, sizeof read, &unset, LEAST_SIZE, "it", NULL),
                     SI_ERROR_ARGUMENT);

    grown_struct filled = {LEAST_SIZE, 0, 0, -1};
    si_struct_fill(&filled, &current, sizeof current);
    assert_int_equal(filled.struct_size, LEAST_SIZE);
    assert_int_equal(filled.last_of_first_version, 2);
    assert_true(filled.added < 0); /* which the program does not have */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_may_quote_its_own_message),
        cmocka_unit_test(overlong_messages_are_cut),
        cmocka_unit_test(messages_are_utf8),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(the_nth_allocation_can_fail),
        cmocka_unit_test(paths_are_normalised_lexically),
        cmocka_unit_test(ways_between_paths),
        cmocka_unit_test(folders_are_created_with_their_parents),
        cmocka_unit_test(every_task_runs_once),
        cmocka_unit_test(the_lowest_failed_task_is_reported),
        cmocka_unit_test(older_structs_are_accepted),
        cmocka_unit_test(memory_is_that_of_the_machine_or_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
