#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "tree_walk.h"
#include "unpack.h"

/* A directory of the layer: no link is followed on the way, and none leads out. */
static int open_directory(int root, const char *path) {
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof how);
}

static void forget_parent(struct unpack_layer *layer) {
    if (layer->parent >= 0)
        close(layer->parent);
    free(layer->parent_path);
    layer->parent = -1;
    layer->parent_path = NULL;
}

/* The directory that holds `path`, open until the next call, and the last part of the path. */
static int parent_of(struct unpack_layer *layer, const char *path, const char **name) {
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    *name = slash ? slash + 1 : *path ? path : ".";
    if (!slash)
        return layer->root;
    if (layer->parent >= 0 && strlen(layer->parent_path) == length &&
        memcmp(layer->parent_path, path, length) == 0)
        return layer->parent;
    forget_parent(layer);
    layer->parent_path = strndup(path, length);
    if (!layer->parent_path)
        die(125, "unpacking: out of memory");
    layer->parent = open_directory(layer->root, layer->parent_path);
    if (layer->parent < 0)
        unpack_answer_failure("open", path);
    return layer->parent;
}

static _Noreturn void owner_failure(const struct unpack_item *item) {
    char action[64];
    int error = errno;
    snprintf(action, sizeof action, "owner %u:%u", item->record.uid, item->record.gid);
    errno = error;
    unpack_answer_failure(action, item->path);
}

static void set_times(int parent, const char *name, const struct unpack_item *item) {
    struct timespec time = {item->record.seconds, item->record.nanoseconds};
    struct timespec times[] = {time, time};
    if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
        unpack_answer_failure("utime", item->path);
}

static void set_owner(int parent, const char *name, const struct unpack_item *item) {
    const struct unpack_record *record = &item->record;
    if ((record->uid || record->gid) &&
        fchownat(parent, name, record->uid, record->gid, AT_SYMLINK_NOFOLLOW) < 0)
        owner_failure(item);
}

static void make_directory(int parent, const char *name, const struct unpack_item *item) {
    const struct unpack_record *record = &item->record;
    bool is_new = !(record->flags & UNPACK_IS_THERE);
    if (is_new && mkdirat(parent, name, 0755) < 0)
        unpack_answer_failure("mkdir", item->path);
    set_owner(parent, name, item);
    if ((!is_new || record->mode != 0755) && fchmodat(parent, name, record->mode, 0) < 0)
        unpack_answer_failure("chmod", item->path);
    unpack_attributes(item, -1, parent, name, false);
}

/* A program, or a library by its name: what the container will want in the page cache when it starts. */
static bool is_run_soon(const struct unpack_item *item, const char *name) {
    return (item->record.mode & 0111) || strstr(name, ".so");
}

static void open_file(struct unpack_layer *layer, int parent, const char *name,
                      const struct unpack_item *item) {
    layer->file =
        openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, item->record.mode & 0777);
    if (layer->file < 0)
        unpack_answer_failure("open", item->path);
    unpack_begin_data(layer, is_run_soon(item, name) ? 0 : item->record.size);
    size_t path = item->record.path_length + 1u, attributes = item->record.attributes_length;
    char *copy = malloc(path + attributes + 1);
    if (!copy)
        die(125, "unpacking: out of memory");
    memcpy(copy, item->path, path);
    memcpy(copy + path, item->attributes, attributes);
    layer->pending = (struct unpack_item){item->record, copy, copy, copy + path};
}

/* chown(2) clears set-uid bits and file capabilities: what follows has to follow. */
static void end_file(struct unpack_layer *layer, uint64_t size) {
    int autoclose fd = layer->file;
    const struct unpack_item *item = &layer->pending;
    const struct unpack_record *record = &item->record;
    if (fd < 0)
        die(125, "unpacking: no file is open");
    struct timespec time = {record->seconds, record->nanoseconds};
    struct timespec times[] = {time, time};
    struct stat status;
    if (unpack_end_data(layer) < 0)
        unpack_answer_failure("write", item->path);
    if (size > 0 && (fstat(fd, &status) < 0 || (uint64_t)status.st_size < size) &&
        ftruncate(fd, (off_t)size) < 0)
        unpack_answer_failure("ftruncate", item->path);
    if ((record->uid || record->gid) && fchown(fd, record->uid, record->gid) < 0)
        owner_failure(item);
    if ((record->mode & 07000) && fchmod(fd, record->mode) < 0)
        unpack_answer_failure("chmod", item->path);
    unpack_attributes(item, fd, -1, NULL, false);
    if (futimens(fd, times) < 0)
        unpack_answer_failure("utime", item->path);
    free((void *)item->path);
    layer->file = -1;
}

