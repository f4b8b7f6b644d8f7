#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "tree_walk.h"

struct owner {
    uid_t uid;
    gid_t gid;
};

/* chown(2) takes the set-uid and set-gid bits away; they are put back on the very same inode. */
static void restore_mode(int fd, mode_t mode, const char *path) {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (chmod(link, mode & 07777) < 0 && errno != EPERM)
        die_errno(125, "restoring the mode of \"%s\"", path);
}

static void give(int directory, const char *name, const char *path, const struct owner *owner) {
    int autoclose fd = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return;
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        die_errno(125, "reading the status of \"%s\"", path);
    if (status.st_uid == owner->uid && status.st_gid == owner->gid)
        return;
    if (fchownat(fd, "", owner->uid, owner->gid, AT_EMPTY_PATH) < 0)
        die_errno(125, "changing the owner of \"%s\" to %u:%u", path, owner->uid, owner->gid);
    if (S_ISREG(status.st_mode) && status.st_mode & (S_ISUID | S_ISGID))
        restore_mode(fd, status.st_mode, path);
}

static void give_entry(const struct tree_entry *entry, enum tree_moment moment, void *context) {
    if (moment != TREE_LEAVE)
        give(entry->directory, entry->name, entry->path, context);
}

void tree_chown(const char *path, uid_t uid, gid_t gid) {
    struct owner owner = {uid, gid};
    give(AT_FDCWD, path, path, &owner);
    int autoclose top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (top < 0 && (errno == ENOTDIR || errno == ELOOP))
        return;
    if (top < 0)
        die_errno(125, "opening \"%s\"", path);
    tree_walk(top, path, false, give_entry, &owner);
}
