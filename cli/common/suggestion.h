/* "Did you mean ...?": the known word that is closest to a mistyped one. */
#ifndef CLI_COMMON_SUGGESTION_H
#define CLI_COMMON_SUGGESTION_H

#include <stddef.h>

/* Begins with the mistyped word alone: {.mistyped = word}. */
typedef struct cli_suggestion {
    const char *mistyped;
    const char *closest; /* NULL: no word considered so far is close enough */
    size_t distance;     /* of `closest` */
} cli_suggestion;

void cli_suggestion_consider(cli_suggestion *suggestion, const char *candidate);

#endif
