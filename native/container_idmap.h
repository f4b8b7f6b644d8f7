/* Binds that show their files with the ids of the container's user namespace: MOUNT_IDMAP. */
#ifndef TSPOD_CONTAINER_IDMAP_H
#define TSPOD_CONTAINER_IDMAP_H

#include <stdbool.h>

#include "plan.h"

/* Whether an op is such a bind. */
bool idmap_is_asked(const struct plan_op *op);

/*
 * Makes copies of their sources' mounts with the ids of `userns`, and sends them over `control` in the order
 * of the plan. Only who has all capabilities over a file system may do so. Dies with status 126 and the
 * kernel's reason.
 */
void idmap_send(const struct plan *plan, int userns, int control);

#endif
