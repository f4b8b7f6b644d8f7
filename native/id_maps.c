#include "id_maps.h"

#include <endian.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"

struct id_map {
    char kind; /* u, g */
    uint32_t from, to, size;
};

void id_maps_parse(struct id_maps *maps, const struct plan_op *op, size_t first) {
    maps->maps = calloc(op->count + 1u, sizeof *maps->maps);
    if (!maps->maps)
        die(125, "reading id maps: out of memory");
    for (size_t i = first; i < op->count; i++) {
        struct id_map *map = &maps->maps[maps->count++];
        char rest;
        if (sscanf(op->args[i].data, "%c %u %u %u%c", &map->kind, &map->from, &map->to, &map->size, &rest) !=
            4)
            die(125, "not an id map: \"%s\"", op->args[i].data);
    }
}

void id_maps_free(struct id_maps *maps) {
    free(maps->maps);
    *maps = (struct id_maps){0};
}

uint32_t id_maps_shift(const struct id_maps *maps, char kind, uint32_t id) {
    if (maps->count == 0)
        return id;
    for (size_t i = 0; i < maps->count; i++) {
        const struct id_map *map = &maps->maps[i];
        if (map->kind == kind && id >= map->from && id - map->from < map->size)
            return map->to + (id - map->from);
    }
    return NO_ID;
}

/* The root of the user namespace that gets the capabilities (capabilities(7), version 3); version 2 means
 * this one's. */
static ssize_t shift_capability(const struct id_maps *maps, char *value, size_t size) {
    struct vfs_ns_cap_data data = {0};
    if (size != XATTR_CAPS_SZ_2 && size != XATTR_CAPS_SZ_3)
        return (ssize_t)size;
    memcpy(&data, value, size);
    uint32_t root = id_maps_shift(maps, 'u', le32toh(data.rootid));
    if (root == NO_ID || root == le32toh(data.rootid))
        return (ssize_t)size;
    uint32_t flags = le32toh(data.magic_etc) & ~(uint32_t)VFS_CAP_REVISION_MASK;
    data.magic_etc = htole32((root == 0 ? VFS_CAP_REVISION_2 : VFS_CAP_REVISION_3) | flags);
    data.rootid = htole32(root);
    size = root == 0 ? XATTR_CAPS_SZ_2 : XATTR_CAPS_SZ_3;
    memcpy(value, &data, size);
    return (ssize_t)size;
}

/* A POSIX access control list: a version, then per entry u16 tag, u16 permissions, u32 id (little-endian). */
static ssize_t shift_list(const struct id_maps *maps, char *value, size_t size) {
    for (size_t at = 4; at + 8 <= size; at += 8) {
        uint16_t tag;
        uint32_t id;
        memcpy(&tag, value + at, sizeof tag);
        memcpy(&id, value + at + 4, sizeof id);
        bool user = le16toh(tag) == 2, group = le16toh(tag) == 8;
        if (!user && !group)
            continue;
        id = htole32(id_maps_shift(maps, user ? 'u' : 'g', le32toh(id)));
        memcpy(value + at + 4, &id, sizeof id);
    }
    return (ssize_t)size;
}

ssize_t id_maps_shift_attribute(const struct id_maps *maps, const char *name, char *value, size_t size) {
    if (strcmp(name, "security.capability") == 0)
        return shift_capability(maps, value, size);
    if (strncmp(name, "system.posix_acl_", 17) == 0)
        return shift_list(maps, value, size);
    return (ssize_t)size;
}
