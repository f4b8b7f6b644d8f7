#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "copy.h"
#include "die.h"
#include "inode_map.h"
#include "io.h"
#include "tar_attributes.h"
#include "tree_attributes.h"
#include "tree_data.h"

struct directory {
    int fd;
    dev_t device;
    ino_t inode;
};

struct copying {
    const struct copy_rules *rules;
    bool running;
    struct inode_map seen;     /* files with several names: the path of the first copy */
    struct directory *targets; /* the open directories from the top to where the walk is */
    size_t depth, room;
};

static int target(const struct copying *copying) {
    return copying->targets[copying->depth - 1].fd;
}

static void push(struct copying *copying, int fd) {
    if (copying->depth == copying->room) {
        copying->room = copying->room ? copying->room * 2 : 32;
        copying->targets = realloc(copying->targets, copying->room * sizeof *copying->targets);
        if (!copying->targets)
            die(125, "copying: out of memory");
    }
    struct stat status;
    if (fstat(fd, &status) < 0)
        die_errno(125, "looking at a new directory");
    copying->targets[copying->depth++] = (struct directory){fd, status.st_dev, status.st_ino};
}

/* Whether the walk has come to a directory that is being made: the target is inside the source. */
static bool is_own(const struct copying *copying, const struct stat *status) {
    for (size_t i = 1; i < copying->depth; i++)
        if (copying->targets[i].inode == status->st_ino && copying->targets[i].device == status->st_dev)
            return true;
    return false;
}

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static ssize_t keep_attribute(const char **name, char *value, size_t size, void *context) {
    (void)value, (void)context;
    return tar_attribute_is_kept(*name) ? (ssize_t)size : -1;
}

static void copy_attributes(const struct copy_entry *entry, int fd) {
    const struct tree_rules rules = {.attribute = keep_attribute};
    const struct tree_entry model = {entry->directory, entry->name, entry->path, 0};
    tree_attributes_copy(&model, fd, &rules);
}

static void finish(const struct copying *copying, const struct copy_entry *entry, int fd) {
    struct stat status = entry->status;
    copy_owner(copying->rules, &status, entry->path);
    copy_finish_owner(fd, &status, entry->path);
    copy_attributes(entry, fd);
    copy_finish_times(fd, &status, entry->path);
}

/* A second name of a file that was copied: without following what the container may have put there. */
static bool make_link(const struct copying *copying, const char *first, const struct copy_entry *entry) {
    struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    char link[32];
    int autoclose fd = (int)syscall(SYS_openat2, copying->targets[0].fd, first, &how, sizeof how);
    if (fd < 0)
        return false;
    copy_make_room(copying->rules, target(copying), name_of(entry->path), entry->path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, link, target(copying), name_of(entry->path), AT_SYMLINK_FOLLOW) == 0;
}

static void copy_regular(struct copying *copying, const struct copy_entry *entry) {
    if (entry->status.st_nlink > 1) {
        const char *first = inode_map_put(&copying->seen, &entry->status, entry->path);
        if (first && make_link(copying, first, entry))
            return;
    }
    int autoclose from = copy_open_data(entry);
    if (from < 0 && (errno == EACCES || errno == EPERM) && copying->running) {
        dprintf(2, "Warning: \"%s\" left out: %s\n", entry->path, strerror(errno));
        return;
    }
    if (from < 0)
        die_errno(125, "opening \"%s\"", entry->path);
    int autoclose to = copy_make_file(copying->rules, target(copying), name_of(entry->path), entry->path);
    tree_copy_data(from, to, entry->status.st_size, entry->path);
    finish(copying, entry, to);
}

static void copy_symlink(const struct copying *copying, const struct copy_entry *entry) {
    char content[PATH_MAX];
    const char *name = name_of(entry->path);
    ssize_t length = readlinkat(entry->fd, "", content, sizeof content - 1);
    if (length < 0)
        die_errno(125, "reading the symbolic link \"%s\"", entry->path);
    content[length] = '\0';
    copy_make_room(copying->rules, target(copying), name, entry->path);
    if (symlinkat(content, target(copying), name) < 0)
        die_errno(125, "making the symbolic link \"%s\"", entry->path);
}

/* A FIFO; devices belong to the machine that they are on, and a socket to its process. */
static bool copy_node(const struct copying *copying, const struct copy_entry *entry) {
    mode_t mode = entry->status.st_mode;
    const char *name = name_of(entry->path);
    bool device = S_ISCHR(mode) || S_ISBLK(mode);
    if (S_ISSOCK(mode))
        dprintf(2, "Warning: \"%s\" left out: it is a socket\n", entry->path);
    if (S_ISSOCK(mode) || (device && copying->rules->to_host))
        return false;
    copy_make_room(copying->rules, target(copying), name, entry->path);
    if (mknodat(target(copying), name, mode & (S_IFMT | 0600), entry->status.st_rdev) == 0)
        return true;
    die_errno(125, device ? "making the device \"%s\"" : "making the FIFO \"%s\"", entry->path);
}

static void copy_file(struct copying *copying, const struct copy_entry *entry) {
    struct stat status = entry->status;
    if (S_ISREG(status.st_mode))
        return copy_regular(copying, entry);
    if (S_ISLNK(status.st_mode))
        copy_symlink(copying, entry);
    else if (!copy_node(copying, entry))
        return;
    copy_owner(copying->rules, &status, entry->path);
    copy_finish_special(target(copying), name_of(entry->path), &status, entry->path);
}

static bool copy_entry(const struct copy_entry *entry, enum copy_moment moment, void *context) {
    struct copying *copying = context;
    if (moment == COPY_FILE) {
        copy_file(copying, entry);
    } else if (moment == COPY_ENTER) {
        if (is_own(copying, &entry->status))
            return false;
        push(copying,
             copy_make_directory(copying->rules, target(copying), name_of(entry->path), entry->path));
    } else {
        int autoclose fd = copying->targets[--copying->depth].fd;
        finish(copying, entry, fd);
    }
    return true;
}

void copy_to_tree(const struct copy_place *from, const struct copy_found *source, const char *name,
                  int directory, const struct copy_rules *rules) {
    struct copying copying = {.rules = rules, .running = from->running};
    push(&copying, directory);
    copy_walk(from, source, name, copy_entry, &copying);
    inode_map_free(&copying.seen);
    free(copying.targets);
}
