#include "sample_circuit/signal.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t caught;

static void remember_signal(int number)
{
    caught = number;
}

void si_sample_signals_catch(void)
{
    struct sigaction action = {.sa_handler = remember_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGXFSZ, SIG_IGN);
}

int si_sample_signal_caught(void)
{
    return caught;
}
