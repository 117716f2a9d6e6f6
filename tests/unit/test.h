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
        (error).status = SI_OK;                                                                    \
        if ((call) != SI_OK)                                                                       \
            fail_msg("%s: %s", #call, (error).message);                                            \
    } while (0)

#endif
