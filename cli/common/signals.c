/* Notes signals for builds to clean up, or exits with their code. */
#include "common/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t noted;

static void note(int number)
{
    if (noted == 0)
        noted = number;
}

static void leave(int number)
{
    _exit(128 + number);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void handle_all(void (*handler)(int))
{
    struct sigaction hangup;
    handle(SIGINT, handler);
    handle(SIGTERM, handler);
    /* nohup ignores it. */
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        handle(SIGHUP, handler);
}

void cli_note_signals(void)
{
    handle_all(note);
    /* A file that grows beyond the limit is then an error of the write, with a sentence. */
    handle(SIGXFSZ, SIG_IGN);
}

int cli_noted_signal(void)
{
    return noted;
}

void cli_exit_on_signals(void)
{
    handle_all(leave);
}
