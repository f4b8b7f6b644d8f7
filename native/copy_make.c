#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"
#include "die.h"
#include "io.h"
#include "tree_walk.h"

static void remove_entry(const struct tree_entry *entry, enum tree_moment moment, void *context) {
    (void)context;
    int flags = moment == TREE_LEAVE ? AT_REMOVEDIR : 0;
    if (moment != TREE_ENTER && unlinkat(entry->directory, entry->name, flags) < 0 && errno != ENOENT)
        die_errno(125, "removing \"%s\"", entry->path);
}

static void remove_directory(int parent, const char *name, const char *path) {
    int autoclose fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        die_errno(125, "opening directory \"%s\"", path);
    tree_walk(fd, path, true, remove_entry, NULL);
    if (unlinkat(parent, name, AT_REMOVEDIR) < 0)
        die_errno(125, "removing \"%s\"", path);
}

static bool is_directory(int parent, const char *name) {
    struct stat status;
    return fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

static int open_directory(int parent, const char *name) {
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

void copy_make_room(const struct copy_rules *rules, int parent, const char *name, const char *path) {
    if (!is_directory(parent, name)) {
        if (unlinkat(parent, name, 0) < 0 && errno != ENOENT)
            die_errno(125, "replacing \"%s\"", path);
    } else if (rules->overwrite) {
        remove_directory(parent, name, path);
    } else {
        die(125, "a file cannot replace the directory \"%s\"\nhint: --overwrite allows it", path);
    }
}

int copy_make_directory(const struct copy_rules *rules, int parent, const char *name, const char *path) {
    if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
        die_errno(125, "making the directory \"%s\"", path);
    int fd = open_directory(parent, name);
    if (fd >= 0)
        return fd;
    if (errno != ENOTDIR && errno != ELOOP)
        die_errno(125, "opening the directory \"%s\"", path);
    if (!rules->overwrite)
        die(125, "a directory cannot replace the file \"%s\"\nhint: --overwrite allows it", path);
    if (unlinkat(parent, name, 0) < 0 || mkdirat(parent, name, 0700) < 0 ||
        (fd = open_directory(parent, name)) < 0)
        die_errno(125, "replacing \"%s\" by a directory", path);
    return fd;
}

int copy_make_file(const struct copy_rules *rules, int parent, const char *name, const char *path) {
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(parent, name, flags, 0600);
    if (fd < 0 && errno == EEXIST) {
        /* what is mounted there cannot be replaced: it gets the new content */
        if (!is_directory(parent, name) && unlinkat(parent, name, 0) < 0 && errno == EBUSY)
            fd = openat(parent, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) {
            copy_make_room(rules, parent, name, path);
            fd = openat(parent, name, flags, 0600);
        }
    }
    if (fd < 0)
        die_errno(125, "making the file \"%s\"", path);
    return fd;
}

void copy_owner(const struct copy_rules *rules, struct stat *status, const char *path) {
    uint32_t uid = rules->uid, gid = rules->gid;
    if (!rules->chown) {
        uid = id_maps_shift(rules->to, 'u', id_maps_shift(rules->from, 'u', status->st_uid));
        gid = id_maps_shift(rules->to, 'g', id_maps_shift(rules->from, 'g', status->st_gid));
    }
    if (uid == NO_ID || gid == NO_ID)
        die(125, "the owner %u:%u of \"%s\" has no place in the id map of the container", status->st_uid,
            status->st_gid, path);
    status->st_uid = uid;
    status->st_gid = gid;
}

void copy_finish_owner(int fd, const struct stat *status, const char *path) {
    if (fchown(fd, status->st_uid, status->st_gid) < 0)
        die_errno(125, "changing the owner of \"%s\" to %u:%u", path, status->st_uid, status->st_gid);
    if (fchmod(fd, status->st_mode & 07777) < 0)
        die_errno(125, "changing the mode of \"%s\"", path);
}

void copy_finish_times(int fd, const struct stat *status, const char *path) {
    struct timespec times[] = {status->st_atim, status->st_mtim};
    if (futimens(fd, times) < 0)
        die_errno(125, "changing the times of \"%s\"", path);
}

void copy_finish_special(int parent, const char *name, const struct stat *status, const char *path) {
    struct timespec times[] = {status->st_atim, status->st_mtim};
    struct stat made;
    char link[32];
    int autoclose fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &made) < 0)
        die_errno(125, "opening \"%s\"", path);
    /* the container may have put something else there meanwhile */
    if ((made.st_mode & S_IFMT) != (status->st_mode & S_IFMT))
        die(125, "\"%s\" was changed while it was copied", path);
    if (fchownat(fd, "", status->st_uid, status->st_gid, AT_EMPTY_PATH) < 0)
        die_errno(125, "changing the owner of \"%s\" to %u:%u", path, status->st_uid, status->st_gid);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (!S_ISLNK(status->st_mode) && chmod(link, status->st_mode & 07777) < 0)
        die_errno(125, "changing the mode of \"%s\"", path);
    if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
        die_errno(125, "changing the times of \"%s\"", path);
}
