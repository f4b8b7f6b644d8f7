/* File systems that several containers share, and that exist while one of them runs: op SHARED_MOUNT. */
#ifndef TSPOD_SHARED_MOUNT_H
#define TSPOD_SHARED_MOUNT_H

#include <stdbool.h>

#include "plan.h"

/*
 * Mounts what the plan's SHARED_MOUNT ops say, in the caller's mount namespace. Each is kept by a process of
 * its own, the holder, which is started where there is none. The connection to it stays open until the caller
 * ends; with `inherit` it outlives an execve(2). Dies with status 125 on failure.
 */
void shared_mounts(const struct plan *plan, bool inherit);

/* shared_mount_holder.c: the holder of one op of the plan, in a process of its own; `errors` is told what
 * goes wrong: nothing when it serves, BUSY when another one holds the file system. Never returns. */
_Noreturn void shared_mount_hold(const struct plan *plan, const struct plan_op *op, int errors);

#define SHARED_MOUNT_BUSY "\1"

/* The arguments of the op. */
enum {
    SHARED_TARGET,
    SHARED_TYPE,
    SHARED_PLACE,
    SHARED_PART,
    SHARED_MODE,
    SHARED_UID,
    SHARED_GID,
    SHARED_ARGUMENTS
};

#endif
