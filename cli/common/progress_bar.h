/* A line that says how far a build is: on a terminal always the same one, in a log a new one now
 * and then. */
#ifndef CLI_COMMON_PROGRESS_BAR_H
#define CLI_COMMON_PROGRESS_BAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cli_progress_bar {
    bool visible;
    bool is_terminal;
    char phase[48];
    double phase_start; /* seconds */
    uint64_t phase_start_done;
    double drawn_at;
    size_t drawn_width;
} cli_progress_bar;

/* Seconds of a clock that never goes back. */
double cli_seconds(void);

void cli_progress_bar_begin(cli_progress_bar *bar, bool wanted);

/* Draws at most ten times a second, in a log every ten seconds. `total` is 0 while it is unknown.
 */
void cli_progress_bar_update(cli_progress_bar *bar, const char *phase, uint64_t done,
                             uint64_t total);

/* Takes the line on the terminal away. */
void cli_progress_bar_end(cli_progress_bar *bar);

#endif
