/* The public header after the system's. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "spatial_index/spatial_index.h"

int check_header_last(void);

int check_header_last(void)
{
    si_error error = {.result = SI_OK};
    si_result result = si_query_sphere((const double[3]){0}, -1, SI_BEST_EFFORT, &(si_query){0},
                                       &error);
    return result == SI_ERROR_ARGUMENT && error.result == result ? 0 : 1;
}
