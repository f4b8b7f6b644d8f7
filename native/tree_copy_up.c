#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#include "die.h"
#include "io.h"
#include "tree_data.h"
#include "tree_replicate.h"

static void fill_copy(int target, const struct tree_entry *entry, const struct stat *status, void *context) {
    (void)context;
    int autoclose from =
        openat(entry->directory, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (from < 0)
        die_errno(125, "opening \"%s\"", entry->path);
    tree_copy_data(from, target, status->st_size, entry->path);
}

static bool is_empty(int directory, const char *path) {
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (!entries)
        die_errno(125, "reading directory \"%s\"", path);
    bool empty = true;
    for (struct dirent *entry = readdir(entries); entry && empty; entry = readdir(entries))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(entries);
    return empty;
}

/* The directory `path` inside root, whatever links there are; -1 where there is none. */
static int open_inside(const char *root, const char *path) {
    int autoclose top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (top < 0)
        die_errno(125, "opening the root file system \"%s\"", root);
    struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    int fd = (int)syscall(SYS_openat2, top, path, &how, sizeof how);
    if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
        die_errno(125, "opening \"%s\" in the image", path);
    return fd;
}

void tree_copy_up(const char *root, const char *path, const char *volume) {
    int autoclose to = open(volume, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (to < 0)
        die_errno(125, "opening the volume directory \"%s\"", volume);
    if (!is_empty(to, volume))
        return;
    int autoclose from = open_inside(root, path);
    if (from < 0)
        return;
    struct tree_rules rules = {.fill = fill_copy};
    tree_replicate(from, path, to, &rules, 1);
}
