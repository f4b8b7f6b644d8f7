#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "rootfs.h"

#define DATA_PAGE 4096

struct options {
    char *text;
    size_t length, room;
};

static void add(struct options *options, const char *text) {
    size_t length = strlen(text);
    if (options->length + length + 1 > options->room)
        options->text = realloc(options->text, options->room = (options->length + length + 1) * 2);
    if (!options->text)
        die(125, "out of memory");
    memcpy(options->text + options->length, text, length + 1);
    options->length += length;
}

/* A colon separates layers, a comma options; both and the backslash are escaped by one. */
static void add_path(struct options *options, const char *path) {
    char one[3] = {0};
    for (; *path; path++) {
        one[0] = *path == ':' || *path == ',' || *path == '\\' ? '\\' : *path;
        one[1] = one[0] == '\\' ? *path : '\0';
        add(options, one);
    }
}

static void add_lowers(struct options *options, const struct plan *plan, const struct plan_op *op) {
    const char *separator = "lowerdir=";
    for (size_t i = 4; i < op->count; i++, separator = ":") {
        add(options, separator);
        add_path(options, op->args[i].data);
    }
    const struct plan_op *data = plan_find(plan, PLAN_ROOTFS_DATA);
    for (size_t i = 0; data && i < data->count; i++) {
        add(options, "::");
        add_path(options, data->args[i].data);
    }
}

static void add_upper(struct options *options, const struct plan_op *op) {
    uint64_t flags = op->args[3].number;
    if (!(flags & PLAN_OVERLAY_READONLY)) {
        add(options, ",upperdir=");
        add_path(options, op->args[1].data);
        add(options, ",workdir=");
        add_path(options, op->args[2].data);
        if (flags & PLAN_OVERLAY_VOLATILE)
            add(options, ",volatile");
    }
    if (flags & PLAN_OVERLAY_USERXATTR)
        add(options, ",userxattr");
}

static void configure(int fd, const char *key, const char *value) {
    unsigned command = value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
    if (syscall(SYS_fsconfig, fd, command, key, value, 0) < 0)
        die_errno(125, "mounting the root file system: overlay option %s%s%s", key, value ? "=" : "",
                  value ? value : "");
}

/* The layers one by one (kernel 6.8): for images whose list does not fit a page. */
static void mount_piecewise(const struct plan *plan, const struct plan_op *op) {
    uint64_t flags = op->args[3].number;
    autoclose int fd = (int)syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
    if (fd < 0)
        die_errno(125, "mounting the root file system: opening overlay");
    for (size_t i = 4; i < op->count; i++)
        configure(fd, "lowerdir+", op->args[i].data);
    const struct plan_op *data = plan_find(plan, PLAN_ROOTFS_DATA);
    for (size_t i = 0; data && i < data->count; i++)
        configure(fd, "datadir+", data->args[i].data);
    if (!(flags & PLAN_OVERLAY_READONLY)) {
        configure(fd, "upperdir", op->args[1].data);
        configure(fd, "workdir", op->args[2].data);
        if (flags & PLAN_OVERLAY_VOLATILE)
            configure(fd, "volatile", NULL);
    }
    if (flags & PLAN_OVERLAY_USERXATTR)
        configure(fd, "userxattr", NULL);
    if (syscall(SYS_fsconfig, fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        die_errno(125, "mounting the root file system on %s", op->args[0].data);
    autoclose int tree = (int)syscall(SYS_fsmount, fd, FSMOUNT_CLOEXEC, 0);
    if (tree < 0 ||
        syscall(SYS_move_mount, tree, "", AT_FDCWD, op->args[0].data, MOVE_MOUNT_F_EMPTY_PATH) < 0)
        die_errno(125, "mounting the root file system on %s", op->args[0].data);
}

/* Bytes that all lower and data directories begin with, cut after a slash. */
static size_t shared_prefix(const struct plan *plan, const struct plan_op *op) {
    const struct plan_op *data = plan_find(plan, PLAN_ROOTFS_DATA);
    const char *first = op->args[4].data;
    size_t length = strlen(first);
    for (size_t i = 4; i < op->count + (data ? data->count : 0u); i++) {
        const char *path = i < op->count ? op->args[i].data : data->args[i - op->count].data;
        size_t same = 0;
        while (same < length && first[same] == path[same])
            same++;
        length = same;
    }
    while (length > 0 && first[length - 1] != '/')
        length--;
    return length;
}

/* Older kernels: names relative to the directory that all layers are below. */
static void mount_relative(const struct plan *plan, const struct plan_op *op) {
    size_t prefix = shared_prefix(plan, op);
    struct plan_arg args[op->count];
    memcpy(args, op->args, sizeof args);
    autofree char *directory = strndup(args[4].data, prefix);
    for (size_t i = 4; i < op->count; i++)
        args[i].data += prefix;
    struct plan_op relative = {.code = op->code, .count = op->count, .args = args};
    struct options options = {0};
    add_lowers(&options, plan, &relative);
    add_upper(&options, &relative);
    autofree char *text = options.text;
    if (!directory || options.length >= DATA_PAGE)
        die(125, "mounting the root file system: its %d layers need a newer kernel (6.8)", op->count - 4);
    if (chdir(directory) < 0)
        die_errno(125, "changing to %s", directory);
    if (mount("overlay", op->args[0].data, "overlay", 0, text) < 0)
        die_errno(125, "mounting the root file system on %s", op->args[0].data);
    if (chdir("/") < 0)
        die_errno(125, "changing to /");
}

static _Noreturn void explain(const struct plan_op *op) {
    if (errno == ENOSPC)
        die_errno(125, "mounting the root file system on %s", op->args[0].data);
    die(125,
        "mounting the root file system on %s: %s: overlay was refused here; fuse-overlayfs may serve: see "
        "\"tspod doctor\"",
        op->args[0].data, strerror(errno));
}

void overlay_mount(const struct plan *plan, const struct plan_op *op) {
    if (op->count < 5)
        die(125, "mounting the root file system: no layers");
    struct options options = {0};
    add_lowers(&options, plan, op);
    add_upper(&options, op);
    autofree char *text = options.text;
    if (options.length >= DATA_PAGE) {
        autoclose int probe = (int)syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
        int layered = probe >= 0 && syscall(SYS_fsconfig, probe, FSCONFIG_SET_STRING, "lowerdir+",
                                            op->args[4].data, 0) == 0;
        if (layered)
            mount_piecewise(plan, op);
        else
            mount_relative(plan, op);
    } else if (mount("overlay", op->args[0].data, "overlay", 0, text) < 0) {
        explain(op);
    }
}
