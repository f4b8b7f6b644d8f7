#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "tree_walk.h"

static void remove_entry(const struct tree_entry *entry, enum tree_moment moment, void *context) {
    (void)context;
    if (moment == TREE_ENTER)
        return;
    int flags = moment == TREE_LEAVE ? AT_REMOVEDIR : 0;
    if (unlinkat(entry->directory, entry->name, flags) == 0 || errno == ENOENT)
        return;
    /* the directory that holds it may be without write permission, for whoever has no capability over it */
    if (errno == EACCES && fchmod(entry->directory, 0700) == 0 &&
        unlinkat(entry->directory, entry->name, flags) == 0)
        return;
    die_errno(125, "removing \"%s\"", entry->path);
}

void tree_remove(const char *path) {
    int autoclose directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0 && errno == EACCES && chmod(path, 0700) == 0)
        directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0 && (errno == ENOTDIR || errno == ELOOP)) {
        if (unlink(path) < 0 && errno != ENOENT)
            die_errno(125, "removing \"%s\"", path);
        return;
    }
    if (directory < 0 && errno == ENOENT)
        return;
    if (directory < 0)
        die_errno(125, "removing \"%s\"", path);
    tree_walk(directory, path, true, remove_entry, NULL);
    if (rmdir(path) < 0 && errno != ENOENT)
        die_errno(125, "removing \"%s\"", path);
}
