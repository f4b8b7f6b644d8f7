#include "tree_tar.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "inode_map.h"
#include "io.h"
#include "path_text.h"
#include "tar_attributes.h"
#include "tar_writer.h"
#include "tree_data.h"

struct archive {
    struct tar_writer tar;
    struct path_text path;
    struct inode_map seen;
    bool whiteouts, image;
    uint64_t size;
};

/* Without the slash that every path begins with. */
static const char *member_path(const struct archive *archive) {
    return archive->path.length > 0 ? archive->path.text + 1 : ".";
}

static void shift_owner(const struct archive *archive, const struct layer *layer, struct stat *status) {
    uint32_t uid = id_maps_shift(&layer->maps, 'u', status->st_uid);
    uint32_t gid = id_maps_shift(&layer->maps, 'g', status->st_gid);
    if (uid == NO_ID || gid == NO_ID)
        die(125, "the owner %u:%u of \"/%s\" is not in the id map of the container", status->st_uid,
            status->st_gid, member_path(archive));
    status->st_uid = uid;
    status->st_gid = gid;
}

/* What is opaque or gone, as an empty file beside it. */
static void put_whiteout(struct archive *archive, const char *name) {
    struct stat status = {0};
    char *marker = NULL;
    if (asprintf(&marker, ".wh.%s", name) < 0)
        die(125, "writing an archive: out of memory");
    path_text_push(&archive->path, marker);
    struct tar_member member = {.type = TAR_FILE, .path = member_path(archive), .status = &status};
    tar_member(&archive->tar, &member);
    path_text_pop(&archive->path);
    free(marker);
}

/* Exactly as many bytes as the header says, whatever becomes of the file meanwhile. */
static void put_data(struct archive *archive, int fd, off_t size) {
    static char buffer[TAR_BUFFER];
    off_t at = 0, done = 0, end;
    while ((end = tree_next_data(fd, &at, size, archive->path.text)) >= 0) {
        tar_zeros(&archive->tar, (uint64_t)(at - done));
        for (; at < end; done = at) {
            ssize_t got = read(fd, buffer, end - at < TAR_BUFFER ? (size_t)(end - at) : TAR_BUFFER);
            if (got < 0)
                die_errno(125, "reading \"%s\"", archive->path.text);
            if (got == 0)
                break;
            tar_data(&archive->tar, buffer, (size_t)got);
            at += got;
        }
        done = at;
        if (at < end)
            break;
    }
    tar_zeros(&archive->tar, (uint64_t)(size - done));
    tar_pad(&archive->tar, (uint64_t)size);
}

