#include "tree_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"
#include "io.h"

#define CHUNK 32768
#define LEVELS_OPEN 256 /* directories deeper than this are reopened through ".." on the way back */

struct level {
    int fd; /* -1: closed to spare descriptors */
    dev_t device;
    ino_t inode;
    char *entries; /* all of it, as getdents64(2) gave it: the directory may be changed during the walk */
    size_t size, at;
    size_t path_length;
};

struct walk {
    struct level *levels;
    size_t depth, room;
    char *path;
    size_t path_room, top;
    bool force, backwards;
};

static void *grown(void *memory, size_t size) {
    void *larger = realloc(memory, size);
    if (!larger)
        die(125, "walking a tree of files: out of memory");
    return larger;
}

static void read_entries(struct level *level, const char *path) {
    size_t room = 0;
    for (;;) {
        if (room - level->size < CHUNK / 2) {
            room = room ? room * 2 : CHUNK;
            level->entries = grown(level->entries, room);
        }
        long got = syscall(SYS_getdents64, level->fd, level->entries + level->size, room - level->size);
        if (got < 0 && errno != ENOENT)
            die_errno(125, "reading directory \"%s\"", path);
        if (got <= 0)
            break;
        level->size += (size_t)got;
    }
}

/* Their lengths keep what follows them aligned. */
static void turn_round(struct level *level) {
    char *turned = grown(NULL, level->size ? level->size : 1);
    for (size_t at = 0; at < level->size;) {
        size_t length = ((const struct dirent64 *)(level->entries + at))->d_reclen;
        memcpy(turned + level->size - at - length, level->entries + at, length);
        at += length;
    }
    free(level->entries);
    level->entries = turned;
}

/* Takes over fd. */
static void push(struct walk *walk, int fd) {
    if (walk->depth == walk->room) {
        walk->room = walk->room ? walk->room * 2 : 32;
        walk->levels = grown(walk->levels, walk->room * sizeof *walk->levels);
    }
    struct level *level = &walk->levels[walk->depth];
    *level = (struct level){.fd = fd, .path_length = strlen(walk->path)};
    read_entries(level, walk->path);
    if (walk->backwards)
        turn_round(level);
    walk->depth++;
    if (walk->depth <= LEVELS_OPEN)
        return;
    struct level *parent = level - 1;
    struct stat status;
    if (fstat(parent->fd, &status) < 0)
        die_errno(125, "reading directory \"%s\"", walk->path);
    parent->device = status.st_dev;
    parent->inode = status.st_ino;
    close(parent->fd);
    parent->fd = -1;
}

/* Ends the deepest level; its parent is open afterwards, and path names the directory that was left. */
static void pop(struct walk *walk) {
    struct level *level = &walk->levels[--walk->depth];
    struct level *parent = level - 1;
    walk->path[level->path_length] = '\0';
    if (parent->fd < 0) {
        struct stat status;
        parent->fd = openat(level->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (parent->fd < 0 || fstat(parent->fd, &status) < 0)
            die_errno(125, "going back from directory \"%s\"", walk->path);
        if (status.st_dev != parent->device || status.st_ino != parent->inode)
            die(125, "directory \"%s\" was moved while it was read", walk->path);
    }
    close(level->fd);
    free(level->entries);
}

static void append_name(struct walk *walk, size_t length, const char *name) {
    size_t needed = length + strlen(name) + 2;
    if (needed > walk->path_room) {
        walk->path_room = needed * 2;
        walk->path = grown(walk->path, walk->path_room);
    }
    walk->path[length] = '/';
    strcpy(walk->path + length + 1, name);
}

/* The directory's descriptor; -1 where it has vanished. */
static int open_directory(const struct walk *walk, int parent, const char *name) {
    struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                           .resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS};
    int fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof how);
    if (fd < 0 && errno == EACCES && walk->force && fchmodat(parent, name, 0700, 0) == 0)
        fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof how);
    if (fd < 0 && errno == EXDEV)
        die(125, "\"%s\" is a mount point: %s", walk->path, strerror(EBUSY));
    if (fd < 0 && errno != ENOENT)
        die_errno(125, "opening directory \"%s\"", walk->path);
    return fd;
}

static bool is_directory(int parent, const struct dirent64 *found, const char *path) {
    if (found->d_type != DT_UNKNOWN)
        return found->d_type == DT_DIR;
    struct stat status = {0};
    if (fstatat(parent, found->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
        die_errno(125, "reading the status of \"%s\"", path);
    return S_ISDIR(status.st_mode);
}

/* The name of the directory that path ends with. */
static const char *last_name(const char *path) {
    return strrchr(path, '/') + 1;
}

static struct tree_entry entry_of(const struct walk *walk, const char *name) {
    return (struct tree_entry){walk->levels[walk->depth - 1].fd, name, walk->path, walk->top};
}

static void visit_next(struct walk *walk, tree_visitor *visit, void *context) {
    struct level *level = &walk->levels[walk->depth - 1];
    const struct dirent64 *found = (const struct dirent64 *)(level->entries + level->at);
    level->at += found->d_reclen;
    if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
        return;
    append_name(walk, level->path_length, found->d_name);
    struct tree_entry entry = entry_of(walk, found->d_name);
    if (!is_directory(level->fd, found, walk->path)) {
        visit(&entry, TREE_FILE, context);
        return;
    }
    int fd = open_directory(walk, level->fd, found->d_name);
    if (fd < 0)
        return;
    visit(&entry, TREE_ENTER, context);
    push(walk, fd);
}

static void walk_below(struct walk walk, int directory, const char *path, tree_visitor *visit,
                       void *context) {
    walk.path_room = strlen(path) + 256;
    walk.top = strlen(path) + 1;
    walk.path = strcpy(grown(NULL, walk.path_room), path);
    int top = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top < 0)
        die_errno(125, "opening directory \"%s\"", path);
    push(&walk, top);
    for (;;) {
        struct level *level = &walk.levels[walk.depth - 1];
        if (level->at < level->size) {
            visit_next(&walk, visit, context);
        } else if (walk.depth > 1) {
            pop(&walk);
            struct tree_entry entry = entry_of(&walk, last_name(walk.path));
            visit(&entry, TREE_LEAVE, context);
        } else {
            break;
        }
    }
    close(walk.levels[0].fd);
    free(walk.levels[0].entries);
    free(walk.levels);
    free(walk.path);
}

void tree_walk(int directory, const char *path, bool force, tree_visitor *visit, void *context) {
    walk_below((struct walk){.force = force}, directory, path, visit, context);
}

void tree_walk_backwards(int directory, const char *path, tree_visitor *visit, void *context) {
    walk_below((struct walk){.backwards = true}, directory, path, visit, context);
}
