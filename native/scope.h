/* Transient systemd scopes over D-Bus. */
#ifndef TSPOD_SCOPE_H
#define TSPOD_SCOPE_H

#include <sys/types.h>

#include "plan.h"

/*
 * Has systemd make the scope of a CGROUP_SCOPE op around pid, and waits until pid is in it. 0, or -1 with
 * *error what went wrong (allocated).
 */
int scope_start(const struct plan_op *op, pid_t pid, char **error);

#endif
