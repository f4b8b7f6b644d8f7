#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "die.h"
#include "io.h"
#include "tree_replicate.h"

#define BUFFER (256 * 1024)

static void copy_by_hand(int from, int to, off_t length, const char *path) {
    char autofree *buffer = malloc(BUFFER);
    if (!buffer)
        die(125, "copying \"%s\": out of memory", path);
    while (length > 0) {
        ssize_t got = read(from, buffer, length < BUFFER ? (size_t)length : BUFFER);
        if (got < 0)
            die_errno(125, "reading \"%s\"", path);
        if (got == 0)
            return;
        if (write_full(to, buffer, (size_t)got) < 0)
            die_errno(125, "writing the copy of \"%s\"", path);
        length -= got;
    }
}

/* Copies one stretch of data, from and to the positions of both files. */
static void copy_stretch(int from, int to, off_t length, const char *path) {
    while (length > 0) {
        ssize_t done = copy_file_range(from, NULL, to, NULL, (size_t)length, 0);
        if (done == 0)
            return;
        if (done < 0 && errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
            die_errno(125, "copying \"%s\"", path);
        if (done < 0)
            return copy_by_hand(from, to, length, path);
        length -= done;
    }
}

/* Copies the data and leaves the holes. */
static void fill_copy(int target, const struct tree_entry *entry, const struct stat *status, void *context) {
    (void)context;
    int autoclose from =
        openat(entry->directory, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (from < 0)
        die_errno(125, "opening \"%s\"", entry->path);
    off_t at = 0;
    while (at < status->st_size) {
        off_t data = lseek(from, at, SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            break;
        /* without SEEK_DATA all of it is data */
        off_t end = data < 0 ? status->st_size : lseek(from, data, SEEK_HOLE);
        data = data < 0 ? at : data;
        if (lseek(from, data, SEEK_SET) < 0 || lseek(target, data, SEEK_SET) < 0)
            die_errno(125, "copying \"%s\"", entry->path);
        end = end < 0 ? status->st_size : end;
        copy_stretch(from, target, end - data, entry->path);
        at = end;
    }
    if (ftruncate(target, status->st_size) < 0)
        die_errno(125, "writing the copy of \"%s\"", entry->path);
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
