/* The terminal of a program that was started with exec --tty. */
#ifndef TSPOD_EXEC_TERMINAL_H
#define TSPOD_EXEC_TERMINAL_H

#include <sys/types.h>

#include "plan.h"

/*
 * Relays between the caller's terminal and the pseudo terminal `master` until the program `pid` ends. Returns
 * its wait status, or -1 when the user detached: then a process in the background keeps the terminal open.
 */
int exec_relay_terminal(const struct plan *plan, int master, pid_t pid);

/* Lets a process in the background drop what the program writes, so that it neither blocks nor loses its
 * terminal. */
void exec_keep_terminal(int master);

#endif
