/* The public header before the system's. */
#include "spatial_index/spatial_index.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

int check_header_last(void);

int main(void)
{
    si_result result = SI_ERROR_FORMAT;
    return check_header_last() + (strcmp(si_result_name(result), "SI_ERROR_FORMAT") != 0);
}
