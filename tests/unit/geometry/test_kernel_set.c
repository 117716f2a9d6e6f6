/* Which kernels are chosen. A process chooses once, so each choice has a process of its own. */
#include "unit/test.h"

/* Before <sys/wait.h>, which makes a macro of si_result. */
#include "geometry/kernel_set.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Does a new process with this value of the variable (NULL: none) choose the set of that name? */
static bool is_chosen(const char *value, const char *name)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (value)
            setenv("SPATIAL_INDEX_KERNELS", value, 1);
        else
            unsetenv("SPATIAL_INDEX_KERNELS");
        _exit(strcmp(si_kernels()->name, name) == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) == 0;
}

/* Asked in a process of its own, as asking makes the choice. */
static bool is_supported(const char *name)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(si_use_kernels(name) ? 0 : 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static const char *best_supported(void)
{
    return is_supported("avx512") ? "avx512" : is_supported("avx2") ? "avx2" : "portable";
}

static void the_best_is_chosen(void **state)
{
    (void)state;
    print_message("  %s\n", best_supported());
    assert_true(is_chosen(NULL, best_supported()));
}

static void the_environment_chooses(void **state)
{
    (void)state;
    assert_true(is_supported("portable"));
    assert_true(is_chosen("portable", "portable"));
    static const char *const others[] = {"avx2", "avx512"};
    for (int i = 0; i < 2; i++)
        assert_true(is_chosen(others[i], is_supported(others[i]) ? others[i] : best_supported()));
}

static void unknown_names_are_ignored(void **state)
{
    (void)state;
    static const char *const names[] = {"", "AVX2", "avx", "portable ", "sse2"};
    for (int i = 0; i < 5; i++) {
        assert_false(is_supported(names[i]));
        assert_true(is_chosen(names[i], best_supported()));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_is_chosen),
        cmocka_unit_test(the_environment_chooses),
        cmocka_unit_test(unknown_names_are_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
