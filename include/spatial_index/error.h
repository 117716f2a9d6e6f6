/* Results of functions, and the sentences about failures. */
#ifndef SI_SPATIAL_INDEX_ERROR_H
#define SI_SPATIAL_INDEX_ERROR_H

#include <stddef.h>

#include "spatial_index/api.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum si_result {
    SI_OK = 0,
    SI_ERROR_ARGUMENT = 1,    /* a value the caller passed makes no sense */
    SI_ERROR_MEMORY = 2,      /* an allocation failed */
    SI_ERROR_IO = 3,          /* the operating system refused to read, write, create or map */
    SI_ERROR_NOT_FOUND = 4,   /* no such file, population, data set, attribute or morphology */
    SI_ERROR_FORMAT = 5,      /* the content of a file breaks the rules of its format */
    SI_ERROR_UNSUPPORTED = 6, /* well-formed, but nothing this version reads */
    SI_ERROR_EXISTS = 7, /* the target already holds something and replacing was not asked for */
    SI_ERROR_LIMIT = 8,  /* an id, a count or a size is beyond a limit */
    SI_ERROR_BUSY = 9,   /* another build writes the same target */
    SI_ERROR_CANCELLED = 10, /* the caller's progress function asked to stop */
    SI_ERROR_RANK = 11       /* another rank has given up the build that all ranks do together */
} si_result;

#define SI_ERROR_MESSAGE_SIZE 1024

typedef struct si_error {
    si_result result;
    char message[SI_ERROR_MESSAGE_SIZE]; /* one sentence, UTF-8, always terminated */
} si_error;

/* The name of a result, such as "SI_ERROR_FORMAT". Never NULL. */
SI_API const char *si_result_name(si_result result);

#ifdef __cplusplus
}
#endif

#endif
