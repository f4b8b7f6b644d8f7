/* What the container's first process does with mounts: ops MOUNT to MKDIR. All die with status 125 on
 * failure, MOUNT with 126. */
#ifndef TSPOD_CONTAINER_MOUNTS_H
#define TSPOD_CONTAINER_MOUNTS_H

#include "plan.h"

/* A path inside `root` (a descriptor), O_PATH and close-on-exec; links stay inside. -1 with errno when it is
 * not there. */
int mounts_open(int root, const char *path);

/* A path below a directory; links that lead out of it fail with EXDEV. */
int mounts_open_below(int directory, const char *path);

/* The same as mounts_open(), made where it is missing, with its parents: a directory, else an empty file. */
int mounts_target(int root, const char *path, int is_directory);

/* op MOUNT. With `source` a bind is made from that descriptor, not from the path. */
void mounts_mount(int root, const struct plan_op *op, int source);

/* container_mount_refused.c: dies with status 126 and what errno and both ends of a mount tell. `from`: the
 * source of a bind, as it can be opened. */
_Noreturn void mounts_refused(int root, const char *what, const char *path, const char *from);

/* ops MASK and READONLY_PATH: a missing path is no error. */
void mounts_mask(int root, const char *path);
void mounts_make_readonly(int root, const char *path);

/* op READONLY_ROOT: the root's own mount, not those below it. */
void mounts_make_root_readonly(int root);

#endif
