#include "tree_size.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "inode_map.h"
#include "io.h"
#include "tree_walk.h"

struct counting {
    struct tree_size size;
    struct inode_map seen;
};

static void add(struct counting *counting, const struct stat *status) {
    if (!S_ISDIR(status->st_mode) && status->st_nlink > 1 && inode_map_put(&counting->seen, status, ""))
        return;
    counting->size.allocated += (uint64_t)status->st_blocks * 512;
    if (!S_ISDIR(status->st_mode))
        counting->size.apparent += (uint64_t)status->st_size;
}

static void count(const struct tree_entry *entry, enum tree_moment moment, void *context) {
    struct counting *counting = context;
    if (moment == TREE_LEAVE)
        return;
    struct stat status;
    if (fstatat(entry->directory, entry->name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno == ENOENT)
            return;
        die_errno(125, "reading the status of \"%s\"", entry->path);
    }
    counting->size.entries++;
    add(counting, &status);
}

struct tree_size tree_size(const char *path) {
    struct counting counting = {0};
    int autoclose top = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (top < 0 && errno == ENOENT)
        return counting.size;
    struct stat status;
    if (top < 0 || fstat(top, &status) < 0)
        die_errno(125, "opening \"%s\"", path);
    add(&counting, &status);
    if (S_ISDIR(status.st_mode))
        tree_walk(top, path, false, count, &counting);
    inode_map_free(&counting.seen);
    return counting.size;
}
