/* From a process in the right namespaces to the program: used for a container's first process and for exec.
 */
#ifndef TSPOD_CONTAINER_PROCESS_H
#define TSPOD_CONTAINER_PROCESS_H

#include "plan.h"

/*
 * Opens a pseudo terminal of the container's devpts, makes it the controlling terminal and the standard
 * streams of this process (a new session), sends the master over `socket`, and returns. TTY_SIZE is set, else
 * the size of the terminal of a caller in the foreground. With `console` the slave is also bound on
 * /dev/console.
 */
void process_open_terminal(const struct plan *plan, int socket, int console);

/*
 * Ops RLIMIT to CWD: limits, OOM score, mask, keyring, groups, user, capabilities, no_new_privs, seccomp
 * (here only without no_new_privs), the working directory. A parent-death signal that was set is set again
 * after the credentials changed.
 */
void process_prepare(const struct plan *plan);

/*
 * LSM label, seccomp with no_new_privs, descriptors above 2 made close-on-exec (but PRESERVE_FDS), then ARGV
 * with ENV. Dies with status 127 when the program is not there, 126 when it cannot be run.
 */
_Noreturn void process_execute(const struct plan *plan);

#endif
