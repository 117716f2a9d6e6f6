/* Signals that ask to stop. A file of its own, because <signal.h> makes `si_status` a macro. */
#ifndef SI_SAMPLE_CIRCUIT_SIGNAL_H
#define SI_SAMPLE_CIRCUIT_SIGNAL_H

/* From here on SIGINT and SIGTERM are remembered, and a file that grows too large is an error of
 * the write instead of a signal. */
void si_sample_signals_catch(void);

/* The signal that came, or 0. */
int si_sample_signal_caught(void);

#endif