static void put_file(struct archive *archive, const struct layer_place *place, const char *name,
                     const struct stat *status) {
    int autoclose fd = openat(place->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return;
    if (fd < 0)
        die_errno(125, "opening \"%s\"", archive->path.text);
    struct tar_member member = {.type = TAR_FILE, .path = member_path(archive), .status = status};
    tar_attributes(&archive->tar, place->fd, name, &place->layer->maps);
    tar_member(&archive->tar, &member);
    put_data(archive, fd, status->st_size);
    archive->size += (uint64_t)status->st_size;
}

static void put_symlink(struct archive *archive, const struct layer_place *place, const char *name,
                        const struct stat *status) {
    char content[PATH_MAX];
    ssize_t length = readlinkat(place->fd, name, content, sizeof content - 1);
    if (length < 0)
        die_errno(125, "reading the symbolic link \"%s\"", archive->path.text);
    content[length] = '\0';
    struct tar_member member = {TAR_SYMLINK, member_path(archive), content, status};
    tar_attributes(&archive->tar, place->fd, name, &place->layer->maps);
    tar_member(&archive->tar, &member);
}

static bool put_hard_link(struct archive *archive, const struct stat *status) {
    if (status->st_nlink < 2)
        return false;
    const char *first = inode_map_put(&archive->seen, status, member_path(archive));
    struct tar_member member = {TAR_HARD_LINK, member_path(archive), first, status};
    if (first)
        tar_member(&archive->tar, &member);
    return first != NULL;
}

/* Anything but a directory. */
static void put_entry(struct archive *archive, const struct layer_place *place, const char *name,
                      const struct stat *status) {
    struct tar_member member = {.path = member_path(archive), .status = status};
    if (S_ISSOCK(status->st_mode) || put_hard_link(archive, status))
        return;
    if (S_ISREG(status->st_mode))
        return put_file(archive, place, name, status);
    if (S_ISLNK(status->st_mode))
        return put_symlink(archive, place, name, status);
    member.type = S_ISFIFO(status->st_mode)  ? TAR_FIFO
                  : S_ISCHR(status->st_mode) ? TAR_CHARACTER_DEVICE
                                             : TAR_BLOCK_DEVICE;
    tar_attributes(&archive->tar, place->fd, name, &place->layer->maps);
    tar_member(&archive->tar, &member);
}

static void put_directory(struct archive *archive, const struct layer_level *level, struct stat *status) {
    const struct layer_place *place = &level->places[0];
    struct tar_member member = {.type = TAR_DIRECTORY, .path = member_path(archive), .status = status};
    tar_attributes(&archive->tar, place->fd, ".", &place->layer->maps);
    tar_member(&archive->tar, &member);
    if (archive->whiteouts && level->hides)
        put_whiteout(archive, ".wh..opq");
}

/* A name that means something else in an image. */
static bool is_left_out(const struct archive *archive, const char *name) {
    if (!archive->image || strncmp(name, ".wh.", 4) != 0)
        return false;
    dprintf(2, "\"%s\" left out: in an image its name means a file that was removed\n", archive->path.text);
    return true;
}

static void walk(struct archive *archive, const struct layer_level *level) {
    size_t count;
    struct layer_name *names = layers_names(level, &count);
    for (size_t i = 0; i < count; i++) {
        const struct layer_name *name = &names[i];
        const struct layer_place *place = &level->places[name->place];
        struct stat status;
        if (name->hidden) {
            if (archive->whiteouts)
                put_whiteout(archive, name->name);
            continue;
        }
        if (!layers_status(level, name, &status))
            continue;
        path_text_push(&archive->path, name->name);
        if (is_left_out(archive, name->name)) {
            path_text_pop(&archive->path);
            continue;
        }
        shift_owner(archive, place->layer, &status);
        if (S_ISDIR(status.st_mode)) {
            struct layer_level below;
            layers_descend(level, name->name, name->place, &below);
            if (below.count > 0)
                put_directory(archive, &below, &status);
            walk(archive, &below);
            layers_close(&below);
        } else {
            put_entry(archive, place, name->name, &status);
        }
        path_text_pop(&archive->path);
    }
    layers_free_names(names, count);
}

/* The top is a member only where it is not what every reader makes of a missing one. */
static void put_top(struct archive *archive, const struct layer_level *top) {
    struct stat status;
    if (fstat(top->places[0].fd, &status) < 0)
        die_errno(125, "reading the layer \"%s\"", top->places[0].layer->path);
    shift_owner(archive, top->places[0].layer, &status);
    if ((status.st_mode & 07777) != 0755 || status.st_uid != 0 || status.st_gid != 0)
        put_directory(archive, top, &status);
}

uint64_t tree_tar(const char *path, const struct layer *layers, size_t count, uint64_t flags) {
    struct archive *archive = calloc(1, sizeof *archive);
    if (!archive)
        die(125, "writing an archive: out of memory");
    bool piped = strcmp(path, "-") == 0;
    int fd = piped ? 1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        die_errno(125, "opening \"%s\" for the archive", path);
    tar_open(&archive->tar, fd, piped ? "standard output" : path);
    archive->whiteouts = flags & PLAN_TREE_WHITEOUTS;
    archive->image = flags & PLAN_TREE_IMAGE;
    struct layer_level top;
    layers_open(&top, layers, count);
    put_top(archive, &top);
    walk(archive, &top);
    layers_close(&top);
    tar_finish(&archive->tar);
    if (!piped && close(fd) < 0)
        die_errno(125, "writing the archive \"%s\"", path);
    uint64_t size = archive->size;
    inode_map_free(&archive->seen);
    free(archive->path.text);
    free(archive);
    return size;
}
