/* copy FD: copies files between this machine and containers, as uid 0 of the common user namespace. A
 * container that does not run is mounted (ROOTFS_ ops) in a mount namespace of this process's own. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "copy.h"
#include "die.h"
#include "io.h"
#include "plan.h"
#include "roles.h"
#include "rootfs.h"
#include "userns.h"

static void mount_roots(const struct plan *plan) {
    uint64_t namespaces = plan_number(plan, PLAN_NS_NEW, 0, 0);
    if (!namespaces)
        return;
    if (unshare((int)namespaces) < 0)
        die_errno(125, "making a mount namespace");
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
        die_errno(125, "keeping mounts inside the new mount namespace");
    rootfs_mount(plan);
}

/* fuse-overlayfs ends with this process: what it has not written yet would be lost. */
static void finish_roots(const struct plan *plan, const struct copy_place *to) {
    if (plan_find(plan, PLAN_ROOTFS_FUSE) && to->container) {
        int autoclose root = copy_place_open(to, "/.", O_RDONLY | O_DIRECTORY);
        if (root < 0 || syncfs(root) < 0)
            die_errno(125, "writing the files of container \"%s\"", to->container);
    }
    if (plan_find(plan, PLAN_NS_NEW))
        rootfs_unmount(plan);
}

/* Every directory on the way down is open. */
static void allow_depth(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int open_writable(const struct copy_place *place, int fd) {
    int readable = fd < 0 ? -1 : openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (readable < 0)
        die_errno(125, "opening the directory of \"%s\"", place->typed);
    return readable;
}

/* What is there is replaced, or filled when it is a directory; what is not there is made. */
static void copy_to_place(const struct copy_place *from, const struct copy_found *source,
                          const struct copy_place *to, const struct copy_rules *rules) {
    struct copy_found target;
    copy_place_find(to, &target);
    bool exists = target.fd >= 0, into = exists && S_ISDIR(target.status.st_mode);
    bool directory = S_ISDIR(source->status.st_mode);
    if (exists && !into && !to->container && !S_ISREG(target.status.st_mode))
        die(125, "invalid destination: \"%s\" must be a directory or a regular file", to->typed);
    if (exists && !into && directory)
        die(125, "destination must be a directory when copying a directory");
    int end = open_writable(to, into ? target.fd : target.parent);
    const char *name = into ? source->name : target.name;
    if (directory && into && (from->dot || !source->name))
        name = "";
    copy_to_tree(from, source, name, end, rules);
}

static bool is_below(const char *path, const char *directory) {
    size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static void find_source(struct copy_place *from, struct copy_found *source) {
    copy_place_find(from, source);
    if (source->fd < 0)
        copy_place_missing(from, ENOENT);
    bool device = is_below(from->path, "/dev") && !is_below(from->path, "/dev/shm");
    if (from->container && from->running && (device || copy_is_of_kernel(source->fd)))
        die(125, "\"%s\" of container %s is not copied: what is in /dev, /proc and /sys is the machine's",
            from->typed, from->container);
    /* of a link that was typed the machine's side keeps the name */
    const char *name = strrchr(from->path, '/') + 1;
    if (!from->container && source->name && name[0])
        source->name = strdup(name);
}

static void copy_from_stdin(const struct copy_place *to, const struct copy_rules *rules) {
    struct copy_found target;
    copy_place_find(to, &target);
    if (target.fd < 0 || !S_ISDIR(target.status.st_mode))
        die(125, "destination must be a directory when copying from stdin");
    /* all that follows is below it */
    copy_from_records(to, rules);
}

int role_copy(int argc, char **argv) {
    static struct plan plan;
    static struct copy_place from, to;
    if (argc != 3)
        die(125, "usage: tspod-helper copy FD");
    plan_read(&plan, atoi(argv[2]));
    userns_enter_common(&plan, false);
    const struct plan_op *source_op = plan_find(&plan, PLAN_COPY_FROM);
    const struct plan_op *target_op = plan_find(&plan, PLAN_COPY_TO);
    mount_roots(&plan);
    umask(0);
    allow_depth();
    if (source_op)
        copy_place_read(&from, source_op);
    if (target_op)
        copy_place_read(&to, target_op);
    uint64_t flags = plan_number(&plan, PLAN_COPY_RULES, 0, 0);
    struct copy_rules rules = {.overwrite = flags & PLAN_COPY_OVERWRITE,
                               .chown = flags & PLAN_COPY_CHOWN,
                               .uid = (uid_t)plan_number(&plan, PLAN_COPY_RULES, 1, 0),
                               .gid = (gid_t)plan_number(&plan, PLAN_COPY_RULES, 2, 0),
                               .to_host = target_op && !to.container,
                               .from = &from.maps,
                               .to = &to.maps};
    struct copy_found source;
    if (source_op)
        find_source(&from, &source);
    if (source_op && target_op)
        copy_to_place(&from, &source, &to, &rules);
    else if (source_op)
        copy_to_archive(&from, &source, &rules);
    else if (target_op)
        copy_from_stdin(&to, &rules);
    finish_roots(&plan, &to);
    return 0;
}
