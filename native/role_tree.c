/* tree FD [SOCKET]: carries out the ops of a plan that work on files, in their order, as uid 0 of the common
 * user namespace. Mounts are made in the mount namespace of the caller. With a socket the plan is complete
 * when a byte comes. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "cgroup.h"
#include "die.h"
#include "io.h"
#include "plan.h"
#include "roles.h"
#include "rootfs.h"
#include "shared_mount.h"
#include "tree.h"
#include "tree_changes.h"
#include "tree_layer.h"
#include "tree_meta.h"
#include "tree_own.h"
#include "tree_settle.h"
#include "tree_size.h"
#include "tree_tar.h"
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

/* The directories that TREE_DIRECTORY ops told of. */
static struct {
    struct layer *layers;
    size_t count;
} told;

static void tell(const struct plan_op *op) {
    told.layers = realloc(told.layers, (told.count + 1) * sizeof *told.layers);
    if (!told.layers)
        die(125, "working on layers: out of memory");
    struct layer *layer = &told.layers[told.count++];
    *layer = (struct layer){.path = op->args[0].data};
    layer->dot_whiteouts = op->args[1].number & PLAN_TREE_DOT_WHITEOUTS;
    id_maps_parse(&layer->maps, op, 2);
}

static struct layer layer_of(const char *path) {
    for (size_t i = 0; i < told.count; i++)
        if (strcmp(told.layers[i].path, path) == 0)
            return told.layers[i];
    return (struct layer){.path = path};
}

/* The layers that the arguments of an op from `first` on name. */
static struct layer *layers_of(const struct plan_op *op, size_t first, size_t least) {
    struct layer *layers = calloc(op->count, sizeof *layers);
    if (!layers || op->count < first + least)
        die(125, "working on layers: %s", layers ? "none is named" : "out of memory");
    for (size_t i = first; i < op->count; i++)
        layers[i - first] = layer_of(op->args[i].data);
    return layers;
}

static void print_changes(const struct plan_op *op) {
    struct layer *layers = layers_of(op, 0, 1);
    tree_changes_of_layer(layers, op->count);
    free(layers);
}

static void compare(const struct plan_op *op) {
    size_t first = op->args[0].number, count = op->count - 1u;
    struct layer *layers = layers_of(op, 1, first);
    tree_changes_between(layers, first, layers + first, count - first);
    free(layers);
}

static void archive(const struct plan_op *op) {
    struct layer *layers = layers_of(op, 2, 1);
    const char *path = op->args[0].data;
    uint64_t size = tree_tar(path, layers, op->count - 2u, op->args[1].number);
    free(layers);
    if (strcmp(path, "-") != 0 && dprintf(1, "%" PRIu64 "\n", size) < 0)
        die_errno(125, "printing the size of the archive");
}

static void make_layer(const struct plan_op *op) {
    struct layer upper = layer_of(op->args[0].data);
    tree_layer(&upper, op->args[1].data);
}

/* Whoever does not answer, or has died, wants no more. */
static void ask(int socket) {
    char answer = 0;
    if (send_full(socket, &answer, 1) < 0 || read_full(socket, &answer, 1) != 1)
        exit(0);
}

static void unmount(const char *path) {
    if (umount2(path, UMOUNT_NOFOLLOW) < 0 && errno != EINVAL && errno != ENOENT)
        die_errno(125, "unmounting \"%s\"", path);
}

/* The files of a control group go with it. */
static void remove_path(const char *path) {
    struct statfs place;
    if (statfs(path, &place) == 0 && place.f_type == CGROUP2_SUPER_MAGIC)
        return cgroup_remove_groups(path);
    tree_remove_by_two(path);
}

static void carry_out(const struct plan *plan, const struct plan_op *op) {
    const struct plan_arg *args = op->args;
    switch (op->code) {
    case PLAN_TREE_REMOVE:
        return remove_path(args[0].data);
    case PLAN_TREE_SIZE:
        return print_size(args[0].data);
    case PLAN_TREE_META:
        return tree_meta(op);
    case PLAN_TREE_RENAME:
        return move(args[0].data, args[1].data);
    case PLAN_TREE_LOCK:
        return lock(args[0].data);
    case PLAN_TREE_DIRECTORY:
        return tell(op);
    case PLAN_TREE_CHANGES:
        return print_changes(op);
    case PLAN_TREE_COMPARE:
        return compare(op);
    case PLAN_TREE_LAYER:
        return make_layer(op);
    case PLAN_TREE_SETTLE:
        return tree_settle(args[0].data, args[1].number, (time_t)args[2].number);
    case PLAN_TREE_TAR:
        return archive(op);
    case PLAN_TREE_ASK:
        return ask((int)args[0].number);
    case PLAN_TREE_UNMOUNT:
        return unmount(args[0].data);
    case PLAN_ROOTFS_DIRECTORIES:
        return rootfs_directories(op);
    case PLAN_ROOTFS_OVERLAY:
        return overlay_mount(plan, op);
    case PLAN_COPY_UP:
        return tree_copy_up(args[0].data, args[1].data, args[2].data);
    case PLAN_CHOWN_TREE:
        return tree_chown(args[0].data, (uid_t)args[1].number, (gid_t)args[2].number);
    }
}

/* With NS_NEW nobody else sees them, and they go with this process. */
static void mount_shared(const struct plan *plan) {
    bool own = plan_number(plan, PLAN_NS_NEW, 0, 0) & CLONE_NEWNS;
    if (own && (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0))
        die_errno(125, "making a mount namespace");
    shared_mounts(plan, false);
}

int role_tree(int argc, char **argv) {
    if (argc != 3 && argc != 4)
        die(125, "usage: tspod-helper tree FD [SOCKET]");
    char complete;
    if (argc == 4 && read_full(atoi(argv[3]), &complete, 1) != 1)
        return 0;
    struct plan plan;
    plan_read(&plan, atoi(argv[2]));
    const char *own = plan_string(&plan, PLAN_TREE_ONLY_OWN, 0, NULL);
    if (own && !tree_is_own(own))
        return PLAN_TREE_OTHERS;
    userns_enter_common(&plan, false);
    mount_shared(&plan);
    for (size_t i = 0; i < plan.count; i++)
        carry_out(&plan, &plan.ops[i]);
    return 0;
}
