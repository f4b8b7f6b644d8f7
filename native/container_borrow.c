#include "container_borrow.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "io.h"

static bool is_borrowed(const struct plan_op *op) {
    return op->code == PLAN_MOUNT && (op->args[5].number & PLAN_MOUNT_BORROWED);
}

/* A mount can be copied only from inside its mount namespace, which a process does not come back from. */
static _Noreturn void copy_mount(int namespace, int root, const char *path, int socket) {
    if (setns(namespace, CLONE_NEWNS) < 0 || fchdir(root) < 0 || chroot(".") < 0)
        _exit(errno);
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0 || fd_send(socket, tree) < 0)
        _exit(errno);
    _exit(0);
}

static int borrow(const char *source) {
    int pid, length, ends[2], status = 0;
    char path[64];
    if (sscanf(source, "/proc/%d/root%n", &pid, &length) != 1)
        die(125, "%s is not a mount of a container", source);
    snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
    autoclose int namespace = open(path, O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "/proc/%d/root", pid);
    autoclose int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (namespace < 0 || root < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        die_errno(125, "opening the mounts of the container of process %d", pid);
    pid_t child = fork();
    if (child == 0)
        copy_mount(namespace, root, source + length, ends[1]);
    close(ends[1]);
    int mount = child < 0 ? -1 : fd_receive(ends[0]);
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) < 0)
        die_errno(125, "starting a process for the mounts of another container");
    if (mount < 0)
        die(125, "sharing %s of the container of process %d: %s", source + length, pid,
            strerror(WEXITSTATUS(status)));
    return mount;
}

static bool borrows(const struct plan *plan) {
    for (size_t i = 0; i < plan->count; i++)
        if (is_borrowed(&plan->ops[i]))
            return true;
    return false;
}

int *borrow_mounts(const struct plan *plan) {
    if (!borrows(plan))
        return NULL;
    int *mounts = malloc(plan->count * sizeof *mounts);
    if (!mounts)
        die(125, "out of memory");
    for (size_t i = 0; i < plan->count; i++)
        mounts[i] = is_borrowed(&plan->ops[i]) ? borrow(plan->ops[i].args[0].data) : -1;
    return mounts;
}

void borrow_close(const struct plan *plan, int *mounts) {
    for (size_t i = 0; mounts && i < plan->count; i++)
        close_fd(&mounts[i]);
    free(mounts);
}
