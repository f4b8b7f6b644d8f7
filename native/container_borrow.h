/* Mounts of other containers. */
#ifndef TSPOD_CONTAINER_BORROW_H
#define TSPOD_CONTAINER_BORROW_H

#include "plan.h"

/*
 * Copies of the mounts that MOUNT ops with MOUNT_BORROWED name, for move_mount(2): one descriptor for each
 * op of the plan, -1 for all others; NULL where none is borrowed. To be called with capabilities over the
 * other container's user namespace. Dies with status 125 on failure.
 */
int *borrow_mounts(const struct plan *plan);

/* Closes them. */
void borrow_close(const struct plan *plan, int *mounts);

#endif
