/* SIGINT, SIGTERM and SIGHUP: the command ends, but tidily. */
#ifndef CLI_COMMON_SIGNALS_H
#define CLI_COMMON_SIGNALS_H

/* From now on these signals are only noted. */
void cli_note_signals(void);

/* The first one noted, or 0. */
int cli_noted_signal(void);

/* From now on these signals end the command at once, with their exit code. */
void cli_exit_on_signals(void);

#endif
