/* What the unpack role is told to make, and what it answers; mirrored in src/store/layer/unpack-protocol.ts.
 */
#ifndef TSPOD_UNPACK_H
#define TSPOD_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Paths are relative to the root of the layer, without ".", ".." and double slashes; empty for the root. */
enum unpack_op {
    UNPACK_ROOT = 1,      /* path: the new, empty directory that all that follows is about */
    UNPACK_DIRECTORY = 2, /* one that is there already with UNPACK_IS_THERE; its times come last */
    UNPACK_FILE = 3,      /* of `size` bytes, or 0; its data follow in records of their own */
    UNPACK_DATA = 4,      /* `length` bytes follow, for `size` bytes behind the beginning of the open file */
    UNPACK_END = 5,       /* of the open file; `size` is that of the file */
    UNPACK_SYMLINK = 6,   /* link: its content */
    UNPACK_HARDLINK = 7,  /* link: the path of a file that was made before */
    UNPACK_FIFO = 8,
    UNPACK_WHITEOUT = 9,
    UNPACK_ATTRIBUTES = 10, /* of a directory; here each of them is needed */
    UNPACK_REMOVE = 11,     /* with what is below it */
    UNPACK_TIMES = 12,
    UNPACK_SYNC = 13, /* is answered when all before it has been done */
};

#define UNPACK_IS_THERE 1u

/* In front of each record, in the machine's byte order; path, link and attributes follow in this order. */
struct unpack_record {
    uint32_t op, flags;
    uint32_t mode, uid, gid;
    uint32_t nanoseconds;
    int64_t seconds;
    uint64_t size;
    uint32_t path_length, link_length;
    uint32_t attributes_length; /* of each: length of name and value (32 bits), name, value */
    uint32_t length;
};

/* An answer: this, then `length` bytes. */
struct unpack_answer {
    uint32_t kind;
    int32_t error; /* errno */
    uint32_t length;
};

enum unpack_answer_kind {
    UNPACK_DONE = 1,
    UNPACK_WARNING = 2, /* the name of an attribute that was left out, NUL, the reason */
    UNPACK_FAILED = 3,  /* what was being done, NUL, the reason, NUL, the path */
};

/* A record with its texts, each with a NUL behind it. */
struct unpack_item {
    struct unpack_record record;
    const char *path, *link;
    const char *attributes;
};

/* The stream of records. */
struct unpack_stream {
    int fd;
    char *buffer;
    size_t size, start, end;
    char *texts;
    size_t texts_size;
};

/* The next record; its texts hold until the next call. False at the end of the stream. */
bool unpack_next(struct unpack_stream *stream, struct unpack_item *item);

/* The next bytes of the stream, at least one and at most `length`; they hold until the next call. */
size_t unpack_some(struct unpack_stream *stream, uint64_t length, const char **data);

/* The layer that is being made. */
struct unpack_layer {
    int root;
    int parent; /* the directory that was used last, and its path */
    char *parent_path;
    int file; /* the open file, or -1, and its record */
    struct unpack_item pending;
    uint64_t unwritten; /* bytes of it that are not yet on their way to the disk */
    bool is_gathering; /* its data go past the page cache, in large pieces: the next one, and where it goes */
    char *gathered;
    size_t filled;
    uint64_t gathered_at;
};

/* Carries out one record, other than data. Ends the process with an answer when that fails. */
void unpack_make(struct unpack_layer *layer, const struct unpack_item *item);

/* The data of the file that has been opened, which will be of this size, or 0 where it belongs in the page
 * cache: `length` bytes of the stream, from `offset` on; the end. -1 with errno when that fails. */
void unpack_begin_data(struct unpack_layer *layer, uint64_t size);
int unpack_data(struct unpack_stream *stream, struct unpack_layer *layer, uint64_t offset, uint64_t length);
int unpack_end_data(struct unpack_layer *layer);

/* The attributes of a new object: those that its file system does not know are left out, with a warning,
 * unless they are `needed`. `fd` is the open file, or -1 for the one of this name in the directory `parent`.
 */
void unpack_attributes(const struct unpack_item *item, int fd, int parent, const char *name, bool needed);

/* Answers. A warning that nobody has room for is left out. */
void unpack_answer_done(void);
void unpack_answer_warning(const char *attribute);
_Noreturn void unpack_answer_failure(const char *action, const char *path);

#endif
