#include "tree_meta.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"
#include "id_maps.h"
#include "io.h"
#include "rootfs.h"
#include "tree_replicate.h"

struct source {
    int directory;
    char *prefix; /* of redirects: the names of the two directories that hold the data */
};

struct meta {
    struct id_maps maps;
    struct source *sources; /* the layers, from top to bottom */
    size_t count;
    size_t top; /* bytes of a path before it is that of the container */
};

static void shift_owner(struct stat *status, const char *path, void *context) {
    const struct meta *meta = context;
    uint32_t uid = id_maps_shift(&meta->maps, 'u', status->st_uid);
    uint32_t gid = id_maps_shift(&meta->maps, 'g', status->st_gid);
    if (uid == NO_ID || gid == NO_ID)
        die(125,
            "the owner %u:%u of \"%s\" has no place in the id map: use a map that holds it (--uidmap, "
            "--gidmap)",
            status->st_uid, status->st_gid, path + meta->top);
    status->st_uid = uid;
    status->st_gid = gid;
}

static ssize_t shift_attribute(const char **name, char *value, size_t size, void *context) {
    const struct meta *meta = context;
    /* of overlayfs's own, only what says which names are hidden holds for another directory */
    bool hides = strcmp(*name, "user.overlay.opaque") == 0 || strcmp(*name, "user.overlay.whiteout") == 0;
    if (strncmp(*name, "user.overlay.", 13) == 0 && !hides)
        return -1;
    return id_maps_shift_attribute(&meta->maps, *name, value, size);
}

/*
 * The layer that a file of the merged tree comes from: the topmost that has it. What hides a name, a
 * whiteout, an opaque directory or a symbolic link in its path, would have hidden it in the merged tree too.
 */
static const struct source *source_of(const struct meta *meta, const char *path) {
    struct stat status;
    for (size_t i = 0; i < meta->count; i++)
        if (meta->count == 1 ||
            (fstatat(meta->sources[i].directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
             S_ISREG(status.st_mode)))
            return &meta->sources[i];
    die(125, "no layer has the file \"%s\"", path);
}

/* An empty metacopy attribute is its first format: no digest (fs/overlayfs/overlayfs.h, struct ovl_metacopy).
 */
static void point_at_data(int target, const struct tree_entry *entry, const struct stat *status,
                          void *context) {
    const struct meta *meta = context;
    if (status->st_size == 0)
        return;
    char redirect[PATH_MAX * 2];
    const char *path = entry->path + entry->top;
    int length = snprintf(redirect, sizeof redirect, "%s/%s", source_of(meta, path)->prefix, path);
    if (length < 0 || (size_t)length >= sizeof redirect)
        die(125, "the path \"%.100s...\" is too long", entry->path);
    if (ftruncate(target, status->st_size) < 0)
        die_errno(125, "setting the size of the copy of \"%s\"", entry->path);
    if (fsetxattr(target, "user.overlay.metacopy", "", 0, 0) < 0 ||
        fsetxattr(target, "user.overlay.redirect", redirect, (size_t)length, 0) < 0)
        die_errno(125, "pointing the copy of \"%s\" at its data", entry->path);
}

/* "/a/b/c/d" gives "/c/d". */
static char *last_two_names(const char *path) {
    const char *slash = strrchr(path, '/');
    while (slash && slash > path && *--slash != '/')
        continue;
    if (path[0] != '/' || !slash || slash[1] == '\0' || slash == strrchr(path, '/'))
        die(125, "the layer \"%s\" is not two directories below that of the data", path);
    return strdup(slash);
}

static int open_layer(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        die_errno(125, "opening the layer \"%s\"", path);
    return fd;
}

/* The arguments from the third on that are layers; what follows are maps. */
static void read_layers(struct meta *meta, const struct plan_op *op) {
    meta->sources = calloc(op->count, sizeof *meta->sources);
    if (!meta->sources)
        die(125, "working on layers: out of memory");
    for (size_t i = 2; i < op->count && op->args[i].data[0] == '/'; i++)
        meta->sources[meta->count++] =
            (struct source){open_layer(op->args[i].data), last_two_names(op->args[i].data)};
    if (meta->count == 0)
        die(125, "working on layers: none is named");
}

/* Several layers are looked at as overlayfs shows them, in a mount namespace that goes with this process. */
static int open_merged(const struct plan_op *op, size_t layers) {
    const struct plan none = {0};
    struct plan_arg args[op->count + 2u];
    const char *place = op->args[1].data;
    if (layers == 1)
        return open_layer(op->args[2].data);
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        die_errno(125, "making a mount namespace");
    args[0] = args[1] = args[2] = op->args[1];
    args[3] = (struct plan_arg){.number = PLAN_OVERLAY_READONLY | PLAN_OVERLAY_USERXATTR};
    memcpy(args + 4, op->args + 2, layers * sizeof *args);
    overlay_mount(&none, &(struct plan_op){PLAN_ROOTFS_OVERLAY, (uint16_t)(layers + 4), args});
    return open_layer(place);
}

static void free_meta(struct meta *meta) {
    for (size_t i = 0; i < meta->count; i++) {
        close_fd(&meta->sources[i].directory);
        free(meta->sources[i].prefix);
    }
    free(meta->sources);
    id_maps_free(&meta->maps);
}

void tree_meta(const struct plan_op *op) {
    const char *target = op->args[0].data;
    struct meta meta = {0};
    read_layers(&meta, op);
    id_maps_parse(&meta.maps, op, 2 + meta.count);
    int autoclose from = open_merged(op, meta.count);
    int autoclose to = mkdir(target, 0700) < 0 ? -1 : open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (to < 0)
        die_errno(125, "making the metadata-only layer \"%s\"", target);
    struct tree_rules rules = {
        .fill = point_at_data, .owner = shift_owner, .attribute = shift_attribute, .context = &meta};
    const char *path = meta.count == 1 ? op->args[2].data : op->args[1].data;
    meta.top = strlen(path);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    tree_replicate(from, path, to, &rules, processors > 4 ? 4 : processors < 1 ? 1 : (unsigned)processors);
    if (meta.count > 1)
        umount2(op->args[1].data, MNT_DETACH);
    free_meta(&meta);
}
