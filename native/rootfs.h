/* The root file system, in the monitor's own mount namespace. */
#ifndef TSPOD_ROOTFS_H
#define TSPOD_ROOTFS_H

#include "plan.h"

/* Carries out ops SHARED_MOUNT, ROOTFS_*, COPY_UP and CHOWN_TREE. Dies with status 125 on failure. */
void rootfs_mount(const struct plan *plan);

/* Lets go of it; what still uses it keeps it. */
void rootfs_unmount(const struct plan *plan);

/* op ROOTFS_DIRECTORIES. Dies with status 125 on failure. */
void rootfs_directories(const struct plan_op *op);

/* op ROOTFS_OVERLAY with the plan's ROOTFS_DATA. Dies with status 125 on failure. */
void overlay_mount(const struct plan *plan, const struct plan_op *op);

#endif
