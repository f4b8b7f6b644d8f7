/* Signals as bytes of a pipe, so that they interrupt and are waited for with everything else. */
#ifndef TSPOD_SIGNALS_H
#define TSPOD_SIGNALS_H

#include <stdbool.h>

/*
 * From now on catches every signal that can be caught but those of faults and of job control, and SIGPIPE,
 * which is ignored. The descriptor to poll(2) for reading. Dies with status 125.
 */
int signals_open(void);

/* The next signal that came, 0 where there is none. */
int signals_next(void);

/* Whether a signal is one to pass on to the program, and not of use to this process itself. */
bool signals_is_for_program(int number);

/* Ends this process by a signal, as if it had never been caught. */
_Noreturn void signals_die(int number);

#endif
