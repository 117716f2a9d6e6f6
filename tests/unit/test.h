/* cmocka with the headers that it wants before it. Include this first. */
#ifndef SI_TESTS_UNIT_TEST_H
#define SI_TESTS_UNIT_TEST_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

/* Asserts that a call succeeds, and shows its sentence if it does not. `error` is an si_error
 * variable. */
#define assert_ok(call, error)                                                                     \
    do {                                                                                           \
        (error).result = SI_OK;                                                                    \
        if ((call) != SI_OK)                                                                       \
            fail_msg("%s: %s", #call, (error).message);                                            \
    } while (0)

/* The sanitizers make a program several times as slow: there, what is repeated at random is
 * repeated less often, and trees have as many elements as the code needs to go every way. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define full_or_sanitized(full, sanitized) (sanitized)
#else
#define full_or_sanitized(full, sanitized) (full)
#endif

#endif
