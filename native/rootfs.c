#include "rootfs.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "die.h"
#include "shared_mount.h"
#include "tree.h"

#define FUSE_DEADLINE_MS 10000

static void mount_bind(const struct plan_op *op) {
    const char *source = op->args[0].data, *target = op->args[1].data;
    if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0)
        die_errno(125, "binding the root file system %s on %s", source, target);
    if (mount(NULL, target, NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        die_errno(125, "making %s private", target);
}

static dev_t device_of(const char *path) {
    struct stat status;
    if (stat(path, &status) < 0)
        die_errno(125, "looking at %s", path);
    return status.st_dev;
}

/* fuse-overlayfs stays in the foreground: it ends with the monitor, by the parent-death signal. */
static void mount_fuse(const struct plan_op *op) {
    const char *target = op->args[0].data;
    char **arguments = plan_strings(op, 1);
    dev_t before = device_of(target);
    pid_t pid = fork();
    if (pid < 0)
        die_errno(125, "starting %s", arguments[0]);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execvp(arguments[0], arguments);
        _exit(errno == ENOENT ? 127 : 126);
    }
    for (int waited = 0; device_of(target) == before; waited++) {
        int status;
        if (waitpid(pid, &status, WNOHANG) == pid)
            die(125, "mounting the root file system: %s %s", arguments[0],
                WEXITSTATUS(status) == 127 ? "not found\nhint: sudo apt install fuse-overlayfs"
                                           : "failed\nhint: /dev/fuse must be there, with mode 666");
        if (waited > FUSE_DEADLINE_MS)
            die(125, "mounting the root file system: %s does not answer", arguments[0]);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    free(arguments);
}

/* A volume whose owner or mode was asked for keeps it: any other one looks like the directory that it covers.
 */
static void copy_up(const struct plan_op *op) {
    const char *volume = op->args[2].data;
    struct stat before;
    if (stat(volume, &before) < 0)
        die_errno(125, "looking at the volume %s", volume);
    tree_copy_up(op->args[0].data, op->args[1].data, volume);
    if (before.st_uid == 0 && before.st_gid == 0 && (before.st_mode & 07777) == 0755)
        return;
    if (chown(volume, before.st_uid, before.st_gid) < 0 || chmod(volume, before.st_mode & 07777) < 0)
        die_errno(125, "giving the volume %s its owner", volume);
}

void rootfs_directories(const struct plan_op *op) {
    for (size_t i = 1; i < op->count; i++)
        if (mkdir(op->args[i].data, 0700) == 0 ? chmod(op->args[i].data, (mode_t)op->args[0].number) < 0
                                               : errno != EEXIST)
            die_errno(125, "making %s", op->args[i].data);
}

void rootfs_mount(const struct plan *plan) {
    shared_mounts(plan, false);
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_op *op = &plan->ops[i];
        if (op->code == PLAN_ROOTFS_OVERLAY)
            overlay_mount(plan, op);
        else if (op->code == PLAN_ROOTFS_DIRECTORIES)
            rootfs_directories(op);
        else if (op->code == PLAN_ROOTFS_BIND)
            mount_bind(op);
        else if (op->code == PLAN_ROOTFS_FUSE)
            mount_fuse(op);
        else if (op->code == PLAN_COPY_UP)
            copy_up(op);
        else if (op->code == PLAN_CHOWN_TREE)
            tree_chown(op->args[0].data, (uid_t)op->args[1].number, (gid_t)op->args[2].number);
    }
}

void rootfs_unmount(const struct plan *plan) {
    for (size_t i = plan->count; i-- > 0;) {
        const struct plan_op *op = &plan->ops[i];
        if (op->code == PLAN_ROOTFS_OVERLAY || op->code == PLAN_ROOTFS_FUSE || op->code == PLAN_SHARED_MOUNT)
            umount2(op->args[0].data, MNT_DETACH);
        else if (op->code == PLAN_ROOTFS_BIND)
            umount2(op->args[1].data, MNT_DETACH);
    }
}
