/* Transient systemd scopes over D-Bus. */
#ifndef TSPOD_SCOPE_H
#define TSPOD_SCOPE_H

#include <sys/types.h>

#include "plan.h"

/*
 * Has systemd make the scope of a CGROUP_SCOPE op around pid, and waits until pid is in it. 0, or -1 with
 * *error what went wrong (allocated). With the option _optional it gives up after seconds, else after half a
 * minute.
 */
int scope_start(const struct plan_op *op, pid_t pid, char **error);

/* The value of an option of the op that is for this helper, not for systemd: its name begins with _. Or NULL.
 */
const char *scope_option(const struct plan_op *op, const char *name);

/* A group below a unit that was delegated: "/container". */
struct scope_place {
    const char *unit, *group;
};

/* Connects to the user's bus; uid in decimal, NULL for one's own. The descriptor, or -1 with *error. */
int scope_connect(const char *address, const char *uid, char **error);

/* Has systemd, at the other end of the connection, move pid there, which this user may not. 0, or -1 with
 * *error. */
int scope_attach(int fd, const struct scope_place *place, pid_t pid, char **error);

#endif
