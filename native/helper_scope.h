/* The scope of a process that serves several containers: netd, and the holder of a file system. */
#ifndef TSPOD_HELPER_SCOPE_H
#define TSPOD_HELPER_SCOPE_H

#include "plan.h"

/*
 * Moves this process out of the control group of whichever container or service has started it first, into a
 * systemd scope of its own, "tspod-KIND-PID.scope": it is to outlive them. Where the plan has no
 * HELPER_SCOPE, or the bus does not answer, it stays where it is.
 */
void helper_scope_enter(const struct plan *plan, const char *kind);

#endif
