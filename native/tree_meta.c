#include "tree_meta.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "tree_replicate.h"

#define NO_ID UINT32_MAX

struct id_map {
    char kind; /* u, g */
    uint32_t inside, outside, size;
};

struct meta {
    struct id_map *maps;
    size_t count;
    char *prefix; /* of redirects: the names of the two directories that hold the data */
};

static uint32_t shifted(const struct meta *meta, char kind, uint32_t id) {
    for (size_t i = 0; i < meta->count; i++) {
        const struct id_map *map = &meta->maps[i];
        if (map->kind == kind && id >= map->inside && id - map->inside < map->size)
            return map->outside + (id - map->inside);
    }
    return NO_ID;
}

static void shift_owner(struct stat *status, const char *path, void *context) {
    uint32_t uid = shifted(context, 'u', status->st_uid), gid = shifted(context, 'g', status->st_gid);
    if (uid == NO_ID || gid == NO_ID)
        die(125,
            "the owner %u:%u of \"%s\" has no place in the id map: use a map that holds it (--uidmap, "
            "--gidmap)",
            status->st_uid, status->st_gid, path);
    status->st_uid = uid;
    status->st_gid = gid;
}

/* The user namespace whose root gets the capabilities, as the common one sees that root (capabilities(7),
 * version 3). */
static ssize_t shift_capability(const struct meta *meta, char *value, size_t size) {
    struct vfs_ns_cap_data data = {0};
    uint32_t root = shifted(meta, 'u', 0);
    if ((size != XATTR_CAPS_SZ_2 && size != XATTR_CAPS_SZ_3) || root == NO_ID || root == 0)
        return (ssize_t)size;
    memcpy(&data, value, size);
    if (le32toh(data.rootid) != 0)
        return (ssize_t)size;
    uint32_t flags = le32toh(data.magic_etc) & ~(uint32_t)VFS_CAP_REVISION_MASK;
    data.magic_etc = htole32(VFS_CAP_REVISION_3 | flags);
    data.rootid = htole32(root);
    memcpy(value, &data, XATTR_CAPS_SZ_3);
    return XATTR_CAPS_SZ_3;
}

/* A POSIX access control list: a version, then per entry u16 tag, u16 permissions, u32 id (little-endian). */
static ssize_t shift_list(const struct meta *meta, char *value, size_t size) {
    for (size_t at = 4; at + 8 <= size; at += 8) {
        uint16_t tag;
        uint32_t id;
        memcpy(&tag, value + at, sizeof tag);
        memcpy(&id, value + at + 4, sizeof id);
        bool user = le16toh(tag) == 2, group = le16toh(tag) == 8;
        if (!user && !group)
            continue;
        id = htole32(shifted(meta, user ? 'u' : 'g', le32toh(id)));
        memcpy(value + at + 4, &id, sizeof id);
    }
    return (ssize_t)size;
}

static ssize_t shift_attribute(const char *name, char *value, size_t size, void *context) {
    if (strcmp(name, "security.capability") == 0)
        return shift_capability(context, value, size);
    if (strncmp(name, "system.posix_acl_", 17) == 0)
        return shift_list(context, value, size);
    /* of overlayfs's own, only what says which names are hidden holds for another directory */
    bool hides = strcmp(name, "user.overlay.opaque") == 0 || strcmp(name, "user.overlay.whiteout") == 0;
    if (strncmp(name, "user.overlay.", 13) == 0 && !hides)
        return -1;
    return (ssize_t)size;
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

static void parse_maps(struct meta *meta, const struct plan_op *op) {
    meta->maps = calloc(op->count + 1u, sizeof *meta->maps);
    if (!meta->maps)
        die(125, "making a metadata-only layer: out of memory");
    for (size_t i = 2; i < op->count; i++) {
        struct id_map *map = &meta->maps[meta->count++];
        char rest;
        if (sscanf(op->args[i].data, "%c %u %u %u%c", &map->kind, &map->inside, &map->outside, &map->size,
                   &rest) != 4)
            die(125, "not an id map: \"%s\"", op->args[i].data);
    }
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
    parse_maps(&meta, op);
    struct tree_rules rules = {point_at_data, shift_owner, shift_attribute, &meta};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    tree_replicate(from, source, to, &rules, processors > 4 ? 4 : processors < 1 ? 1 : (unsigned)processors);
    free(meta.prefix);
    free(meta.maps);
}
