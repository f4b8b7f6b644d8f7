#include "tree_replicate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"
#include "inode_map.h"
#include "io.h"
#include "tree_attributes.h"

/* What one walk does. With several workers directories come first, so that each finds those that it fills. */
enum work {
    MAKE_DIRECTORIES = 1,
    MAKE_FILES = 2,
    FINISH = 4, /* hard links, and what directories are given last */
};

struct replica {
    const struct tree_rules *rules;
    struct inode_map seen;
    int *targets; /* the open directories from the top of the new tree to where the walk is */
    size_t depth, room;
    size_t left_out; /* directories from the first that is left out to where the walk is */
    unsigned work;
    unsigned worker, workers; /* this one fills every workers-th directory */
    unsigned *numbers, count; /* of the open directories, and of all that were entered */
};

static void push_target(struct replica *replica, int fd) {
    if (replica->depth == replica->room) {
        replica->room = replica->room ? replica->room * 2 : 32;
        replica->targets = realloc(replica->targets, replica->room * sizeof *replica->targets);
        replica->numbers = realloc(replica->numbers, replica->room * sizeof *replica->numbers);
        if (!replica->targets || !replica->numbers)
            die(125, "copying a tree of files: out of memory");
    }
    replica->numbers[replica->depth] = replica->count++;
    replica->targets[replica->depth++] = fd;
}

static void read_status(const struct tree_entry *entry, struct stat *status) {
    if (fstatat(entry->directory, entry->name, status, AT_SYMLINK_NOFOLLOW) < 0)
        die_errno(125, "reading the status of \"%s\"", entry->path);
}

static void model_status(const struct replica *replica, const struct tree_entry *entry, struct stat *status) {
    read_status(entry, status);
    if (replica->rules->owner)
        replica->rules->owner(status, entry->path, replica->rules->context);
}

/* Whether something else has been made in its stead. */
static bool is_replaced(const struct replica *replica, const struct tree_entry *entry) {
    struct stat status;
    if (!replica->rules->other)
        return false;
    read_status(entry, &status);
    return replica->rules->other(replica->targets[replica->depth - 1], entry, &status,
                                 replica->rules->context);
}

static void enter_directory(struct replica *replica, const struct tree_entry *entry) {
    if (replica->left_out > 0 || is_replaced(replica, entry)) {
        replica->left_out++;
        return;
    }
    int parent = replica->targets[replica->depth - 1];
    if ((replica->work & MAKE_DIRECTORIES) && mkdirat(parent, entry->name, 0700) < 0)
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
    if (replica->left_out > 0) {
        replica->left_out--;
        return;
    }
    int autoclose fd = replica->targets[--replica->depth];
    struct stat status;
    if (!(replica->work & FINISH))
        return;
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
    bool is_mine = replica->numbers[replica->depth - 1] % replica->workers == replica->worker;
    if (!(replica->work & FINISH) && !((replica->work & MAKE_FILES) && is_mine))
        return;
    read_status(entry, &status);
    if (!(replica->work & (status.st_nlink > 1 ? FINISH : MAKE_FILES)))
        return;
    const struct tree_rules *rules = replica->rules;
    int parent = replica->targets[replica->depth - 1];
    if (rules->other && rules->other(parent, entry, &status, rules->context))
        return;
    if (rules->owner)
        rules->owner(&status, entry->path, rules->context);
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
        if (((struct replica *)context)->left_out == 0)
            make_file(context, entry);
        break;
    }
}

/* One walk over the whole tree. */
static void replicate(struct replica *replica, int from, const char *from_path, int to) {
    int autoclose readable = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int top = openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top < 0 || readable < 0)
        die_errno(125, "opening \"%s\" and its copy", from_path);
    replica->count = 0;
    push_target(replica, top);
    tree_walk(readable, from_path, false, replicate_entry, replica);
    struct tree_entry whole = {readable, ".", from_path, 0};
    leave_directory(replica, &whole);
}

/* Files are made by processes side by side: nearly all of the time goes into the file system's journal. */
static void fill_side_by_side(struct replica *replica, int from, const char *from_path, int to) {
    pid_t *pids = calloc(replica->workers, sizeof *pids);
    if (!pids)
        die(125, "copying a tree of files: out of memory");
    for (unsigned i = 0; i < replica->workers; i++) {
        pids[i] = fork();
        if (pids[i] < 0)
            die_errno(125, "starting a process to copy \"%s\"", from_path);
        if (pids[i] > 0)
            continue;
        replica->worker = i;
        replicate(replica, from, from_path, to);
        _exit(0);
    }
    bool failed = false;
    for (unsigned i = 0; i < replica->workers; i++) {
        int status;
        while (waitpid(pids[i], &status, 0) < 0)
            if (errno != EINTR)
                die_errno(125, "waiting for a process that copies \"%s\"", from_path);
        failed |= status != 0;
    }
    free(pids);
    if (failed)
        _exit(125); /* it has said why */
}

void tree_replicate(int from, const char *from_path, int to, const struct tree_rules *rules,
                    unsigned workers) {
    int autoclose before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    mode_t mask = umask(0);
    struct replica replica = {
        .rules = rules, .workers = workers, .work = MAKE_DIRECTORIES | MAKE_FILES | FINISH};
    if (workers > 1) {
        replica.work = MAKE_DIRECTORIES;
        replicate(&replica, from, from_path, to);
        replica.work = MAKE_FILES;
        fill_side_by_side(&replica, from, from_path, to);
        replica.work = FINISH;
    }
    replicate(&replica, from, from_path, to);
    umask(mask);
    if (before >= 0 && fchdir(before) < 0)
        die_errno(125, "going back to the working directory");
    inode_map_free(&replica.seen);
    free(replica.targets);
    free(replica.numbers);
}
