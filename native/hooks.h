/* OCI hooks: programs of the host that are told of a container's state (runtime-spec, config.md,
 * "POSIX-platform Hooks"). */
#ifndef TSPOD_HOOKS_H
#define TSPOD_HOOKS_H

#include <stdint.h>
#include <sys/types.h>

#include "plan.h"

/* Runs the hooks of a PLAN_HOOK_* stage in their order, up to the first that fails. NULL, or what went wrong
 * (allocated). `pid` is the container's as the hook sees it; 0: not known. */
char *hooks_run(const struct plan *plan, uint64_t stage, pid_t pid);

/* The same, and dies with status 126 when one fails. */
void hooks_must_run(const struct plan *plan, uint64_t stage, pid_t pid);

#endif
