#include "tree_data.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "die.h"
#include "io.h"

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

off_t tree_next_data(int fd, off_t *at, off_t size, const char *path) {
    if (*at >= size)
        return -1;
    off_t data = lseek(fd, *at, SEEK_DATA);
    if (data < 0 && errno == ENXIO)
        return -1;
    off_t end = data < 0 ? size : lseek(fd, data, SEEK_HOLE);
    *at = data < 0 ? *at : data;
    if (*at >= size)
        return -1;
    if (lseek(fd, *at, SEEK_SET) < 0)
        die_errno(125, "reading \"%s\"", path);
    return end < 0 || end > size ? size : end;
}

void tree_copy_data(int from, int to, off_t size, const char *path) {
    off_t at = 0, end;
    if (size > 0 && ioctl(to, FICLONE, from) == 0)
        return;
    while ((end = tree_next_data(from, &at, size, path)) >= 0) {
        if (lseek(to, at, SEEK_SET) < 0)
            die_errno(125, "copying \"%s\"", path);
        copy_stretch(from, to, end - at, path);
        at = end;
    }
    if (ftruncate(to, size) < 0)
        die_errno(125, "writing the copy of \"%s\"", path);
}
