/* A process that stands in a scope for the monitor, which stays in the control group of its unit. */
#ifndef TSPOD_CGROUP_KEEPER_H
#define TSPOD_CGROUP_KEEPER_H

#include <sys/types.h>

/*
 * Forks it: systemd makes scopes around processes only, and ends them with the last. It keeps nothing open,
 * and ends with this process. Its pid; dies with status 125 on failure.
 */
pid_t keeper_start(void);

#endif
