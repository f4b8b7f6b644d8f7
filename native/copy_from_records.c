#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "copy.h"
#include "die.h"
#include "io.h"
#include "tar_attributes.h"
#include "tar_writer.h"

#define LARGEST_TEXT (1024 * 1024)

/* The mirror is in src/container/copy/record-writer.ts. */
struct record {
    uint32_t type; /* of tar; 0: the end */
    uint32_t path_length, link_length, mode, uid, gid, nanoseconds, attributes;
    int64_t seconds;
    uint64_t size;
};

struct chunk {
    uint64_t offset, length; /* length 0: no more */
};

/* Directories get their times when nothing is put into them any more. */
struct dated {
    char *path;
    struct stat status;
};

struct stream {
    FILE *in;
    const struct copy_place *to;
    const struct copy_rules *rules;
    struct record record;
    char *path, *link; /* in the root of the container; path as it is in the archive behind `shown` */
    char *shown;
    struct stat status;
    char *parent_path; /* of the entry before */
    int parent;
    struct dated *dated;
    size_t count, room;
};

static void take(struct stream *stream, void *data, size_t size) {
    if (size > 0 && fread(data, size, 1, stream->in) != 1)
        _exit(125); /* whoever writes the records has said why */
}

/* "/TARGET/PATH". */
static char *take_path(struct stream *stream, uint32_t length, bool inside) {
    const char *top = inside ? stream->to->path : "";
    size_t before = strlen(top);
    char *text = length <= LARGEST_TEXT ? malloc(before + length + 2) : NULL;
    if (!text)
        die(125, "reading the archive: a path is too long");
    memcpy(text, top, before);
    text[before] = '/';
    before += inside;
    take(stream, text + before, length);
    text[before + length] = '\0';
    return text;
}

static int open_inside(const struct stream *stream, const char *path, int flags) {
    return copy_place_open(stream->to, path, flags);
}

/* The directory that is to hold an entry, made with its parents where it is missing. */
static int make_parent(struct stream *stream, const char *path) {
    int fd = open_inside(stream, path, O_RDONLY | O_DIRECTORY);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    char autofree *above = strdup(path);
    char *slash = above ? strrchr(above, '/') : NULL;
    if (!slash || !slash[1])
        die(125, "making the directory \"%s\"", path);
    slash[slash == above ? 1 : 0] = '\0';
    int autoclose parent = make_parent(stream, above);
    const char *name = strrchr(path, '/') + 1;
    if (parent < 0 || (mkdirat(parent, name, 0755) < 0 && errno != EEXIST))
        return -1;
    fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && stream->rules->chown && fchown(fd, stream->rules->uid, stream->rules->gid) < 0)
        die_errno(125, "changing the owner of \"%s\"", path);
    return fd;
}

static void open_parent(struct stream *stream) {
    size_t length = (size_t)(strrchr(stream->path, '/') - stream->path);
    char *path = strndup(stream->path, length ? length : 1);
    if (path && stream->parent_path && strcmp(path, stream->parent_path) == 0)
        return free(path);
    close_fd(&stream->parent);
    free(stream->parent_path);
    stream->parent_path = path;
    stream->parent = path ? make_parent(stream, path) : -1;
    if (stream->parent < 0)
        die_errno(125, "opening the directory of \"%s\"", stream->shown);
}

static void take_attributes(struct stream *stream, int fd) {
    static char value[XATTR_SIZE_MAX];
    char name[XATTR_NAME_MAX + 1];
    for (uint32_t i = 0; i < stream->record.attributes; i++) {
        uint32_t sizes[2];
        take(stream, sizes, sizeof sizes);
        if (sizes[0] > XATTR_NAME_MAX || sizes[1] > sizeof value)
            die(125, "an attribute of \"%s\" is too long", stream->shown);
        take(stream, name, sizes[0]);
        take(stream, value, sizes[1]);
        name[sizes[0]] = '\0';
        if (fd < 0 || !tar_attribute_is_kept(name))
            continue;
        if (fsetxattr(fd, name, value, sizes[1], 0) < 0 && errno != ENOTSUP)
            die_errno(125, "setting attribute %s of \"%s\"", name, stream->shown);
    }
}

static void take_data(struct stream *stream, int fd) {
    static char buffer[TAR_BUFFER];
    struct chunk chunk;
    for (;;) {
        take(stream, &chunk, sizeof chunk);
        if (chunk.length == 0)
            break;
        if (chunk.length > sizeof buffer)
            die(125, "reading the archive: the data of \"%s\" come in too large pieces", stream->shown);
        take(stream, buffer, chunk.length);
        if (lseek(fd, (off_t)chunk.offset, SEEK_SET) < 0 || write_full(fd, buffer, chunk.length) < 0)
            die_errno(125, "writing \"%s\"", stream->shown);
    }
    if (ftruncate(fd, (off_t)stream->record.size) < 0)
        die_errno(125, "writing \"%s\"", stream->shown);
}

