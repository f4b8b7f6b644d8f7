/* The container's control group below a transient systemd scope, beside its monitor's. */
#ifndef TSPOD_CGROUP_SCOPE_H
#define TSPOD_CGROUP_SCOPE_H

#include "plan.h"

/*
 * Has systemd put this process, the monitor, into the scope, where it outlives the session that it was
 * started in, and makes the container's group there. Its directory (allocated), or NULL where there is none
 * and none is needed. Dies with status 125 on failure.
 */
char *cgroup_scope_make(const struct plan_op *op);

/* That directory (allocated), or NULL when this process is not in the scope. */
char *cgroup_scope_path(const struct plan_op *op);

#endif
