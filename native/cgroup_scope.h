/* The container's control group below a transient systemd scope, beside its monitor's. */
#ifndef TSPOD_CGROUP_SCOPE_H
#define TSPOD_CGROUP_SCOPE_H

#include <sys/types.h>

#include "plan.h"

/*
 * Has systemd put this process, the monitor, into the scope, where it outlives the session that it was
 * started in, or, with _stays, a keeper in its stead, and makes the container's group there. Its directory
 * (allocated), or NULL where there is none and none is needed. Dies with status 125 on failure.
 */
char *cgroup_scope_make(const struct plan_op *op);

/* That directory (allocated), or NULL when this process, or its keeper, is not in the scope. */
char *cgroup_scope_path(const struct plan_op *op);

/* Has systemd move pid there, which this user may not from where it is. -1 on failure. */
int cgroup_scope_enter(const struct plan_op *op, pid_t pid);

#endif
