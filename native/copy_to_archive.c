#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"
#include "die.h"
#include "inode_map.h"
#include "io.h"
#include "tar_attributes.h"
#include "tar_writer.h"
#include "tree_data.h"

struct archive {
    struct tar_writer tar;
    const struct copy_rules *rules;
    bool running;
    struct inode_map seen;
};

/* Exactly as many bytes as the header says, whatever becomes of the file meanwhile. */
static void put_data(struct archive *archive, int fd, off_t size, const char *path) {
    static char buffer[TAR_BUFFER];
    off_t at = 0, done = 0, end;
    while (done == at && (end = tree_next_data(fd, &at, size, path)) >= 0) {
        tar_zeros(&archive->tar, (uint64_t)(at - done));
        for (done = at; done < end; at = done) {
            ssize_t got = read(fd, buffer, end - done < TAR_BUFFER ? (size_t)(end - done) : TAR_BUFFER);
            if (got < 0)
                die_errno(125, "reading \"%s\"", path);
            if (got == 0)
                break;
            tar_data(&archive->tar, buffer, (size_t)got);
            done += got;
        }
        if (done < end)
            break;
    }
    tar_zeros(&archive->tar, (uint64_t)(size - done));
    tar_pad(&archive->tar, (uint64_t)size);
}

static void put_regular(struct archive *archive, const struct copy_entry *entry, struct tar_member *member) {
    if (entry->status.st_nlink > 1) {
        member->link = inode_map_put(&archive->seen, &entry->status, entry->path);
        member->type = TAR_HARD_LINK;
        if (member->link)
            return tar_member(&archive->tar, member);
    }
    int autoclose fd = copy_open_data(entry);
    if (fd < 0 && (errno == EACCES || errno == EPERM) && archive->running) {
        dprintf(2, "Warning: \"%s\" left out: %s\n", entry->path, strerror(errno));
        archive->tar.records_length = 0;
        return;
    }
    if (fd < 0)
        die_errno(125, "opening \"%s\"", entry->path);
    member->type = TAR_FILE;
    tar_member(&archive->tar, member);
    put_data(archive, fd, entry->status.st_size, entry->path);
}

static void put_symlink(struct archive *archive, const struct copy_entry *entry, struct tar_member *member) {
    char content[PATH_MAX];
    ssize_t length = readlinkat(entry->fd, "", content, sizeof content - 1);
    if (length < 0)
        die_errno(125, "reading the symbolic link \"%s\"", entry->path);
    content[length] = '\0';
    member->type = TAR_SYMLINK;
    member->link = content;
    tar_member(&archive->tar, member);
}

static bool put_entry(const struct copy_entry *entry, enum copy_moment moment, void *context) {
    struct archive *archive = context;
    struct stat status = entry->status;
    struct tar_member member = {.path = entry->path, .status = &status, .type = TAR_DIRECTORY};
    const struct id_maps as_they_are = {0};
    if (moment == COPY_LEAVE)
        return true;
    if (S_ISSOCK(status.st_mode)) {
        dprintf(2, "Warning: \"%s\" left out: it is a socket\n", entry->path);
        return true;
    }
    copy_owner(archive->rules, &status, entry->path);
    tar_attributes(&archive->tar, entry->directory, entry->name, &as_they_are);
    if (S_ISREG(status.st_mode)) {
        put_regular(archive, entry, &member);
    } else if (S_ISLNK(status.st_mode)) {
        put_symlink(archive, entry, &member);
    } else {
        if (!S_ISDIR(status.st_mode))
            member.type = S_ISFIFO(status.st_mode)  ? TAR_FIFO
                          : S_ISCHR(status.st_mode) ? TAR_CHARACTER_DEVICE
                                                    : TAR_BLOCK_DEVICE;
        tar_member(&archive->tar, &member);
    }
    return true;
}

void copy_to_archive(const struct copy_place *from, const struct copy_found *source,
                     const struct copy_rules *rules) {
    struct archive *archive = calloc(1, sizeof *archive);
    if (!archive)
        die(125, "writing an archive: out of memory");
    archive->rules = rules;
    archive->running = from->running;
    tar_open(&archive->tar, 1, "standard output");
    bool contents = from->dot || !source->name;
    copy_walk(from, source, contents ? "" : source->name, put_entry, archive);
    tar_finish(&archive->tar);
    inode_map_free(&archive->seen);
    free(archive);
}