static void make_special(int parent, const char *name, const struct unpack_item *item) {
    bool is_link = item->record.op == UNPACK_SYMLINK;
    if (is_link ? symlinkat(item->link, parent, name) < 0
                : mknodat(parent, name, S_IFIFO | (item->record.mode & 0777), 0) < 0)
        unpack_answer_failure(is_link ? "symlink" : "mknod", item->path);
    set_owner(parent, name, item);
    if (!is_link && (item->record.mode & 07000) && fchmodat(parent, name, item->record.mode, 0) < 0)
        unpack_answer_failure("chmod", item->path);
    unpack_attributes(item, -1, parent, name, false);
    set_times(parent, name, item);
}

static void make_link(struct unpack_layer *layer, const struct unpack_item *item) {
    const char *from, *name;
    int autoclose source = fcntl(parent_of(layer, item->link, &from), F_DUPFD_CLOEXEC, 0);
    if (source < 0)
        unpack_answer_failure("dup", item->path);
    int parent = parent_of(layer, item->path, &name);
    if (linkat(source, from, parent, name, 0) < 0)
        unpack_answer_failure("link", item->path);
}

static void remove_entry(const struct tree_entry *entry, enum tree_moment moment, void *context) {
    const struct unpack_item *item = context;
    if (moment != TREE_ENTER &&
        unlinkat(entry->directory, entry->name, moment == TREE_LEAVE ? AT_REMOVEDIR : 0) < 0)
        unpack_answer_failure("unlink", item->path);
}

static void remove_tree(struct unpack_layer *layer, int parent, const char *name,
                        const struct unpack_item *item) {
    if (unlinkat(parent, name, 0) == 0)
        return;
    int autoclose fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        unpack_answer_failure("unlink", item->path);
    tree_walk(fd, item->path, true, remove_entry, (void *)item);
    if (unlinkat(parent, name, AT_REMOVEDIR) < 0)
        unpack_answer_failure("rmdir", item->path);
    forget_parent(layer);
}

static void begin_layer(struct unpack_layer *layer, const char *path) {
    forget_parent(layer);
    close_fd(&layer->root);
    layer->root = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (layer->root < 0)
        unpack_answer_failure("open", "");
}

void unpack_make(struct unpack_layer *layer, const struct unpack_item *item) {
    const char *name;
    switch (item->record.op) {
    case UNPACK_ROOT:
        return begin_layer(layer, item->path);
    case UNPACK_END:
        return end_file(layer, item->record.size);
    case UNPACK_SYNC:
        return unpack_answer_done();
    case UNPACK_HARDLINK:
        return make_link(layer, item);
    }
    int parent = parent_of(layer, item->path, &name);
    switch (item->record.op) {
    case UNPACK_DIRECTORY:
        return make_directory(parent, name, item);
    case UNPACK_FILE:
        return open_file(layer, parent, name, item);
    case UNPACK_SYMLINK:
    case UNPACK_FIFO:
        return make_special(parent, name, item);
    case UNPACK_WHITEOUT:
        if (mknodat(parent, name, S_IFCHR, 0) < 0)
            unpack_answer_failure("mknod", item->path);
        return;
    case UNPACK_ATTRIBUTES:
        return unpack_attributes(item, -1, parent, name, true);
    case UNPACK_REMOVE:
        return remove_tree(layer, parent, name, item);
    case UNPACK_TIMES:
        return set_times(parent, name, item);
    }
    die(125, "unpacking: unknown record %u", item->record.op);
}
