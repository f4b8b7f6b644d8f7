#include "container_idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"
#include "io.h"

#define CANNOT_RUN 126
#define RECURSIVE 0x4000 /* MS_REC; linux/mount.h has no AT_RECURSIVE in some C libraries */
#define WHOLE_TREE 0x8000

bool idmap_is_asked(const struct plan_op *op) {
    return op->code == PLAN_MOUNT && (op->args[5].number & PLAN_MOUNT_IDMAP);
}

static const char *hint_for(int reason) {
    return reason == EINVAL
               ? "this file system has no mounts with other ids: leave idmap out, or use the option U"
               : "the kernel lets only real root shift the ids of this file system: leave idmap out, "
                 "or use the option U";
}

static int shifted(const char *source, int userns, bool recursive) {
    unsigned at = AT_EMPTY_PATH | (recursive ? WHOLE_TREE : 0);
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, source,
                            OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? WHOLE_TREE : 0));
    struct mount_attr ids = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns};
    if (tree >= 0 && syscall(SYS_mount_setattr, tree, "", at, &ids, sizeof ids) == 0)
        return tree;
    int reason = errno;
    die(CANNOT_RUN, "mounting %s with the ids of the container: %s\nhint: %s", source, strerror(reason),
        hint_for(reason));
}

void idmap_send(const struct plan *plan, int userns, int control) {
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_op *op = &plan->ops[i];
        if (!idmap_is_asked(op))
            continue;
        autoclose int tree = shifted(op->args[0].data, userns, op->args[3].number & RECURSIVE);
        if (fd_send(control, tree) < 0)
            die_errno(125, "handing over the mount of %s", op->args[0].data);
    }
}
