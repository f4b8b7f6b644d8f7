#include "tree_attributes.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"

static bool is_optional(const char *name) {
    bool privileged = strncmp(name, "security.", 9) == 0 || strncmp(name, "trusted.", 8) == 0;
    return privileged && strcmp(name, "security.capability") != 0;
}

static void copy_one(const struct tree_entry *entry, const char *name, int to,
                     const struct tree_rules *rules) {
    static char value[XATTR_SIZE_MAX];
    ssize_t size = lgetxattr(entry->name, name, value, sizeof value);
    if (size < 0 && (errno == ENODATA || errno == EPERM))
        return;
    if (size < 0)
        die_errno(125, "reading attribute %s of \"%s\"", name, entry->path);
    if (rules->attribute)
        size = rules->attribute(&name, value, (size_t)size, rules->context);
    if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0) == 0 || errno == ENOTSUP)
        return;
    if (errno != EPERM || !is_optional(name))
        die_errno(125, "setting attribute %s of the copy of \"%s\"", name, entry->path);
}

void tree_attributes_copy(const struct tree_entry *entry, int to, const struct tree_rules *rules) {
    static char names[XATTR_LIST_MAX];
    /* the calls for links need a path: a name in the working directory is the shortest */
    if (fchdir(entry->directory) < 0)
        die_errno(125, "entering the directory of \"%s\"", entry->path);
    ssize_t size = llistxattr(entry->name, names, sizeof names);
    if (size < 0 && errno != ENOTSUP)
        die_errno(125, "listing the attributes of \"%s\"", entry->path);
    for (const char *name = names; name < names + size; name += strlen(name) + 1)
        copy_one(entry, name, to, rules);
}
