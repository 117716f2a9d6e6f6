/* Results of functions, and error messages. */
#ifndef SI_SPATIAL_INDEX_ERROR_H
#define SI_SPATIAL_INDEX_ERROR_H

#include <stddef.h>

#include "spatial_index/api.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum si_result {
    SI_OK = 0,
    SI_ERROR_ARGUMENT = 1,    /* an argument is invalid */
    SI_ERROR_MEMORY = 2,      /* an allocation failed */
    SI_ERROR_IO = 3,          /* the operating system failed to read, write, create or map */
    SI_ERROR_NOT_FOUND = 4,   /* no such file, population, dataset, attribute or morphology */
    SI_ERROR_FORMAT = 5,      /* the content of a file violates its format */
    SI_ERROR_UNSUPPORTED = 6, /* valid, but not supported by this version */
    SI_ERROR_EXISTS = 7,      /* the target already contains an index, and `replace` is not set */
    SI_ERROR_LIMIT = 8,       /* an id, a count or a size exceeds a limit */
    SI_ERROR_BUSY = 9,        /* another build is writing to the same folder */
    SI_ERROR_CANCELLED = 10,  /* the progress function of the caller cancelled the call */
    SI_ERROR_RANK = 11        /* another rank of the cluster failed */
} si_result;

#define SI_ERROR_MESSAGE_SIZE 1024

typedef struct si_error {
    si_result result;
    char message[SI_ERROR_MESSAGE_SIZE]; /* one sentence in UTF-8, always terminated */
} si_error;

/* The name of a result, such as "SI_ERROR_FORMAT". Never NULL. */
SI_API const char *si_result_name(si_result result);

#ifdef __cplusplus
}
#endif

#endif
