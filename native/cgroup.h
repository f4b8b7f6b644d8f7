/* The container's control group (version 2). */
#ifndef TSPOD_CGROUP_H
#define TSPOD_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

#include "plan.h"

/*
 * Makes CGROUP_DIR with its parents and writes every CGROUP_SET. A descriptor of the directory, or -1 where
 * there is none and none is needed. Dies with status 125 on failure.
 */
int cgroup_make(const struct plan *plan);

/* Writes every CGROUP_SET of `update` to the group that was made of `plan`. NULL, or what went wrong
 * (allocated). */
char *cgroup_update(const struct plan *plan, const struct plan *update);

/* Moves pid there. Dies with status 125 on failure. */
void cgroup_enter(const struct plan *plan, int directory, pid_t pid);

/* Gives it to the root of the container's own user namespace, for groups below it: what delegating one takes
 * (cgroups(7)). */
void cgroup_give(const struct plan *plan, int directory);

/* How many processes in it the kernel has killed for lack of memory. */
unsigned long long cgroup_oom_kills(int directory);

/* Ends what is left in it and removes it with what is below it, as far as that is possible. */
void cgroup_remove(const struct plan *plan);

/* Removes an empty group with the empty ones below it, whoever made them. */
void cgroup_remove_groups(const char *directory);

#endif
