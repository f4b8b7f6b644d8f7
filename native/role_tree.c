/* tree FD: carries out the ops of a plan that work on files, in their order, as uid 0 of the common user
 * namespace. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>

#include "die.h"
#include "io.h"
#include "plan.h"
#include "roles.h"
#include "tree.h"
#include "tree_meta.h"
#include "tree_size.h"
#include "userns.h"

static void print_size(const char *path) {
    struct tree_size size = tree_size(path);
    if (dprintf(1, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", size.allocated, size.apparent, size.entries) < 0)
        die_errno(125, "printing the size of \"%s\"", path);
}

static void move(const char *from, const char *to) {
    if (rename(from, to) < 0 && (errno != ENOENT || access(from, F_OK) == 0))
        die_errno(125, "renaming \"%s\" to \"%s\"", from, to);
}

/* The descriptor stays open to the end of the process. */
static void lock(const char *path) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        die_errno(125, "opening the lock file \"%s\"", path);
    while (flock(fd, LOCK_EX) < 0)
        if (errno != EINTR)
            die_errno(125, "locking \"%s\"", path);
}

static void carry_out(const struct plan_op *op) {
    const struct plan_arg *args = op->args;
    switch (op->code) {
    case PLAN_TREE_REMOVE:
        return tree_remove(args[0].data);
    case PLAN_TREE_SIZE:
        return print_size(args[0].data);
    case PLAN_TREE_META:
        return tree_meta(op);
    case PLAN_TREE_RENAME:
        return move(args[0].data, args[1].data);
    case PLAN_TREE_LOCK:
        return lock(args[0].data);
    case PLAN_COPY_UP:
        return tree_copy_up(args[0].data, args[1].data, args[2].data);
    case PLAN_CHOWN_TREE:
        return tree_chown(args[0].data, (uid_t)args[1].number, (gid_t)args[2].number);
    }
}

int role_tree(int argc, char **argv) {
    if (argc != 3)
        die(125, "usage: tspod-helper tree FD");
    struct plan plan;
    plan_read(&plan, atoi(argv[2]));
    userns_enter_common(&plan, false);
    for (size_t i = 0; i < plan.count; i++)
        carry_out(&plan.ops[i]);
    return 0;
}
