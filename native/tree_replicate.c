#include "tree_replicate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"
#include "inode_map.h"
#include "io.h"
#include "tree_attributes.h"

struct replica {
    const struct tree_rules *rules;
    struct inode_map seen;
    int *targets; /* the open directories from the top of the new tree to where the walk is */
    size_t depth, room;
};

static void push_target(struct replica *replica, int fd) {
    if (replica->depth == replica->room) {
        replica->room = replica->room ? replica->room * 2 : 32;
        replica->targets = realloc(replica->targets, replica->room * sizeof *replica->targets);
        if (!replica->targets)
            die(125, "copying a tree of files: out of memory");
    }
    replica->targets[replica->depth++] = fd;
}

static void model_status(const struct replica *replica, const struct tree_entry *entry, struct stat *status) {
    if (fstatat(entry->directory, entry->name, status, AT_SYMLINK_NOFOLLOW) < 0)
        die_errno(125, "reading the status of \"%s\"", entry->path);
    if (replica->rules->owner)
        replica->rules->owner(status, entry->path, replica->rules->context);
}

static void enter_directory(struct replica *replica, const struct tree_entry *entry) {
    int parent = replica->targets[replica->depth - 1];
    if (mkdirat(parent, entry->name, 0700) < 0)
        die_errno(125, "making the directory for \"%s\"", entry->path);
    int fd = openat(parent, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        die_errno(125, "opening the new directory for \"%s\"", entry->path);
    push_target(replica, fd);
}

/* Owner, mode, attributes and times of an open file, in the order in which none undoes another. */
static void finish(const struct replica *replica, int fd, const struct tree_entry *entry,
                   const struct stat *status) {
    bool owned = status->st_uid == geteuid() && status->st_gid == getegid();
    if ((!owned || S_ISDIR(status->st_mode)) && fchown(fd, status->st_uid, status->st_gid) < 0)
        die_errno(125, "changing the owner of the copy of \"%s\" to %u:%u", entry->path, status->st_uid,
                  status->st_gid);
    if ((S_ISDIR(status->st_mode) || status->st_mode & 07000) && fchmod(fd, status->st_mode & 07777) < 0)
        die_errno(125, "changing the mode of the copy of \"%s\"", entry->path);
    tree_attributes_copy(entry, fd, replica->rules);
    struct timespec times[] = {status->st_atim, status->st_mtim};
    if (futimens(fd, times) < 0)
        die_errno(125, "changing the times of the copy of \"%s\"", entry->path);
}

static void leave_directory(struct replica *replica, const struct tree_entry *entry) {
    int autoclose fd = replica->targets[--replica->depth];
    struct stat status;
    model_status(replica, entry, &status);
    finish(replica, fd, entry, &status);
}

static void make_regular(struct replica *replica, int parent, const struct tree_entry *entry,
                         const struct stat *status) {
    int autoclose fd = openat(parent, entry->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                              status->st_mode & 0777);
    if (fd < 0)
        die_errno(125, "making a copy of \"%s\"", entry->path);
    replica->rules->fill(fd, entry, status, replica->rules->context);
    finish(replica, fd, entry, status);
}

static void make_link(int parent, const struct tree_entry *entry) {
    char content[PATH_MAX];
    ssize_t length = readlinkat(entry->directory, entry->name, content, sizeof content - 1);
    if (length < 0)
        die_errno(125, "reading the symbolic link \"%s\"", entry->path);
    content[length] = '\0';
    if (symlinkat(content, parent, entry->name) < 0)
        die_errno(125, "making a copy of the symbolic link \"%s\"", entry->path);
}

/* A symbolic link, a device, a FIFO or a socket. */
static void make_special(int parent, const struct tree_entry *entry, const struct stat *status) {
    if (S_ISLNK(status->st_mode)) {
        make_link(parent, entry);
    } else if (mknodat(parent, entry->name, status->st_mode & ~07000u, status->st_rdev) < 0) {
        if (errno == EPERM)
            return;
        die_errno(125, "making a copy of \"%s\"", entry->path);
    }
    if (fchownat(parent, entry->name, status->st_uid, status->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
        die_errno(125, "changing the owner of the copy of \"%s\" to %u:%u", entry->path, status->st_uid,
                  status->st_gid);
    struct timespec times[] = {status->st_atim, status->st_mtim};
    if (utimensat(parent, entry->name, times, AT_SYMLINK_NOFOLLOW) < 0)
        die_errno(125, "changing the times of the copy of \"%s\"", entry->path);
}

static void make_file(struct replica *replica, const struct tree_entry *entry) {
    struct stat status;
    model_status(replica, entry, &status);
    int parent = replica->targets[replica->depth - 1];
    if (status.st_nlink > 1) {
        const char *first = inode_map_put(&replica->seen, &status, entry->path + entry->top);
        if (first && linkat(replica->targets[0], first, parent, entry->name, 0) == 0)
            return;
        if (first && errno != ENOENT)
            die_errno(125, "making the hard link \"%s\"", entry->path);
    }
    if (S_ISREG(status.st_mode))
        make_regular(replica, parent, entry, &status);
    else
        make_special(parent, entry, &status);
}

static void replicate_entry(const struct tree_entry *entry, enum tree_moment moment, void *context) {
    switch (moment) {
    case TREE_ENTER:
        enter_directory(context, entry);
        break;
    case TREE_LEAVE:
        leave_directory(context, entry);
        break;
    case TREE_FILE:
        make_file(context, entry);
        break;
    }
}

void tree_replicate(int from, const char *from_path, int to, const struct tree_rules *rules) {
    int autoclose before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int top = openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int autoclose readable = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top < 0 || readable < 0)
        die_errno(125, "opening \"%s\" and its copy", from_path);
    mode_t mask = umask(0);
    struct replica replica = {.rules = rules};
    push_target(&replica, top);
    tree_walk(from, from_path, false, replicate_entry, &replica);
    struct tree_entry whole = {readable, ".", from_path, 0};
    leave_directory(&replica, &whole);
    umask(mask);
    if (before >= 0 && fchdir(before) < 0)
        die_errno(125, "going back to the working directory");
    inode_map_free(&replica.seen);
    free(replica.targets);
}
