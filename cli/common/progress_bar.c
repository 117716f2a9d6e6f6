/* Draws a progress bar on one line of the terminal, at most ten times a second, or writes the same
 * line into a log now and then. python/spatial_index/progress.py does the same. */
#include "common/progress_bar.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { BAR_CELLS = 20, LINE_SIZE = 256 };
static const double seconds_between_drawings = 0.1;
static const double seconds_between_lines = 10;

double cli_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void cli_progress_bar_begin(cli_progress_bar *bar, bool wanted)
{
    *bar = (cli_progress_bar){.visible = wanted, .is_terminal = isatty(STDERR_FILENO)};
}

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

static void format_duration(double seconds, char *text, size_t size)
{
    if (!(seconds < 360000.0))
        seconds = 359999.0;
    unsigned whole = (unsigned)(seconds + 0.5);
    if (whole >= 3600)
        snprintf(text, size, "%u:%02u:%02u", whole / 3600, whole / 60 % 60, whole % 60);
    else
        snprintf(text, size, "%u:%02u", whole / 60, whole % 60);
}

static void format_rate(double rate, char *text, size_t size)
{
    static const char units[][2] = {"", "k", "M", "G"};
    size_t unit = 0;
    while (rate >= 1000.0 && unit < 3) {
        rate /= 1000.0;
        unit++;
    }
    snprintf(text, size, "%.3g%s/s", rate, units[unit]);
}

/* "1.2k/s, 0:07 left" of what is known of that; `rate` 0 is unknown. */
static void format_pace(double rate, double remaining, char *text, size_t size)
{
    char rate_text[32], duration[32];
    if (!(rate > 0.0)) {
        snprintf(text, size, "...");
        return;
    }
    format_rate(rate, rate_text, sizeof rate_text);
    format_duration(remaining / rate, duration, sizeof duration);
    snprintf(text, size, "%s, %s left", rate_text, duration);
}

static void format_known(const char *phase, uint64_t done, uint64_t total, double rate, char *line)
{
    char cells[BAR_CELLS + 1], pace[80];
    double share = done < total ? (double)done / (double)total : 1.0;
    size_t filled = (size_t)(share * BAR_CELLS);
    memset(cells, '#', filled);
    memset(cells + filled, '.', BAR_CELLS - filled);
    cells[BAR_CELLS] = '\0';
    format_pace(rate, (1.0 - share) * (double)total, pace, sizeof pace);
    snprintf(line, LINE_SIZE, "%s %3d%% [%s] %llu/%llu, %s", phase, (int)(share * 100.0), cells,
             (unsigned long long)done, (unsigned long long)total, pace);
}

static void format_unknown(const char *phase, uint64_t done, double elapsed, double rate,
                           char *line)
{
    char rate_text[32], duration[32];
    format_rate(rate, rate_text, sizeof rate_text);
    format_duration(elapsed, duration, sizeof duration);
    snprintf(line, LINE_SIZE, "%s %llu, %s, %s", phase, (unsigned long long)done, rate_text,
             duration);
}

/* Shorter lines are filled up with blanks, so that nothing of the one before stays. */
static void draw_on_terminal(cli_progress_bar *bar, char *line)
{
    size_t width = terminal_width() - 1;
    if (strlen(line) > width)
        line[width] = '\0';
    size_t length = strlen(line);
    int padding = bar->drawn_width > length ? (int)(bar->drawn_width - length) : 0;
    fprintf(stderr, "\r%s%*s", line, padding, "");
    fflush(stderr);
    bar->drawn_width = length;
}

/* In a log a line stays, so there are few: one at once, and one every ten seconds. */
static void draw(cli_progress_bar *bar, char *line)
{
    if (bar->is_terminal)
        draw_on_terminal(bar, line);
    else
        fprintf(stderr, "%s\n", line);
}

static void begin_phase(cli_progress_bar *bar, const char *phase, double now, uint64_t done)
{
    snprintf(bar->phase, sizeof bar->phase, "%s", phase);
    bar->phase_start = now;
    bar->phase_start_done = done;
}

static double rate_of(const cli_progress_bar *bar, double elapsed, uint64_t done)
{
    if (elapsed <= 0.0 || done <= bar->phase_start_done)
        return 0.0;
    return (double)(done - bar->phase_start_done) / elapsed;
}

void cli_progress_bar_update(cli_progress_bar *bar, const char *phase, uint64_t done,
                             uint64_t total)
{
    char line[LINE_SIZE];
    if (!bar->visible)
        return;
    double now = cli_seconds();
    if (strncmp(bar->phase, phase, sizeof bar->phase - 1) != 0)
        begin_phase(bar, phase, now, done);
    if (now - bar->drawn_at < (bar->is_terminal ? seconds_between_drawings : seconds_between_lines))
        return;
    bar->drawn_at = now;
    double elapsed = now - bar->phase_start;
    double rate = rate_of(bar, elapsed, done);
    if (total > 0)
        format_known(bar->phase, done, total, rate, line);
    else
        format_unknown(bar->phase, done, elapsed, rate, line);
    draw(bar, line);
}

void cli_progress_bar_end(cli_progress_bar *bar)
{
    if (bar->visible && bar->drawn_width > 0) {
        fprintf(stderr, "\r%*s\r", (int)bar->drawn_width, "");
        fflush(stderr);
    }
    bar->visible = false;
}