static void put_regular(struct stream *stream, const char *name) {
    int autoclose fd = copy_make_file(stream->rules, stream->parent, name, stream->shown);
    /* before the attributes: the capabilities of a file do not outlive a change of its owner or content */
    take_data(stream, fd);
    copy_finish_owner(fd, &stream->status, stream->shown);
    take_attributes(stream, fd);
    copy_finish_times(fd, &stream->status, stream->shown);
}

static void put_directory(struct stream *stream, const char *name) {
    int autoclose fd = copy_make_directory(stream->rules, stream->parent, name, stream->shown);
    copy_finish_owner(fd, &stream->status, stream->shown);
    take_attributes(stream, fd);
    if (stream->count == stream->room) {
        stream->room = stream->room ? stream->room * 2 : 64;
        stream->dated = realloc(stream->dated, stream->room * sizeof *stream->dated);
        if (!stream->dated)
            die(125, "copying: out of memory");
    }
    stream->dated[stream->count++] = (struct dated){strdup(stream->path), stream->status};
}

static void put_hard_link(struct stream *stream, const char *name) {
    char link[32];
    int autoclose fd = open_inside(stream, stream->link, O_PATH | O_NOFOLLOW);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (fd >= 0)
        copy_make_room(stream->rules, stream->parent, name, stream->shown);
    if (fd < 0 || linkat(AT_FDCWD, link, stream->parent, name, AT_SYMLINK_FOLLOW) < 0)
        die_errno(125, "making the hard link \"%s\"", stream->shown);
    take_attributes(stream, -1);
}

static void put_special(struct stream *stream, const char *name) {
    mode_t type = stream->status.st_mode & S_IFMT;
    copy_make_room(stream->rules, stream->parent, name, stream->shown);
    if (S_ISLNK(type) ? symlinkat(stream->link, stream->parent, name) < 0
                      : mknodat(stream->parent, name, type | 0600, 0) < 0)
        die_errno(125, "making \"%s\"", stream->shown);
    take_attributes(stream, -1);
    copy_finish_special(stream->parent, name, &stream->status, stream->shown);
}

static void put_entry(struct stream *stream) {
    const char *name = strrchr(stream->path, '/') + 1;
    open_parent(stream);
    switch (stream->record.type) {
    case TAR_FILE:
        return put_regular(stream, name);
    case TAR_DIRECTORY:
        return put_directory(stream, name);
    case TAR_HARD_LINK:
        return put_hard_link(stream, name);
    default:
        return put_special(stream, name);
    }
}

static void read_status(struct stream *stream) {
    const struct record *record = &stream->record;
    mode_t type = record->type == TAR_SYMLINK     ? S_IFLNK
                  : record->type == TAR_FIFO      ? S_IFIFO
                  : record->type == TAR_DIRECTORY ? S_IFDIR
                                                  : S_IFREG;
    struct timespec time = {.tv_sec = record->seconds, .tv_nsec = record->nanoseconds};
    stream->status = (struct stat){.st_mode = type | (record->mode & 07777),
                                   .st_uid = record->uid,
                                   .st_gid = record->gid,
                                   .st_atim = time,
                                   .st_mtim = time};
    copy_owner(stream->rules, &stream->status, stream->shown);
}

static void date_directories(struct stream *stream) {
    while (stream->count-- > 0) {
        struct dated *dated = &stream->dated[stream->count];
        int autoclose fd = dated->path ? open_inside(stream, dated->path, O_RDONLY | O_DIRECTORY) : -1;
        if (fd >= 0)
            copy_finish_times(fd, &dated->status, dated->path);
        free(dated->path);
    }
    free(stream->dated);
}

void copy_from_records(const struct copy_place *to, const struct copy_rules *rules) {
    struct stream stream = {.in = fdopen(0, "r"), .to = to, .rules = rules, .parent = -1};
    if (!stream.in || setvbuf(stream.in, NULL, _IOFBF, TAR_BUFFER) != 0)
        die_errno(125, "reading the archive");
    for (;;) {
        take(&stream, &stream.record, sizeof stream.record);
        if (stream.record.type == 0)
            break;
        stream.path = take_path(&stream, stream.record.path_length, true);
        stream.shown = stream.path + strlen(to->path) + 1;
        stream.link = take_path(&stream, stream.record.link_length, stream.record.type == TAR_HARD_LINK);
        read_status(&stream);
        put_entry(&stream);
        free(stream.path);
        free(stream.link);
    }
    date_directories(&stream);
    close_fd(&stream.parent);
    free(stream.parent_path);
}
