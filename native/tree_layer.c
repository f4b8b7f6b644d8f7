#include "tree_layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "tar_attributes.h"
#include "tree_data.h"
#include "tree_replicate.h"

static void fill(int target, const struct tree_entry *entry, const struct stat *status, void *context) {
    (void)context;
    int autoclose from =
        openat(entry->directory, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (from < 0)
        die_errno(125, "opening \"%s\"", entry->path);
    char value;
    if (fgetxattr(from, "user.overlay.metacopy", &value, 0) >= 0)
        die(125, "\"%s\" has no data of its own (user.overlay.metacopy)", entry->path);
    tree_copy_data(from, target, status->st_size, entry->path);
}

static void shift_owner(struct stat *status, const char *path, void *context) {
    const struct layer *upper = context;
    uint32_t uid = id_maps_shift(&upper->maps, 'u', status->st_uid);
    uint32_t gid = id_maps_shift(&upper->maps, 'g', status->st_gid);
    if (uid == NO_ID || gid == NO_ID)
        die(125, "the owner %u:%u of \"%s\" is not in the id map of the container", status->st_uid,
            status->st_gid, path);
    status->st_uid = uid;
    status->st_gid = gid;
    status->st_mtim.tv_nsec = 0;
}

static ssize_t keep_attribute(const char **name, char *value, size_t size, void *context) {
    const struct layer *upper = context;
    if (strcmp(*name, "user.fuseoverlayfs.opaque") == 0)
        *name = "user.overlay.opaque";
    if (strcmp(*name, "user.overlay.opaque") == 0)
        return size == 1 && value[0] == 'y' ? 1 : -1;
    if (!tar_attribute_is_kept(*name))
        return -1;
    return id_maps_shift_attribute(&upper->maps, *name, value, size);
}

static void make_whiteout(int parent, const char *name) {
    if (mknodat(parent, name, S_IFCHR, 0) < 0 && errno != EEXIST)
        die_errno(125, "making the whiteout of \"%s\"", name);
}

/* Whiteouts in all their forms, and what no layer can hold. */
static bool make_other(int parent, const struct tree_entry *entry, const struct stat *status, void *context) {
    const struct layer *upper = context;
    bool dotted = strncmp(entry->name, ".wh.", 4) == 0;
    if (S_ISDIR(status->st_mode) && !dotted)
        return false;
    if (S_ISSOCK(status->st_mode))
        return true;
    if (layers_is_whiteout(entry->directory, entry->name, status)) {
        make_whiteout(parent, entry->name);
        return true;
    }
    if (!dotted)
        return false;
    if (!upper->dot_whiteouts) {
        dprintf(2, "\"/%s\" left out: in an image its name means a file that was removed\n",
                entry->path + entry->top);
    } else if (strcmp(entry->name, ".wh..wh..opq") == 0) {
        if (fsetxattr(parent, "user.overlay.opaque", "y", 1, 0) < 0)
            die_errno(125, "making the copy of the directory of \"%s\" opaque", entry->path);
    } else if (strncmp(entry->name, ".wh..wh.", 8) != 0) {
        make_whiteout(parent, entry->name + 4);
    }
    return true;
}

void tree_layer(const struct layer *upper, const char *target) {
    int autoclose from = open(upper->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (from < 0)
        die_errno(125, "opening \"%s\"", upper->path);
    int autoclose to = mkdir(target, 0700) < 0 ? -1 : open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (to < 0)
        die_errno(125, "making the layer \"%s\"", target);
    struct tree_rules rules = {.fill = fill,
                               .owner = shift_owner,
                               .attribute = keep_attribute,
                               .other = make_other,
                               .context = (void *)upper};
    tree_replicate(from, upper->path, to, &rules, 1);
}
