#include "tar_attributes.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "die.h"

static bool starts_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

bool tar_attribute_is_kept(const char *name) {
    if (strcmp(name, "security.capability") == 0 || starts_with(name, "system.posix_acl_"))
        return true;
    return starts_with(name, "user.") && !starts_with(name, "user.overlay.") &&
           !starts_with(name, "user.fuseoverlayfs.");
}

static int compare_names(const void *one, const void *other) {
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static void add_attribute(struct tar_writer *tar, const char *path, const char *name,
                          const struct id_maps *maps) {
    static char value[XATTR_SIZE_MAX];
    char key[sizeof "SCHILY.xattr." + XATTR_NAME_MAX];
    ssize_t size = lgetxattr(path, name, value, sizeof value);
    if (size < 0 && (errno == ENODATA || errno == ENOENT))
        return;
    if (size < 0)
        die_errno(125, "reading attribute %s of \"%s\"", name, path);
    size = id_maps_shift_attribute(maps, name, value, (size_t)size);
    snprintf(key, sizeof key, "SCHILY.xattr.%s", name);
    tar_record(tar, key, value, (size_t)size);
}

void tar_attributes(struct tar_writer *tar, int directory, const char *name, const struct id_maps *maps) {
    static char list[XATTR_LIST_MAX], *names[XATTR_LIST_MAX / 2];
    char path[64 + NAME_MAX];
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, name);
    ssize_t size = llistxattr(path, list, sizeof list);
    if (size < 0 && errno != ENOTSUP && errno != ENOENT)
        die_errno(125, "listing the attributes of \"%s\"", path);
    size_t count = 0;
    for (char *at = list; at < list + size; at += strlen(at) + 1)
        if (tar_attribute_is_kept(at))
            names[count++] = at;
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++)
        add_attribute(tar, path, names[i], maps);
}
