#include "tar_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "die.h"
#include "io.h"

#define BLOCK 512
#define LARGEST_OCTAL_7 2097151u                /* ids */
#define LARGEST_OCTAL_11 UINT64_C(077777777777) /* sizes, times */

/* The header of POSIX.1-1988 (ustar). */
struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
    char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

void tar_open(struct tar_writer *tar, int fd, const char *name) {
    struct stat status;
    memset(tar, 0, sizeof *tar);
    tar->fd = fd;
    tar->name = name;
    tar->seekable = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static void flush(struct tar_writer *tar) {
    if (tar->used > 0 && write_full(tar->fd, tar->buffer, tar->used) < 0)
        die_errno(125, "writing the archive \"%s\"", tar->name);
    tar->used = 0;
}

/* Zeros that are followed by data. */
static void end_hole(struct tar_writer *tar) {
    if (tar->hole == 0)
        return;
    flush(tar);
    if (lseek(tar->fd, (off_t)tar->hole, SEEK_CUR) < 0)
        die_errno(125, "writing the archive \"%s\"", tar->name);
    tar->hole = 0;
}

void tar_data(struct tar_writer *tar, const void *data, size_t length) {
    end_hole(tar);
    if (length >= TAR_BUFFER) {
        flush(tar);
        if (write_full(tar->fd, data, length) < 0)
            die_errno(125, "writing the archive \"%s\"", tar->name);
        return;
    }
    if (tar->used + length > TAR_BUFFER)
        flush(tar);
    memcpy(tar->buffer + tar->used, data, length);
    tar->used += length;
}

void tar_zeros(struct tar_writer *tar, uint64_t length) {
    static const char zeros[64 * 1024];
    if (tar->seekable && length >= sizeof zeros) {
        tar->hole += length;
        return;
    }
    for (; length > 0; length -= length < sizeof zeros ? length : sizeof zeros)
        tar_data(tar, zeros, length < sizeof zeros ? length : sizeof zeros);
}

void tar_pad(struct tar_writer *tar, uint64_t size) {
    tar_zeros(tar, (BLOCK - size % BLOCK) % BLOCK);
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts its own digits too. */
void tar_record(struct tar_writer *tar, const char *key, const void *value, size_t length) {
    size_t rest = strlen(key) + length + 3, total = rest + 1;
    char digits[24];
    while ((size_t)snprintf(digits, sizeof digits, "%zu", total) + rest != total)
        total = strlen(digits) + rest;
    if (tar->records_length + total + 1 > tar->records_room) {
        tar->records_room = (tar->records_length + total + 1) * 2;
        tar->records = realloc(tar->records, tar->records_room);
        if (!tar->records)
            die(125, "writing the archive \"%s\": out of memory", tar->name);
    }
    char *at = tar->records + tar->records_length;
    at += sprintf(at, "%zu %s=", total, key);
    memcpy(at, value, length);
    at[length] = '\n';
    tar->records_length += total;
}

static void put_octal(char *field, size_t size, uint64_t value) {
    for (size_t i = size - 1; i > 0; i--, value >>= 3)
        field[i - 1] = (char)('0' + (value & 7));
}

/* Sums the header up and writes it. */
static void put_header(struct tar_writer *tar, struct header *header, char type) {
    unsigned sum = 0;
    header->type = type;
    memcpy(header->magic, "ustar", 6);
    memcpy(header->version, "00", 2);
    memset(header->checksum, ' ', sizeof header->checksum);
    for (size_t i = 0; i < BLOCK; i++)
        sum += ((unsigned char *)header)[i];
    put_octal(header->checksum, 7, sum);
    header->checksum[6] = '\0';
    tar_data(tar, header, BLOCK);
}

static bool is_plain(const char *text, size_t longest) {
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] & 0x80)
            return false;
    return length <= longest;
}

/* A name of the header; one that does not fit is in the extended header. */
static void put_name(struct tar_writer *tar, char *field, const char *key, const char *text) {
    if (!is_plain(text, 100))
        tar_record(tar, key, text, strlen(text));
    for (size_t i = 0; i < 100 && text[i]; i++)
        field[i] = text[i] & 0x80 ? '?' : text[i];
}

static void put_number(struct tar_writer *tar, char *field, size_t size, const char *key, int64_t value) {
    char text[24];
    uint64_t largest = size == 8 ? LARGEST_OCTAL_7 : LARGEST_OCTAL_11;
    bool fits = value >= 0 && (uint64_t)value <= largest;
    if (!fits)
        tar_record(tar, key, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)value));
    put_octal(field, size, fits ? (uint64_t)value : 0);
}

static void put_extended_header(struct tar_writer *tar, const char *path) {
    struct header header = {0};
    const char *name = strrchr(path, '/');
    snprintf(header.name, sizeof header.name, "PaxHeaders.0/%.80s", name && name[1] ? name + 1 : path);
    for (char *at = header.name; *at; at++)
        if (*at & 0x80)
            *at = '?';
    put_octal(header.mode, 8, 0);
    put_octal(header.uid, 8, 0);
    put_octal(header.gid, 8, 0);
    put_octal(header.mtime, 12, 0);
    put_octal(header.size, 12, tar->records_length);
    put_header(tar, &header, 'x');
    tar_data(tar, tar->records, tar->records_length);
    tar_pad(tar, tar->records_length);
    tar->records_length = 0;
}

void tar_member(struct tar_writer *tar, const struct tar_member *member) {
    const struct stat *status = member->status;
    struct header header = {0};
    char *path = NULL;
    if (asprintf(&path, "%s%s", member->path, member->type == TAR_DIRECTORY ? "/" : "") < 0)
        die(125, "writing the archive \"%s\": out of memory", tar->name);
    bool device = member->type == TAR_CHARACTER_DEVICE || member->type == TAR_BLOCK_DEVICE;
    put_name(tar, header.name, "path", path);
    if (member->link)
        put_name(tar, header.link, "linkpath", member->link);
    put_octal(header.mode, 8, status->st_mode & 07777);
    put_number(tar, header.uid, 8, "uid", status->st_uid);
    put_number(tar, header.gid, 8, "gid", status->st_gid);
    put_number(tar, header.size, 12, "size", member->type == TAR_FILE ? status->st_size : 0);
    put_number(tar, header.mtime, 12, "mtime", status->st_mtim.tv_sec);
    put_octal(header.major, 8, device ? major(status->st_rdev) : 0);
    put_octal(header.minor, 8, device ? minor(status->st_rdev) : 0);
    if (tar->records_length > 0)
        put_extended_header(tar, path);
    put_header(tar, &header, (char)member->type);
    free(path);
}

void tar_finish(struct tar_writer *tar) {
    tar_zeros(tar, BLOCK * 2);
    end_hole(tar);
    flush(tar);
    free(tar->records);
    tar->records = NULL;
}
