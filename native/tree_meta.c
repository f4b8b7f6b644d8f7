#include "tree_meta.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"
#include "id_maps.h"
#include "io.h"
#include "tree_replicate.h"

struct meta {
    struct id_maps maps;
    char *prefix; /* of redirects: the names of the two directories that hold the data */
};

static void shift_owner(struct stat *status, const char *path, void *context) {
    const struct meta *meta = context;
    uint32_t uid = id_maps_shift(&meta->maps, 'u', status->st_uid);
    uint32_t gid = id_maps_shift(&meta->maps, 'g', status->st_gid);
    if (uid == NO_ID || gid == NO_ID)
        die(125,
            "the owner %u:%u of \"%s\" has no place in the id map: use a map that holds it (--uidmap, "
            "--gidmap)",
            status->st_uid, status->st_gid, path);
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

/* An empty metacopy attribute is its first format: no digest (fs/overlayfs/overlayfs.h, struct ovl_metacopy).
 */
static void point_at_data(int target, const struct tree_entry *entry, const struct stat *status,
                          void *context) {
    const struct meta *meta = context;
    if (status->st_size == 0)
        return;
    char redirect[PATH_MAX * 2];
    int length = snprintf(redirect, sizeof redirect, "%s/%s", meta->prefix, entry->path + entry->top);
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

void tree_meta(const struct plan_op *op) {
    const char *source = op->args[0].data, *target = op->args[1].data;
    int autoclose from = open(source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (from < 0)
        die_errno(125, "opening the layer \"%s\"", source);
    int autoclose to = mkdir(target, 0700) < 0 ? -1 : open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (to < 0)
        die_errno(125, "making the metadata-only layer \"%s\"", target);
    struct meta meta = {.prefix = last_two_names(source)};
    id_maps_parse(&meta.maps, op, 2);
    struct tree_rules rules = {
        .fill = point_at_data, .owner = shift_owner, .attribute = shift_attribute, .context = &meta};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    tree_replicate(from, source, to, &rules, processors > 4 ? 4 : processors < 1 ? 1 : (unsigned)processors);
    free(meta.prefix);
    id_maps_free(&meta.maps);
}
