/* Writing a tar archive in the PAX format (POSIX.1-2001), the same bytes for the same members. */
#ifndef TSPOD_TAR_WRITER_H
#define TSPOD_TAR_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define TAR_BUFFER (256 * 1024)

struct tar_writer {
    int fd;
    const char *name; /* for messages */
    bool seekable;    /* zeros may become holes */
    uint64_t hole;    /* zeros that are not written yet */
    size_t used;
    char *records; /* extended header of the next member */
    size_t records_length, records_room;
    char buffer[TAR_BUFFER];
};

enum tar_type {
    TAR_FILE = '0',
    TAR_HARD_LINK = '1',
    TAR_SYMLINK = '2',
    TAR_CHARACTER_DEVICE = '3',
    TAR_BLOCK_DEVICE = '4',
    TAR_DIRECTORY = '5',
    TAR_FIFO = '6',
};

/* `path` without slashes at its ends; of status: mode, owner, time in whole seconds, size of a file, device.
 */
struct tar_member {
    enum tar_type type;
    const char *path, *link;
    const struct stat *status;
};

/* Starts an archive on an open descriptor, which stays the caller's. Its state is large: not for the stack.
 */
void tar_open(struct tar_writer *tar, int fd, const char *name);

/* Adds a record "KEY=VALUE" to the extended header of the next member. */
void tar_record(struct tar_writer *tar, const char *key, const void *value, size_t length);

/* The header of a member; a file is followed by exactly its size of data, then tar_pad. */
void tar_member(struct tar_writer *tar, const struct tar_member *member);
void tar_data(struct tar_writer *tar, const void *data, size_t length);
void tar_zeros(struct tar_writer *tar, uint64_t length);
void tar_pad(struct tar_writer *tar, uint64_t size);

/* The end of the archive; everything is written. All of these die with status 125 on failure. */
void tar_finish(struct tar_writer *tar);

#endif
